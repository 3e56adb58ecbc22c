import type { Lab } from "../lab.ts";
import type { PacedJob, Via } from "../load/jobs.ts";
import { type Part, perUnit } from "./part.ts";

/** 5000 events in a second. */
function job({ quick }: Lab, via: Via): PacedJob {
	return { kind: "paced", via, streams: 100, interval: 20, count: quick ? 25 : 300, openOver: 0 };
}

export const paced: Part = {
	name: "paced",
	title: "Streams at an even pace",
	how: "100 streams at once, each with an event every 20 ms for 6 s; delay: from an event's sending to its arrival.",
	columns: [
		{ key: "cpu", title: "CPU µs/event", digits: 1 },
		{ key: "added", title: "added p50 ms", digits: 3 },
		{ key: "p50", title: "p50 ms", digits: 3 },
		{ key: "p99", title: "p99 ms", digits: 2 },
		{ key: "complete", title: "complete", digits: 0 },
	],
	isFresh: false,
	warmUp: async (lab, via) => {
		await lab.load({ ...job(lab, via), count: lab.quick ? 10 : 100 });
	},
	measure: async (lab, via) => {
		const { bad, cpu, events, p50, p99, complete } = await lab.load(job(lab, via));
		return { bad, cpu: perUnit(cpu, events) * 1000, p50, p99, complete };
	},
	compare: (own, direct) => ({ added: (own["p50"] ?? Number.NaN) - (direct["p50"] ?? Number.NaN) }),
};
