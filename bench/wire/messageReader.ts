/** What a reader of one side of a connection tells. Bytes of bodies are places in the buffer at hand, never copies. */
export interface MessageSink {
	/** @param startLine the request line or the status line. */
	onHead(startLine: string): void;
	onBody(buffer: Buffer, start: number, end: number): void;
	/** The message is complete. */
	onEnd(): void;
}

type State = "head" | "length" | "chunkSize" | "chunkExtension" | "chunkData" | "chunkEnd" | "trailers" | "untilClose";

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/**
 * Reads HTTP/1.1 messages as RFC 9112 frames them, as cheaply as can be: the load and the upstream share a core, and every
 * microsecond of it that goes into reading is missing for the target. Expects peers that frame their messages rightly.
 */
export class MessageReader {
	readonly #sink: MessageSink;
	/** A request without a length has no body; a response without one goes on until the connection closes. */
	readonly #endless: boolean;
	#state: State = "head";
	/** The beginning of a head whose end has not come. */
	#head: Buffer | null = null;
	/** Bytes that the body, or the chunk, still has. */
	#left = 0;
	#trailerBytes = 0;

	constructor(reads: "requests" | "responses", sink: MessageSink) {
		this.#endless = reads === "responses";
		this.#sink = sink;
	}

	/** Whether the connection may close here without breaking a message. */
	get isBetweenMessages(): boolean {
		return this.#state === "head" && this.#head === null;
	}

	/** The other side closes: ends a message that lasts until then. @returns whether no message was broken. */
	close(): boolean {
		if (this.#state === "untilClose") this.#end();
		return this.isBetweenMessages;
	}

	feed(buffer: Buffer): void {
		let at = 0;
		while (at < buffer.length) {
			switch (this.#state) {
				case "head":
					at = this.#readHead(buffer, at);
					break;
				case "length":
				case "chunkData": {
					const end = Math.min(buffer.length, at + this.#left);
					this.#left -= end - at;
					this.#sink.onBody(buffer, at, end);
					at = end;
					if (this.#left > 0) break;
					if (this.#state === "length") this.#end();
					else this.#state = "chunkEnd";
					break;
				}
				case "chunkSize":
				case "chunkExtension":
					at = this.#readChunkSize(buffer, at);
					break;
				case "chunkEnd":
					if (buffer[at] === lineFeed) this.#state = "chunkSize";
					at += 1;
					break;
				case "trailers":
					at = this.#readTrailers(buffer, at);
					break;
				case "untilClose":
					this.#sink.onBody(buffer, at, buffer.length);
					at = buffer.length;
			}
		}
	}

	#readHead(buffer: Buffer, from: number): number {
		const before = this.#head?.length ?? 0;
		const whole = this.#head === null ? buffer : Buffer.concat([this.#head, buffer]);
		const start = this.#head === null ? from : 0;
		const end = whole.indexOf("\r\n\r\n", start, "latin1");
		if (end < 0) {
			this.#head = Buffer.from(whole.subarray(start));
			return buffer.length;
		}
		this.#head = null;
		const head = whole.toString("latin1", start, end);
		this.#frame(head);
		return end + 4 - before;
	}

	#frame(head: string): void {
		const [startLine = ""] = head.split("\r\n", 1);
		const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
		if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
			this.#state = "chunkSize";
			this.#left = 0;
		} else if (length !== undefined) {
			this.#state = "length";
			this.#left = Number(length);
		} else {
			this.#state = this.#endless ? "untilClose" : "length";
			this.#left = 0;
		}
		this.#sink.onHead(startLine);
		if (this.#state === "length" && this.#left === 0) this.#end();
	}

	#readChunkSize(buffer: Buffer, from: number): number {
		let at = from;
		for (; at < buffer.length; at += 1) {
			const byte = buffer[at] as number;
			if (byte === lineFeed) {
				this.#trailerBytes = 0;
				this.#state = this.#left === 0 ? "trailers" : "chunkData";
				return at + 1;
			}
			if (byte === carriageReturn || this.#state === "chunkExtension") continue;
			const digit = hexValue(byte);
			if (digit < 0) this.#state = "chunkExtension";
			else this.#left = this.#left * 16 + digit;
		}
		return at;
	}

	/** Ends with an empty line. */
	#readTrailers(buffer: Buffer, from: number): number {
		for (let at = from; at < buffer.length; at += 1) {
			if (buffer[at] === carriageReturn) continue;
			if (buffer[at] !== lineFeed) {
				this.#trailerBytes += 1;
				continue;
			}
			if (this.#trailerBytes === 0) {
				this.#end();
				return at + 1;
			}
			this.#trailerBytes = 0;
		}
		return buffer.length;
	}

	#end(): void {
		this.#state = "head";
		this.#sink.onEnd();
	}
}

function hexValue(byte: number): number {
	if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
	const lower = byte | 0x20;
	return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
