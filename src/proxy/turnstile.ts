/** Lets so many tasks run at once; the others wait their turn. */
export class Turnstile {
	readonly #waiting: (() => void)[] = [];
	#free: number;

	constructor(atOnce: number) {
		this.#free = atOnce;
	}

	/** Rejects with the signal's reason where it comes before the turn. */
	async pass<Result>(signal: AbortSignal, task: () => Promise<Result>): Promise<Result> {
		signal.throwIfAborted();
		if (this.#free > 0) this.#free -= 1;
		else await this.#turn(signal);
		try {
			return await task();
		} finally {
			const next = this.#waiting.shift();
			if (next === undefined) this.#free += 1;
			else next();
		}
	}

	#turn(signal: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			const enter = (): void => {
				signal.removeEventListener("abort", leave);
				resolve();
			};
			const leave = (): void => {
				this.#waiting.splice(this.#waiting.indexOf(enter), 1);
				reject(signal.reason);
			};
			this.#waiting.push(enter);
			signal.addEventListener("abort", leave, { once: true });
		});
	}
}
