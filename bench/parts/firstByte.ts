import type { Part } from "./part.ts";

export const firstByte: Part = {
	name: "first",
	title: "Time to the first byte of a stream",
	how:
		"one client, one short stream after another on a connection that stays, from the request to the first byte of the " +
		"reply's body; the upstream has its first word ready at once. Added: less the direct run just before.",
	columns: [
		{ key: "added", title: "added p50 ms", digits: 3 },
		{ key: "p50", title: "p50 ms", digits: 3 },
		{ key: "p99", title: "p99 ms", digits: 3 },
	],
	isFresh: false,
	warmUp: async (lab, via) => {
		await lab.load({ kind: "firstByte", via, warmUp: 0, count: lab.quick ? 30 : 600 });
	},
	measure: async (lab, via) => {
		const { bad, p50, p99 } = await lab.load({ kind: "firstByte", via, warmUp: 20, count: lab.quick ? 30 : 300 });
		return { bad, p50, p99 };
	},
	compare: (own, direct) => ({ added: (own["p50"] ?? Number.NaN) - (direct["p50"] ?? Number.NaN) }),
};
