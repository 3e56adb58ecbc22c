/** The rhythm of replies that wait; nobody sets it, tests shorten it. Milliseconds and bytes. */
export interface Timing {
	/** A client that has been told nothing for so long since bytes came is shown life. */
	readonly longestHold: number;
	/** Bytes of a reply that are held before it is committed. */
	readonly mostHeld: number;
	/** Between comments in a silent stream. Below the 30 s after which some front ends cut. */
	readonly keepAlive: number;
	/** Before the only account there is is called again. */
	readonly secondCall: number;
}

export const usualTiming: Timing = {
	longestHold: 15_000,
	mostHeld: 64 * 1024,
	keepAlive: 15_000,
	secondCall: 1_000,
};
