import { type Lab, untilUpstream } from "../lab.ts";
import type { HoldJob, Via } from "../load/jobs.ts";
import { percentile } from "../statistics.ts";
import type { Part } from "./part.ts";

/** Milliseconds after which the upstream counts as never closed. */
const patience = 1000;

/** Milliseconds from a client's leaving to the end of the upstream's connection; null: never. */
async function leaveOne(lab: Lab, via: Via, afterWords: boolean): Promise<number | null> {
	const id = lab.nextId();
	const job = { kind: "hold", via, id, thenReads: true } as const;
	const held: HoldJob = afterWords
		? { ...job, order: { kind: "paced", interval: 20, count: 0 }, until: "words" }
		: { ...job, order: { kind: "silent" }, until: "sent" };
	await lab.load(held);
	const reached = await untilUpstream(lab, id, ({ isOpen }) => isOpen, patience);
	const { leftAt } = await lab.load({ kind: "leave", id });
	const closed = await untilUpstream(lab, id, ({ closedAt }) => closedAt !== null, patience);
	return reached === null || closed === null ? null : ((closed.closedAt ?? 0) - leftAt) / 1000;
}

async function leaveSeveral(lab: Lab, via: Via, count: number): Promise<readonly (number | null)[]> {
	const delays: (number | null)[] = [];
	for (let number = 0; number < count; number += 1) delays.push(await leaveOne(lab, via, number % 2 === 1));
	return delays;
}

export const gone: Part = {
	name: "gone",
	title: "A client that leaves",
	how:
		"20 clients, one after another, close their connection, half of them before the reply begins and half in the middle " +
		"of a stream; from then to the end of the connection to the upstream.",
	columns: [
		{ key: "p50", title: "p50 ms", digits: 2 },
		{ key: "most", title: "longest ms", digits: 2 },
		{ key: "closed", title: "closed", digits: 0 },
		{ key: "left", title: "of", digits: 0 },
	],
	isFresh: false,
	warmUp: async (lab, via) => {
		await leaveSeveral(lab, via, lab.quick ? 2 : 10);
	},
	measure: async (lab, via) => {
		const left = lab.quick ? 4 : 20;
		const delays = (await leaveSeveral(lab, via, left)).filter((delay) => delay !== null);
		return {
			bad: left - delays.length,
			p50: percentile(delays, 0.5),
			most: percentile(delays, 1),
			closed: delays.length,
			left,
		};
	},
};
