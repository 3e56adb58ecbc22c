import type { Lab } from "../lab.ts";
import type { FlatJob, Via } from "../load/jobs.ts";
import { type Part, perUnit } from "./part.ts";

function job({ quick }: Lab, via: Via): FlatJob {
	return { kind: "flat", via, streams: 8, blocks: quick ? 10 : 300 };
}

export const flat: Part = {
	name: "flat",
	title: "Streams flat out",
	how: "8 streams at once of 81,000 events each, about 240 bytes an event, as fast as they are taken.",
	columns: [
		{ key: "rate", title: "events/s, thousands", digits: 0 },
		{ key: "cpu", title: "CPU µs/event", digits: 2 },
		{ key: "share", title: "× direct", digits: 2 },
	],
	isFresh: false,
	warmUp: async (lab, via) => {
		await lab.load({ ...job(lab, via), blocks: lab.quick ? 5 : 60 });
	},
	measure: async (lab, via) => {
		const { bad, cpu, events, seconds } = await lab.load(job(lab, via));
		return { bad, rate: events / seconds / 1000, cpu: perUnit(cpu, events) * 1000 };
	},
	compare: (own, direct) => ({ share: (own["rate"] ?? Number.NaN) / (direct["rate"] ?? Number.NaN) }),
};
