/** Bytes before each frame that say how long it is. */
const prefixLength = 4;

/** Puts its length before the data. */
export function framed(data: Buffer): Buffer {
	const prefix = Buffer.alloc(prefixLength);
	prefix.writeUInt32BE(data.length);
	return Buffer.concat([prefix, data]);
}

/** Cuts a byte stream into frames. Never keeps more than a frame of the longest length and the chunk that ended it. */
export class FrameReader {
	readonly #longest: number;
	#chunks: Buffer[] = [];
	#held = 0;
	/** Of the frame that is coming; null while its prefix is not there. */
	#length: number | null = null;

	/** @param longest bytes. */
	constructor(longest: number) {
		this.#longest = longest;
	}

	/** @returns the frames that are whole now; null where one is too long, and nothing more can be read. */
	read(chunk: Buffer): readonly Buffer[] | null {
		this.#chunks.push(chunk);
		this.#held += chunk.length;
		const frames: Buffer[] = [];
		for (;;) {
			this.#length ??= this.#take(prefixLength)?.readUInt32BE() ?? null;
			if (this.#length === null) return frames;
			if (this.#length > this.#longest) return null;
			const frame = this.#take(this.#length);
			if (frame === null) return frames;
			this.#length = null;
			frames.push(frame);
		}
	}

	#take(length: number): Buffer | null {
		if (this.#held < length) return null;
		// Joined only when a frame is whole: joining at each chunk would copy a long one over and over.
		const [first = Buffer.alloc(0)] = this.#chunks;
		const all = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
		this.#chunks = all.length > length ? [all.subarray(length)] : [];
		this.#held -= length;
		return all.subarray(0, length);
	}
}
