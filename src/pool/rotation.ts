import type { Strategy } from "../bridge/protocol.ts";

/** Milliseconds in which a request of the past comes to weigh half. */
const halfLife = 60_000;

/** How much an account has been used. */
export interface Use {
	readonly inFlight: number;
	/** Made by `usedAgain`; only good for comparing. */
	readonly lately: number;
	/** When it was last chosen, as a count of choices; 0 for never. */
	readonly lastChosen: number;
}

export const neverUsed = Number.NEGATIVE_INFINITY;

/**
 * A count of requests in which older ones weigh less, as a logarithm to base 2 in units of the half-life: since all
 * counts fade alike, two of them compare the same at any later time, and none has to be brought up to date.
 * @param now milliseconds since 1970.
 */
export function usedAgain(lately: number, now: number): number {
	const at = now / halfLife;
	const top = Math.max(lately, at);
	return top + Math.log2(2 ** (lately - top) + 2 ** (at - top));
}

/** Whether an account goes before another that stands earlier in the list. */
export type Precedence = (one: Use, other: Use) => boolean;

export const precedences: Readonly<Record<Strategy, Precedence>> = {
	"least-used": (one, other) => {
		if (one.inFlight !== other.inFlight) return one.inFlight < other.inFlight;
		if (one.lately !== other.lately) return one.lately < other.lately;
		return one.lastChosen < other.lastChosen;
	},
	// The longest not chosen: a cycle, in which an account that comes back is next.
	"round-robin": (one, other) => one.lastChosen < other.lastChosen,
	"fill-first": () => false,
};
