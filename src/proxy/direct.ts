import type { Format } from "../accounts/account.ts";
import type { Usage } from "../bridge/protocol.ts";
import { formatRules } from "../formats/format.ts";
import type { UpstreamError } from "../formats/upstreamError.ts";
import { JsonUsageTap } from "../formats/usageTap.ts";
import { ClientReply, type ReplyHead } from "./clientReply.ts";
import { EventSplitter } from "./eventSplitter.ts";
import type { Exchange } from "./exchange.ts";
import { joined } from "./joined.ts";
import { StreamTail } from "./streamTail.ts";

/** What passes through, and what of it can be looked at. */
export interface PipeKind {
	readonly format: Format;
	readonly isEventStream: boolean;
	/** The relay compresses: nothing can be put in, and the bytes in clear come beside. */
	readonly isCompressed: boolean;
	/** Whether a stream without its format's end has failed. */
	readonly needsEnd: boolean;
	/** Tokens told by bytes that were looked at before. */
	readonly known: Usage | null;
	/** Whether those were all of the reply. */
	readonly isKnown: boolean;
	/** Milliseconds between comments in a silent stream. */
	readonly keepAlive: number;
}

/** How a reply stands when the relay's side of it is over. */
export type PipeEnd =
	| { readonly kind: "whole"; readonly usage: Usage | null }
	/** The relay ended its stream with an error event of its own, which the client has. */
	| { readonly kind: "relayError"; readonly error: UpstreamError; readonly usage: Usage | null }
	/** The client has to be told. */
	| { readonly kind: "broken"; readonly usage: Usage | null };

const lineFeed = 0x0a;
const oneLine = Buffer.from("\n");
const emptyLine = Buffer.from("\n\n");
const comment = Buffer.from(": keep-alive\n\n");

/** Passes a committed reply to the client, bytes untouched, and learns from them how it ended and what it took. */
export class DirectPipe {
	readonly #kind: PipeKind;
	readonly #client: ClientReply;
	readonly #exchange: Exchange;
	readonly #splitter = new EventSplitter();
	/** Of an event stream. */
	readonly #tail: StreamTail | null;
	/** Of any other reply that has not been read yet. */
	readonly #tap: JsonUsageTap | null;
	#silence: NodeJS.Timeout | undefined;
	#rest: Buffer = Buffer.alloc(0);

	constructor(exchange: Exchange, kind: PipeKind, onFull: (isFull: boolean) => void) {
		this.#exchange = exchange;
		this.#kind = kind;
		this.#client = new ClientReply(exchange, this.#lookAt, onFull);
		this.#tail = kind.isEventStream ? new StreamTail(formatRules[kind.format].stream) : null;
		this.#tap = kind.isEventStream || kind.isKnown ? null : new JsonUsageTap(kind.format);
	}

	/** The commit. */
	start(head: ReplyHead): void {
		const { isEventStream, isCompressed, keepAlive } = this.#kind;
		this.#client.start(head, isEventStream && !isCompressed);
		if (isEventStream && !isCompressed) this.#silence = setTimeout(this.#breakSilence, keepAlive);
	}

	/** Bytes as the relay sent them. */
	push(chunk: Buffer): void {
		this.#client.push(chunk);
	}

	/** The same bytes in clear, of a relay that compresses. */
	watch(clear: Buffer): void {
		this.#tap?.push(clear);
		if (this.#tail === null) return;
		const events = this.#splitter.push([clear]);
		if (events !== null) this.#tail.push(events);
	}

	/** The relay's side is over. @param isCut it did not end by itself. */
	finish(isCut: boolean): PipeEnd {
		clearTimeout(this.#silence);
		this.#client.settle();
		this.#client.release();
		const { known, needsEnd } = this.#kind;
		if (this.#tail === null) {
			const usage = this.#tap === null ? known : this.#tap.end();
			return isCut ? { kind: "broken", usage } : { kind: "whole", usage };
		}
		const rest = this.#splitter.takeRest();
		const { isWhole, isRestWhole, error, usage } = this.#tail.read(rest, known);
		if (isRestWhole) this.#rest = rest;
		if (error !== null) return { kind: "relayError", error, usage };
		const isFine = isWhole || (!isCut && !needsEnd);
		return isFine ? { kind: "whole", usage } : { kind: "broken", usage };
	}

	/** Ends the reply as the relay did. A last event that lacks its empty line gets one: some SDKs do not see it otherwise. */
	end(): void {
		const rest = this.#rest;
		if (rest.length === 0 || this.#kind.isCompressed) this.#client.end();
		else this.#client.end(rest, rest.at(-1) === lineFeed ? oneLine : emptyLine);
	}

	/** Ends a broken reply: with the format's error event where one can stand, else so that nobody takes it for whole. */
	breakOff(message: string): void {
		if (this.#kind.isEventStream && !this.#kind.isCompressed && this.#splitter.isFramed) {
			const { stream } = formatRules[this.#exchange.format];
			this.#client.end(Buffer.from(stream.errorEvent({ kind: "upstreamFailed", message })));
		} else {
			this.#client.breakOff();
		}
	}

	/** The client is gone. @returns what the reply had told by then. */
	drop(): Usage | null {
		return this.finish(true).usage;
	}

	/** What may go out of what has come: of a stream in clear, whole events. */
	readonly #lookAt = (chunks: readonly Buffer[]): Buffer | null => {
		if (this.#kind.isCompressed) return joined(chunks);
		if (this.#tail === null) {
			for (const chunk of chunks) this.#tap?.push(chunk);
			return joined(chunks);
		}
		const events = this.#splitter.push(chunks);
		if (events !== null) this.#tail.push(events);
		return events;
	};

	/** The client stands between two events whenever nothing is being written: an event that is not whole is held back. */
	readonly #breakSilence = (): void => {
		const { keepAlive } = this.#kind;
		const silent = performance.now() - this.#client.lastWrite;
		const canSpeak = this.#splitter.isFramed && !this.#exchange.response.writableNeedDrain;
		const isDue = silent >= keepAlive - 1;
		if (isDue && canSpeak) this.#client.write(comment);
		this.#silence = setTimeout(this.#breakSilence, isDue ? keepAlive : keepAlive - silent);
	};
}
