import type { Measures } from "./parts/part.ts";
import type { PartResult } from "./run.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import type { TargetName } from "./targets/target.ts";

/** One line of the table of aims. */
export interface AimResult {
	readonly aim: string;
	readonly figure: string;
	/** Null: not measured in this run. */
	readonly measured: Spread | null;
	readonly digits: number;
	readonly isMet: boolean | null;
}

export interface Aim {
	readonly part: string;
	readonly aim: string;
	readonly figure: string;
	readonly digits: number;
	/** One value for each round; empty where something it takes is missing. */
	readonly values: (rounds: Rounds) => readonly number[];
	readonly holds: (spread: Spread) => boolean;
}

type Rounds = PartResult["rounds"];

/** The k-th round of ours against the k-th of the other. */
function ratio(other: TargetName, column: string): Aim["values"] {
	return (rounds) => {
		const own = columnOf(rounds.get("relayAccounts"), column);
		const others = columnOf(rounds.get(other), column);
		return own.slice(0, others.length).map((value, round) => value / (others[round] ?? Number.NaN));
	};
}

function own(column: string): Aim["values"] {
	return (rounds) => columnOf(rounds.get("relayAccounts"), column);
}

function columnOf(measured: readonly Measures[] | undefined, column: string): readonly number[] {
	return (measured ?? []).map((one) => one[column] ?? Number.NaN);
}

const atMost = (figure: number) => ({
	figure: `≤ ${figure}`,
	holds: ({ median }: Spread) => median <= figure,
});
const atLeast = (figure: number) => ({
	figure: `≥ ${figure}`,
	holds: ({ median }: Spread) => median >= figure,
});
/** In every round, not only in most. */
const alwaysAtMost = (figure: number) => ({
	figure: `≤ ${figure}, every time`,
	holds: ({ most }: Spread) => most <= figure,
});
const alwaysNone = { figure: "0", holds: ({ most }: Spread) => most === 0 };

export const aims: readonly Aim[] = [
	...(["steady", "busy"] as const).flatMap((load): readonly Aim[] => {
		const column = load === "steady" ? "cpu" : "busyCpu";
		const one = { part: "small", digits: 2 };
		return [
			{
				...one,
				aim: `CPU per small request, ${load}, against h3 proxyRequest`,
				values: ratio("h3", column),
				...atMost(0.35),
			},
			{ ...one, aim: `CPU per small request, ${load}, against nginx`, values: ratio("nginx", column), ...atMost(4) },
		];
	}),
	{
		part: "paced",
		aim: "CPU per paced stream event, against nginx",
		digits: 2,
		values: ratio("nginx", "cpu"),
		...atMost(2),
	},
	{
		part: "flat",
		aim: "flat-out stream events per second, against nginx",
		digits: 2,
		values: ratio("nginx", "rate"),
		...atLeast(0.6),
	},
	{
		part: "first",
		aim: "added time to first byte, p50, against h3 proxyRequest",
		digits: 2,
		values: ratio("h3", "added"),
		...atMost(0.5),
	},
	{
		part: "first",
		aim: "added time to first byte, p50, ms (the machine must be idle)",
		digits: 3,
		values: own("added"),
		...atMost(1),
	},
	{
		part: "slow",
		aim: "1000 slow streams at once: not complete",
		digits: 0,
		values: own("bad"),
		...alwaysNone,
	},
	{ part: "slow", aim: "1000 slow streams at once: KiB each", digits: 1, values: own("memory"), ...atMost(100) },
	{
		part: "upload",
		aim: "5 MiB body, CPU against h3 proxyRequest",
		digits: 2,
		values: ratio("h3", "cpu"),
		...atMost(0.8),
	},
	{
		part: "stopped",
		aim: "stopped reader: taken from the upstream, × what a direct connection takes",
		digits: 2,
		values: own("share"),
		...atMost(3),
	},
	{
		part: "stopped",
		aim: "stopped reader: MiB taken after half-time",
		digits: 2,
		values: (rounds) => {
			const half = columnOf(rounds.get("relayAccounts"), "half");
			return columnOf(rounds.get("relayAccounts"), "pushed").map((value, round) => value - (half[round] ?? Number.NaN));
		},
		...alwaysAtMost(0.1),
	},
	{
		part: "gone",
		aim: "client gone → upstream closed: longest ms",
		digits: 2,
		values: own("most"),
		...alwaysAtMost(10),
	},
	{ part: "gone", aim: "client gone → upstream closed: never", digits: 0, values: own("bad"), ...alwaysNone },
];

export function resultOf({ aim, figure, digits, values, holds }: Aim, result: PartResult): AimResult {
	const found = values(result.rounds).filter((value) => Number.isFinite(value));
	const measured = spreadOf(found);
	return { aim, figure, digits, measured, isMet: measured === null ? null : holds(measured) };
}
