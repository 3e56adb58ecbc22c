import * as vscode from "vscode";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * The larger the span, the coarser: each unit up to so many of them, then days. Nothing below ten seconds: a row of a tree
 * that is drawn anew loses its tooltip and a click that is under way, so that one that changed each second could not be
 * used.
 */
const units = [
	{ unit: 10 * second, most: 6 },
	{ unit: minute, most: 90 },
	{ unit: hour, most: 48 },
] as const;

interface Step {
	readonly unit: number;
	readonly count: number;
	/** Milliseconds at which smaller units begin. */
	readonly smallerAt: number;
}

function stepOf(milliseconds: number): Step {
	const left = Math.max(milliseconds, 1);
	let smallerAt = 0;
	for (const { unit, most } of units) {
		const count = Math.ceil(left / unit);
		if (count <= most) return { unit, count, smallerAt };
		smallerAt = unit * most;
	}
	return { unit: day, count: Math.ceil(left / day), smallerAt };
}

/** A span of time that is left, rounded up, in a few characters. */
export function spanText(milliseconds: number): string {
	const { unit, count } = stepOf(milliseconds);
	switch (unit) {
		case 10 * second:
			return vscode.l10n.t("{0} s", count * 10);
		case minute:
			return vscode.l10n.t("{0} min", count);
		case hour:
			return vscode.l10n.t("{0} h", count);
		default:
			return vscode.l10n.t("{0} d", count);
	}
}

/** After how many milliseconds `spanText` says something else, while the span runs out. */
export function spanChangesIn(milliseconds: number): number {
	const { unit, count, smallerAt } = stepOf(milliseconds);
	return Math.max(milliseconds, 1) - Math.max((count - 1) * unit, smallerAt);
}
