import { type Decoder, encodingOf, startDecoder } from "./decoder.ts";

interface IntakeParts {
	/** Bytes in clear, of a compressed reply. */
	readonly onClear: (chunk: Buffer) => void;
	/** The reply has ended, and its last byte in clear has been given. */
	readonly onEnd: () => void;
	/** The relay is to wait, or can go on. */
	readonly onFull: (isFull: boolean) => void;
}

/** A reply's bytes as they come in, and beside them the same in clear where it is compressed. */
export class ReplyIntake {
	readonly isCompressed: boolean;
	/** Whether its bytes are seen in clear at all. */
	readonly isReadable: boolean;
	readonly #onEnd: () => void;
	readonly #decoder: Decoder | null;
	#isReceived = false;

	/** @param contentEncoding the header; empty where there is none. */
	constructor(contentEncoding: string, { onClear, onEnd, onFull }: IntakeParts) {
		const encoding = encodingOf(contentEncoding);
		this.isCompressed = encoding.kind !== "none";
		this.isReadable = encoding.kind !== "unknown";
		this.#onEnd = onEnd;
		this.#decoder = encoding.kind === "known" ? startDecoder(encoding.make, { onData: onClear, onEnd, onFull }) : null;
	}

	/** Whether the relay has sent all of it. */
	get isReceived(): boolean {
		return this.#isReceived;
	}

	push(chunk: Buffer): void {
		this.#decoder?.push(chunk);
	}

	end(): void {
		this.#isReceived = true;
		if (this.#decoder === null) this.#onEnd();
		else this.#decoder.end();
	}

	stop(): void {
		this.#decoder?.stop();
	}
}
