import { setTimeout as pause } from "node:timers/promises";
import { untilUpstream } from "../lab.ts";
import { residentMemory } from "../processes/processStats.ts";
import type { Part } from "./part.ts";

const mebibyte = 2 ** 20;
/** Milliseconds for the upstream to see that the reader left. */
const patience = 2000;

export const stopped: Part = {
	name: "stopped",
	title: "A reader that stops",
	how:
		"a client reads the first bytes of a stream that is sent flat out, and then no more. What the upstream could send " +
		"until half-time and until the end, and how the target's memory grew; then the client leaves.",
	columns: [
		{ key: "pushed", title: "MiB sent", digits: 2 },
		{ key: "half", title: "MiB sent at half-time", digits: 2 },
		{ key: "share", title: "× direct", digits: 2 },
		{ key: "memory", title: "memory added, MiB", digits: 1 },
		{ key: "later", title: "of it after half-time, MiB", digits: 1 },
	],
	isFresh: true,
	warmUp: async (lab, via) => {
		await lab.load({ kind: "flat", via, streams: 2, blocks: lab.quick ? 2 : 20 });
	},
	measure: async (lab, via) => {
		const id = lab.nextId();
		const half = lab.quick ? 250 : 1500;
		const before = residentMemory(via.pids);
		const order = { kind: "flat", blocks: 0 } as const;
		await lab.load({ kind: "hold", via, id, order, until: "words", thenReads: false });
		await pause(half);
		const atHalf = await lab.upstream(id);
		const memoryAtHalf = residentMemory(via.pids);
		await pause(half);
		const atEnd = await lab.upstream(id);
		const memoryAtEnd = residentMemory(via.pids);
		await lab.load({ kind: "leave", id });
		const gone = await untilUpstream(lab, id, ({ isOpen }) => !isOpen, patience);
		return {
			bad: gone === null || !atEnd.isOpen ? 1 : 0,
			pushed: atEnd.bytesTaken / mebibyte,
			half: atHalf.bytesTaken / mebibyte,
			memory: difference(memoryAtEnd, before),
			later: difference(memoryAtEnd, memoryAtHalf),
		};
	},
	compare: (own, direct) => ({ share: (own["pushed"] ?? Number.NaN) / (direct["pushed"] ?? Number.NaN) }),
};

/** @returns MiB. */
function difference(later: number | null, earlier: number | null): number {
	return later === null || earlier === null ? Number.NaN : (later - earlier) / 1024;
}
