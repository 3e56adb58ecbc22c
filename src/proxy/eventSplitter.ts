import { endOfEvents } from "../formats/sse.ts";
import { joined } from "./joined.ts";

/** Bytes of one event that are held back at most; beyond it the stream passes as it comes. */
const longestEvent = 8 * 1024 * 1024;
/** Pieces of an event that are kept apart; so many are joined, or a relay that writes byte by byte fills the memory with them. */
const mostPieces = 1024;
const noBytes = Buffer.alloc(0);
/** An empty line may be cut by a chunk's edge: this many bytes before the edge belong to it at most. */
const edge = 3;

/**
 * Cuts a stream between its events, so that what has gone to the client always ends with a whole one: only there can a
 * comment or an error event stand. What one read brought is copied once, and not at all where it is one chunk that ends
 * where an event does.
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

	/** @returns the whole events that the chunks complete; null where they complete none. */
	push(chunks: readonly Buffer[]): Buffer | null {
		if (this.#unframed) return joined(chunks);
		for (let index = chunks.length - 1; index >= 0; index -= 1) {
			const chunk = chunks[index] ?? noBytes;
			const end = endOfEvents(chunk) || this.#endAcross(chunks, index);
			if (end > 0) return this.#cut(chunks, index, end);
		}
		for (const chunk of chunks) this.#keep(chunk);
		return this.#tooLong();
	}

	/** The bytes held back; none are from then on. */
	takeRest(): Buffer {
		const rest = Buffer.concat(this.#carry, this.#carried);
		this.#drop();
		return rest;
	}

	/** The end, in a chunk, of an empty line that began before it; 0 where there is none. */
	#endAcross(chunks: readonly Buffer[], index: number): number {
		const before = this.#lastBefore(chunks, index);
		const around = Buffer.concat([before, (chunks[index] ?? noBytes).subarray(0, edge)]);
		return Math.max(0, endOfEvents(around) - before.length);
	}

	/** All up to a place in a chunk; what follows is held back. */
	#cut(chunks: readonly Buffer[], index: number, end: number): Buffer {
		const last = chunks[index] ?? noBytes;
		const isWhole = end === last.length;
		const whole = joined([...this.#carry, ...chunks.slice(0, index), isWhole ? last : last.subarray(0, end)]);
		this.#drop();
		if (!isWhole) this.#keep(last.subarray(end));
		for (const chunk of chunks.slice(index + 1)) this.#keep(chunk);
		return whole;
	}

	#keep(bytes: Buffer): void {
		this.#carry.push(bytes);
		this.#carried += bytes.length;
		if (this.#carry.length - this.#joined < mostPieces) return;
		this.#carry.push(Buffer.concat(this.#carry.splice(this.#joined)));
		this.#joined += 1;
	}

	/** The bytes before a chunk, as many as an empty line can have. */
	#lastBefore(chunks: readonly Buffer[], index: number): Buffer {
		let last = noBytes;
		for (let at = index - 1; last.length < edge && at >= -this.#carry.length; at -= 1) {
			last = Buffer.concat([(at >= 0 ? chunks[at] : this.#carry.at(at)) ?? noBytes, last]).subarray(-edge);
		}
		return last;
	}

	#drop(): void {
		this.#carry = [];
		this.#joined = 0;
		this.#carried = 0;
	}

	#tooLong(): Buffer | null {
		if (this.#carried <= longestEvent) return null;
		this.#unframed = true;
		return this.takeRest();
	}
}
