/** Milliseconds: after the last change, and at most after the first. */
interface Patience {
	readonly quiet: number;
	readonly longest: number;
}

/** Runs a task some time after the last of several changes. */
export class Debounce {
	readonly #task: () => void;
	readonly #patience: Patience;
	#timer: NodeJS.Timeout | undefined;
	/** At the first change; null while nothing is due. */
	#since: number | null = null;

	constructor(task: () => void, patience: Patience) {
		this.#task = task;
		this.#patience = patience;
	}

	get isDue(): boolean {
		return this.#since !== null;
	}

	start(): void {
		const now = performance.now();
		this.#since ??= now;
		clearTimeout(this.#timer);
		const wait = Math.min(this.#patience.quiet, this.#since + this.#patience.longest - now);
		this.#timer = setTimeout(() => {
			this.cancel();
			this.#task();
		}, wait);
	}

	cancel(): void {
		clearTimeout(this.#timer);
		this.#since = null;
	}
}
