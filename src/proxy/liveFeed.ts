import type { AccountLive } from "../bridge/accountLive.ts";

/** Milliseconds between two events: what a person can follow. */
const pace = 250;

/** Tells how the accounts stand, soon after something has changed and not at each of many changes. */
export class LiveFeed {
	readonly #live: () => readonly AccountLive[];
	readonly #emit: (live: readonly AccountLive[]) => void;
	#timer: NodeJS.Timeout | null = null;
	#toldAt = Number.NEGATIVE_INFINITY;
	#runs = false;

	constructor(live: () => readonly AccountLive[], emit: (live: readonly AccountLive[]) => void) {
		this.#live = live;
		this.#emit = emit;
	}

	/** Tells it once, and from now on when it changes. */
	start(): void {
		if (this.#runs) return;
		this.#runs = true;
		this.changed();
	}

	stop(): void {
		this.#runs = false;
		if (this.#timer) clearTimeout(this.#timer);
		this.#timer = null;
	}

	/** Costs next to nothing: called several times for each request. The last change is always told. */
	changed(): void {
		if (!this.#runs || this.#timer !== null) return;
		const wait = Math.max(0, this.#toldAt + pace - performance.now());
		this.#timer = setTimeout(() => {
			this.#timer = null;
			this.#toldAt = performance.now();
			this.#emit(this.#live());
		}, wait);
	}
}
