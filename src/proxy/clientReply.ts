import { type Exchange, ownHeaders } from "./exchange.ts";
import { type RawHeaders, replyHeaders } from "./headers.ts";
import { joined } from "./joined.ts";

/** Status line and headers as a relay sent them. */
export interface ReplyHead {
	readonly status: number;
	readonly reason: string | undefined;
	readonly headers: RawHeaders;
}

/** What becomes of a read's chunks before they go out; null: none of them do yet. */
export type PassThrough = (chunks: readonly Buffer[]) => Buffer | null;

/**
 * A relay's reply on its way to the client. Chunks of one socket read come in one turn of the parser; they are joined, so
 * that each read is looked at once and costs one write: copying 64 KiB is a fifth of what as many small writes cost.
 */
export class ClientReply {
	/** When bytes last went out, on a clock that nobody sets. */
	lastWrite = 0;
	readonly #exchange: Exchange;
	readonly #through: PassThrough;
	readonly #onFull: (isFull: boolean) => void;
	#isEventStream = false;
	#waiting: Buffer[] = [];
	#ready: Buffer[] = [];

	/** @param onFull the client does not read fast enough, or does again: the relay is to wait meanwhile. */
	constructor(exchange: Exchange, through: PassThrough, onFull: (isFull: boolean) => void) {
		this.#exchange = exchange;
		this.#through = through;
		this.#onFull = onFull;
	}

	/** The commit: from here on no other account can answer. The headers go out with the first bytes. */
	start({ status, reason, headers }: ReplyHead, isEventStream: boolean): void {
		const { response } = this.#exchange;
		this.#isEventStream = isEventStream;
		response.on("drain", this.#onDrain);
		// A comment or an error event may be added to an event stream: its length is then not what the relay announced.
		const passed = replyHeaders(headers, isEventStream ? ["content-length"] : []);
		response.writeHead(status, asciiOnly(reason), [...passed, ...ownHeaders(this.#exchange)]);
	}

	/** Goes out with what else comes in this turn. */
	push(chunk: Buffer): void {
		if (this.#waiting.push(chunk) === 1) queueMicrotask(this.#flush);
	}

	/** Has everything looked at that has come; it goes out with what follows. */
	settle(): void {
		if (this.#waiting.length === 0) return;
		const bytes = this.#through(this.#waiting);
		this.#waiting = [];
		if (bytes !== null) this.#ready.push(bytes);
	}

	/** Goes out at once, as it is. */
	write(bytes: Buffer): void {
		this.settle();
		this.#ready.push(bytes);
		this.#flush();
	}

	/** @param last goes out as it is. */
	end(...last: readonly Buffer[]): void {
		const { response } = this.#exchange;
		this.settle();
		this.release();
		this.#ready.push(...last);
		if (this.#ready.length === 0) response.end();
		else response.end(this.#takeReady());
	}

	/**
	 * Ends a reply so that it cannot be taken for a whole one. An event stream is left without its last chunk, and the client
	 * keeps what it has read; anything else is reset, because a client may take the end of a connection for the end of a body.
	 */
	breakOff(): void {
		const { response } = this.#exchange;
		this.release();
		this.#flush();
		if (this.#isEventStream && response.chunkedEncoding) response.destroy();
		else response.socket?.resetAndDestroy();
	}

	/** Stops listening to the client's side. */
	release(): void {
		this.#exchange.response.off("drain", this.#onDrain);
	}

	readonly #flush = (): void => {
		this.settle();
		if (this.#ready.length === 0 || this.#exchange.response.writableEnded) return;
		this.lastWrite = performance.now();
		if (!this.#exchange.response.write(this.#takeReady())) this.#onFull(true);
	};

	#takeReady(): Buffer {
		const bytes = joined(this.#ready);
		this.#ready = [];
		this.#exchange.bytes += bytes.length;
		return bytes;
	}

	readonly #onDrain = (): void => this.#onFull(false);
}

/** A reason phrase that Node would refuse, in another script for example, is replaced by the standard one. */
function asciiOnly(reason: string | undefined): string | undefined {
	return reason !== undefined && /^[\t\x20-\x7e]+$/.test(reason) ? reason : undefined;
}
