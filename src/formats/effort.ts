import type { Effort, Reasoning } from "./conversation.ts";

/**
 * Tokens of thinking that stand for each effort, where one side counts and the other names. Between the figures that
 * Anthropic's and Google's own guides use; `none` is no thinking at all.
 */
const budgets: Readonly<Record<Effort, number>> = {
	none: 0,
	minimal: 1024,
	low: 2048,
	medium: 8192,
	high: 16_384,
	xhigh: 32_768,
	max: 63_999,
};

/** In rising order. */
export const efforts: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

export function isEffort(value: unknown): value is Effort {
	return efforts.some((effort) => effort === value);
}

/** The budget that was asked for; null where the model is to find its own, or nothing was said. */
export function budgetOf(reasoning: Reasoning | undefined): number | null {
	const amount = reasoning?.amount;
	if (amount === undefined || amount.kind === "adaptive") return null;
	return amount.kind === "budget" ? amount.tokens : budgets[amount.effort];
}

/** The effort that was asked for: of a budget the nearest that is not above it, and of any thinking at least `minimal`. */
export function effortOf(reasoning: Reasoning | undefined): Effort | null {
	const amount = reasoning?.amount;
	if (amount === undefined || amount.kind === "adaptive") return null;
	if (amount.kind === "effort") return amount.effort;
	if (amount.tokens <= 0) return "none";
	return efforts.findLast((effort) => effort !== "none" && budgets[effort] <= amount.tokens) ?? "minimal";
}

/** The nearest effort that the other side has. @param offered in rising order. */
export function nearestEffort<Offered extends Effort>(
	wanted: Effort,
	offered: readonly [Offered, ...Offered[]],
): Offered {
	const place = efforts.indexOf(wanted);
	return offered.findLast((effort) => efforts.indexOf(effort) <= place) ?? offered[0];
}
