/** Clock and timers, for tests to take their place. */
export interface Clock {
	/** Milliseconds since 1970; jumps when somebody sets it, and over a sleep of the machine. */
	now(): number;
	/** Milliseconds since some moment; never goes back, and may stand still while the machine sleeps. */
	elapsed(): number;
	/** @returns what calls it off. */
	after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
	now: Date.now,
	elapsed: () => performance.now(),
	after: (milliseconds, run) => {
		const timer = setTimeout(run, milliseconds);
		// Nothing is worth keeping a window's process alive for.
		timer.unref();
		return () => clearTimeout(timer);
	},
};

/**
 * Milliseconds. Node's timers stand still while the machine sleeps and fire at once beyond 2^31 ms. So the clock is
 * looked at again each minute: a look costs nothing, and a moment that passed in a sleep is noticed within a minute.
 */
const longestLook = 60_000;

/**
 * Runs something at a moment of the wall clock. A clock that is set forward brings it on; one that is set back cannot
 * put it off: it comes at the latest when as much time has passed as it was away when it was set.
 */
export class LongTimer {
	readonly #clock: Clock;
	readonly #run: () => void;
	#cancel: (() => void) | null = null;
	#moment: number | null = null;

	constructor(clock: Clock, run: () => void) {
		this.#clock = clock;
		this.#run = run;
	}

	/** @param moment milliseconds since 1970; null for never. The same as before changes nothing. */
	set(moment: number | null): void {
		if (moment === this.#moment) return;
		this.clear();
		if (moment === null) return;
		this.#moment = moment;
		this.#look(moment, this.#clock.elapsed() + moment - this.#clock.now());
	}

	clear(): void {
		this.#cancel?.();
		this.#cancel = null;
		this.#moment = null;
	}

	#look(moment: number, elapsed: number): void {
		const left = Math.min(moment - this.#clock.now(), elapsed - this.#clock.elapsed());
		const wait = Math.min(Math.max(Math.ceil(left), 0), longestLook);
		this.#cancel = this.#clock.after(wait, () => {
			const isDue = this.#clock.now() >= moment || this.#clock.elapsed() >= elapsed;
			if (!isDue) {
				this.#look(moment, elapsed);
				return;
			}
			this.clear();
			this.#run();
		});
	}
}
