import { endOfEvents } from "../formats/sse.ts";

/** Bytes of one event that are held back at most; beyond it the stream passes as it comes. */
const longestEvent = 8 * 1024 * 1024;
/** Pieces of an event that are kept apart; so many are joined, or a relay that writes byte by byte fills the memory with them. */
const mostPieces = 1024;
/** An empty line may be cut by a chunk's edge: this many bytes before the edge belong to it at most. */
const edge = 3;

/**
 * Cuts a stream between its events, so that what has gone to the client always ends with a whole one: only there can a
 * comment or an error event stand. Bytes are looked at, never copied, while chunks end where events do.
 */
export class EventSplitter {
	#carry: Buffer[] = [];
	/** Pieces at the beginning of the carry that have been joined. */
	#joined = 0;
	/** Bytes. */
	#carried = 0;
	#unframed = false;

	/** Whether the client's side stands between two events. */
	get isFramed(): boolean {
		return !this.#unframed;
	}

	/** @returns the whole events that the chunk completes; null where it completes none. */
	push(chunk: Buffer): Buffer | null {
		if (this.#unframed) return chunk;
		if (this.#carried > 0) return this.#pushBehindCarry(chunk);
		const end = endOfEvents(chunk);
		if (end === chunk.length) return chunk;
		this.#keep(end === 0 ? chunk : chunk.subarray(end));
		return end === 0 ? this.#tooLong() : chunk.subarray(0, end);
	}

	/** The bytes held back; none are from then on. */
	takeRest(): Buffer {
		const rest = Buffer.concat(this.#carry, this.#carried);
		this.#carry = [];
		this.#joined = 0;
		this.#carried = 0;
		return rest;
	}

	#pushBehindCarry(chunk: Buffer): Buffer | null {
		const before = this.#lastCarried();
		const end = endOfEvents(Buffer.concat([before, chunk])) - before.length;
		if (end <= 0) {
			this.#keep(chunk);
			return this.#tooLong();
		}
		this.#keep(chunk.subarray(0, end));
		const whole = this.takeRest();
		if (end < chunk.length) this.#keep(chunk.subarray(end));
		return whole;
	}

	#keep(bytes: Buffer): void {
		this.#carry.push(bytes);
		this.#carried += bytes.length;
		if (this.#carry.length - this.#joined < mostPieces) return;
		this.#carry.push(Buffer.concat(this.#carry.splice(this.#joined)));
		this.#joined += 1;
	}

	#lastCarried(): Buffer {
		let last = this.#carry.at(-1) ?? Buffer.alloc(0);
		for (let index = this.#carry.length - 2; last.length < edge && index >= 0; index -= 1) {
			last = Buffer.concat([this.#carry[index] ?? Buffer.alloc(0), last]);
		}
		return last.subarray(-edge);
	}

	#tooLong(): Buffer | null {
		if (this.#carried <= longestEvent) return null;
		this.#unframed = true;
		return this.takeRest();
	}
}
