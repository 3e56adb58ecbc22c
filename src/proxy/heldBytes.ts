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

	/** @param limit bytes. */
	text(limit = Number.POSITIVE_INFINITY): string {
		const [first] = this.#chunks;
		const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks, this.#length);
		return bytes.toString("utf8", 0, Math.min(limit, bytes.length));
	}
}
