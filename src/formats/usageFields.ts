import type { Usage } from "../bridge/protocol.ts";

/** A count as JSON gives it; null where it gives none. */
export function count(value: unknown): number | null {
	return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** The sum of those that are said; null where none is. */
export function sum(...values: readonly unknown[]): number | null {
	let total: number | null = null;
	for (const value of values) {
		const said = count(value);
		if (said !== null) total = (total ?? 0) + said;
	}
	return total;
}

/**
 * Tokens, or null where they say nothing. No prompt has zero tokens: relays that do not count send zeros, and those must not
 * be taken for an answer.
 */
export function usageOf(usage: Usage): Usage | null {
	const { input, output, cached, reasoning } = usage;
	return input || output || cached || reasoning ? { ...usage, input: input || null } : null;
}

/** What is told later replaces what was told before, field by field. */
export function foldUsage(known: Usage | null, told: Usage | null): Usage | null {
	if (known === null || told === null) return told ?? known;
	return {
		input: told.input ?? known.input,
		output: told.output ?? known.output,
		cached: told.cached ?? known.cached,
		reasoning: told.reasoning ?? known.reasoning,
	};
}
