/** Says something in a stream that has been silent for too long, as often as it is. */
export class Silence {
	readonly #interval: number;
	readonly #lastWrite: () => number;
	readonly #speak: () => void;
	#timer: NodeJS.Timeout | undefined;

	/**
	 * @param interval milliseconds.
	 * @param lastWrite on the clock of `performance.now`.
	 */
	constructor(interval: number, lastWrite: () => number, speak: () => void) {
		this.#interval = interval;
		this.#lastWrite = lastWrite;
		this.#speak = speak;
	}

	watch(): void {
		this.#timer = setTimeout(this.#look, this.#interval);
	}

	stop(): void {
		clearTimeout(this.#timer);
	}

	readonly #look = (): void => {
		const silent = performance.now() - this.#lastWrite();
		// Timers may come a fraction of a millisecond early.
		const isDue = silent >= this.#interval - 1;
		if (isDue) this.#speak();
		this.#timer = setTimeout(this.#look, isDue ? this.#interval : this.#interval - silent);
	};
}
