import type { Clock } from "../../../src/native/longTimer.ts";

interface Timer {
	/** By `elapsed`. */
	readonly at: number;
	readonly run: () => void;
}

/** A clock that stands still until it is told to go on, as a machine has it that sleeps and whose clock is set. */
export class TestClock implements Clock {
	#now = Date.now();
	#elapsed = 5_000;
	readonly #timers = new Set<Timer>();
	/** What each timer was set to wait, in milliseconds. */
	readonly waits: number[] = [];

	now(): number {
		return this.#now;
	}

	elapsed(): number {
		return this.#elapsed;
	}

	after(milliseconds: number, run: () => void): () => void {
		const timer = { at: this.#elapsed + milliseconds, run };
		this.waits.push(milliseconds);
		this.#timers.add(timer);
		return () => this.#timers.delete(timer);
	}

	get pending(): number {
		return this.#timers.size;
	}

	/** Time passes, awake. */
	pass(milliseconds: number): void {
		const end = this.#elapsed + milliseconds;
		for (;;) {
			const next = [...this.#timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
			const until = next?.at ?? end;
			this.#now += until - this.#elapsed;
			this.#elapsed = until;
			if (next === undefined) return;
			this.#timers.delete(next);
			next.run();
		}
	}

	/** The wall clock moves and timers do not: the machine sleeps, or somebody sets the clock. */
	jump(milliseconds: number): void {
		this.#now += milliseconds;
	}
}
