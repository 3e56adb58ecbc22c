import type { Lab } from "../lab.ts";
import type { SmallJob, Via } from "../load/jobs.ts";
import { type Part, perUnit } from "./part.ts";

/** Requests a second that every target can answer, so that all do the same work under the same load. */
const steadyRate = 500;

function steady({ quick }: Lab, via: Via): SmallJob {
	const [warmUp, duration] = quick ? [100, 500] : [500, 4000];
	return { kind: "small", via, connections: 16, rate: steadyRate, warmUp, duration };
}

/** Each connection sends as soon as it has its reply. */
function busy({ quick }: Lab, via: Via): SmallJob {
	const [warmUp, duration] = quick ? [100, 300] : [500, 3000];
	return { kind: "small", via, connections: 16, rate: null, warmUp, duration };
}

export const small: Part = {
	name: "small",
	title: "Small requests",
	how:
		`16 clients on connections that stay; request and reply below 1 KiB, no stream. Steady: ${steadyRate} requests a ` +
		"second from all of them together, the same for every target. Busy: each sends the next as soon as it has its reply, " +
		"so that the target's core is full.",
	columns: [
		{ key: "cpu", title: "CPU ms/request, steady", digits: 3 },
		{ key: "p50", title: "p50 ms, steady", digits: 2 },
		{ key: "p99", title: "p99 ms, steady", digits: 2 },
		{ key: "busyCpu", title: "CPU ms/request, busy", digits: 3 },
		{ key: "rate", title: "requests/s, busy", digits: 0 },
		{ key: "share", title: "busy × direct", digits: 2 },
	],
	isFresh: false,
	warmUp: async (lab, via) => {
		await lab.load({ ...busy(lab, via), warmUp: lab.quick ? 300 : 4000, duration: 10 });
	},
	measure: async (lab, via) => {
		const calm = await lab.load(steady(lab, via));
		const full = await lab.load(busy(lab, via));
		return {
			bad: calm.bad + full.bad,
			cpu: perUnit(calm.cpu, calm.requests),
			p50: calm.p50,
			p99: calm.p99,
			busyCpu: perUnit(full.cpu, full.requests),
			rate: full.requests / full.seconds,
		};
	},
	compare: (own, direct) => ({ share: (own["rate"] ?? Number.NaN) / (direct["rate"] ?? Number.NaN) }),
};
