/** Failures in a row, before and after commit together. */
const limit = 3;

/**
 * Counts the failures of one account in two rows: before commit, ended by any commit, and after it, ended only by a
 * reply that ends well. So a relay that begins every reply and finishes none is found out too, and after a rest is so
 * again at its next failure, for the probe's commit alone proves nothing about it.
 */
export class Breaker {
	#beforeCommit = 0;
	#afterCommit = 0;
	#openings = 0;
	#isOpen = false;
	#era = 0;

	/** Until a probe commits. Whether its time is over is the rest's matter. */
	get isOpen(): boolean {
		return this.#isOpen;
	}

	/** How often it has opened since the last good reply. */
	get openings(): number {
		return this.#openings;
	}

	/** Another number after each opening: what began in an earlier one says nothing about how the account is since. */
	get era(): number {
		return this.#era;
	}

	committed(): void {
		this.#beforeCommit = 0;
	}

	/** Does not end the row before commit: a relay may finish old replies while it refuses every new request. */
	endedWell(): void {
		this.#afterCommit = 0;
		if (!this.#isOpen) this.#openings = 0;
	}

	/** @returns whether this was one too many. */
	failed(afterCommit: boolean): boolean {
		if (afterCommit) this.#afterCommit += 1;
		else this.#beforeCommit += 1;
		return this.#beforeCommit + this.#afterCommit >= limit;
	}

	/** @param era in which what failed began: of several that failed together, only the first doubles the next rest. */
	open(era = this.#era): void {
		if (!this.#isOpen || era === this.#era) this.#openings += 1;
		this.#isOpen = true;
		this.#era += 1;
	}

	close(): void {
		this.#isOpen = false;
	}
}
