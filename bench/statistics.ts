/** @param share from 0 to 1. @returns NaN for no values. */
export function percentile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((one, other) => one - other);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** @returns NaN for no values. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((one, other) => one - other);
	const middle = sorted.length / 2;
	const [below, above] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
	return ((below ?? Number.NaN) + (above ?? Number.NaN)) / 2;
}

/** What several rounds came to. */
export interface Spread {
	readonly median: number;
	readonly least: number;
	readonly most: number;
	readonly rounds: number;
}

/** @returns null for no values. */
export function spreadOf(values: readonly number[]): Spread | null {
	if (values.length === 0) return null;
	return { median: median(values), least: Math.min(...values), most: Math.max(...values), rounds: values.length };
}
