/** Chunks that wait for a decision, in order. */
export class HeldBytes {
	#chunks: Buffer[] = [];
	#length = 0;

	get length(): number {
		return this.#length;
	}

	push(chunk: Buffer): void {
		this.#chunks.push(chunk);
		this.#length += chunk.length;
	}

	/** All of them, once. */
	take(): readonly Buffer[] {
		const chunks = this.#chunks;
		this.#chunks = [];
		this.#length = 0;
		return chunks;
	}

	/** @param limit bytes; the others are not touched: this is asked again with each small chunk. */
	text(limit = Number.POSITIVE_INFINITY): string {
		const [first] = this.#chunks;
		const bytes = first && first.length >= Math.min(limit, this.#length) ? first : this.#beginning(limit);
		return bytes.toString("utf8", 0, Math.min(limit, bytes.length));
	}

	/** At least so many bytes, or all. */
	#beginning(limit: number): Buffer {
		let length = 0;
		const end = this.#chunks.findIndex((chunk) => {
			length += chunk.length;
			return length >= limit;
		});
		return Buffer.concat(end < 0 ? this.#chunks : this.#chunks.slice(0, end + 1));
	}
}
