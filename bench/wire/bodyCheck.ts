import type { Stretch } from "./replies.ts";

/** Compares a body with what it should be, piece by piece as it comes. */
export class BodyCheck {
	readonly #stretches: readonly Stretch[];
	#stretch = 0;
	#round = 0;
	/** Within the stretch's bytes. */
	#at = 0;
	#wrong = false;

	constructor(stretches: readonly Stretch[]) {
		this.#stretches = stretches.filter(({ bytes, times }) => bytes.length > 0 && times > 0);
	}

	/** Whether everything has come and all of it was right. */
	get isComplete(): boolean {
		return !this.#wrong && this.#stretch === this.#stretches.length;
	}

	/** Makes it ready for the same body once more. */
	reset(): void {
		this.#stretch = 0;
		this.#round = 0;
		this.#at = 0;
		this.#wrong = false;
	}

	take(buffer: Buffer, start: number, end: number): void {
		let from = start;
		while (from < end && !this.#wrong) {
			const expected = this.#stretches[this.#stretch];
			if (expected === undefined) {
				this.#wrong = true;
				return;
			}
			const length = Math.min(end - from, expected.bytes.length - this.#at);
			this.#wrong = buffer.compare(expected.bytes, this.#at, this.#at + length, from, from + length) !== 0;
			from += length;
			this.#advance(length, expected);
		}
	}

	#advance(length: number, { bytes, times }: Stretch): void {
		this.#at += length;
		if (this.#at < bytes.length) return;
		this.#at = 0;
		this.#round += 1;
		if (this.#round < times) return;
		this.#round = 0;
		this.#stretch += 1;
	}
}
