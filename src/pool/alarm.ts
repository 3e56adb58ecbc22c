/** Beyond it `setTimeout` fires at once. Milliseconds. */
const longestTimeout = 2 ** 31 - 1;

/** Runs something once, that many milliseconds from now. @returns what calls it off. */
export type After = (milliseconds: number, run: () => void) => () => void;

/** Never keeps the process alive. */
export const afterTimeout: After = (milliseconds, run) => {
	const timer = setTimeout(run, milliseconds);
	timer.unref();
	return () => clearTimeout(timer);
};

/** One timer, for the soonest of many events. May ring early; whoever hears it looks at the clock and sets it again. */
export class Alarm {
	readonly #now: () => number;
	readonly #after: After;
	readonly #ring: () => void;
	#set: { readonly at: number; readonly cancel: () => void } | null = null;

	constructor(now: () => number, after: After, ring: () => void) {
		this.#now = now;
		this.#after = after;
		this.#ring = ring;
	}

	/** @param at milliseconds since 1970; null for never. */
	set(at: number | null): void {
		if (at === (this.#set?.at ?? null)) return;
		this.#set?.cancel();
		this.#set = null;
		if (at === null) return;
		const milliseconds = Math.min(Math.max(Math.ceil(at - this.#now()), 1), longestTimeout);
		const cancel = this.#after(milliseconds, () => {
			this.#set = null;
			this.#ring();
		});
		this.#set = { at, cancel };
	}
}
