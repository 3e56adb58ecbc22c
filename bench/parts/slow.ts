import type { Lab } from "../lab.ts";
import type { PacedJob, Via } from "../load/jobs.ts";
import { type Part, perUnit } from "./part.ts";

function job({ quick }: Lab, via: Via): PacedJob {
	return quick
		? { kind: "paced", via, streams: 100, interval: 200, count: 5, openOver: 200 }
		: { kind: "paced", via, streams: 1000, interval: 1000, count: 6, openOver: 2000 };
}

export const slow: Part = {
	name: "slow",
	title: "A thousand slow streams",
	how:
		"1000 streams at once, begun within 2 s, each with an event a second for 6 s. Memory per stream: what the target's " +
		"processes have resident at most, less what they had before, after a short warm-up.",
	columns: [
		{ key: "complete", title: "complete", digits: 0 },
		{ key: "memory", title: "KiB/stream", digits: 1 },
		{ key: "peak", title: "peak MiB", digits: 0 },
		{ key: "cpu", title: "CPU µs/event", digits: 1 },
		{ key: "p50", title: "p50 ms", digits: 2 },
	],
	isFresh: true,
	warmUp: async (lab, via) => {
		await lab.load({ kind: "paced", via, streams: 10, interval: 20, count: 10, openOver: 0 });
	},
	measure: async (lab, via) => {
		const wanted = job(lab, via);
		const { bad, complete, cpu, events, p50, memoryBefore, memoryPeak } = await lab.load(wanted);
		const added = memoryBefore === null || memoryPeak === null ? null : memoryPeak - memoryBefore;
		return {
			bad,
			complete,
			memory: perUnit(added, wanted.streams),
			peak: perUnit(memoryPeak, 1024),
			cpu: perUnit(cpu, events) * 1000,
			p50,
		};
	},
};
