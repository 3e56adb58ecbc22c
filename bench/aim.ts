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
export function ratio(other: TargetName, column: string): Aim["values"] {
	return (rounds) => {
		const own = columnOf(rounds.get("relayAccounts"), column);
		const others = columnOf(rounds.get(other), column);
		return own.slice(0, others.length).map((value, round) => value / (others[round] ?? Number.NaN));
	};
}

export function own(column: string): Aim["values"] {
	return (rounds) => columnOf(rounds.get("relayAccounts"), column);
}

export function columnOf(measured: readonly Measures[] | undefined, column: string): readonly number[] {
	return (measured ?? []).map((one) => one[column] ?? Number.NaN);
}

export const atMost = (figure: number) => ({
	figure: `≤ ${figure}`,
	holds: ({ median }: Spread) => median <= figure,
});
export const atLeast = (figure: number) => ({
	figure: `≥ ${figure}`,
	holds: ({ median }: Spread) => median >= figure,
});
/** In every round, not only in most. */
export const alwaysAtMost = (figure: number) => ({
	figure: `≤ ${figure}, every time`,
	holds: ({ most }: Spread) => most <= figure,
});
export const alwaysNone = { figure: "0", holds: ({ most }: Spread) => most === 0 };

export function resultOf({ aim, figure, digits, values, holds }: Aim, result: PartResult): AimResult {
	const found = values(result.rounds).filter((value) => Number.isFinite(value));
	const measured = spreadOf(found);
	return { aim, figure, digits, measured, isMet: measured === null ? null : holds(measured) };
}
