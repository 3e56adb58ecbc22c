import type { Usage } from "../bridge/protocol.ts";
import { formatRules } from "../formats/format.ts";
import { JsonUsageTap } from "../formats/usageTap.ts";
import { ClientReply, type ReplyHead } from "./clientReply.ts";
import { EventSplitter } from "./eventSplitter.ts";
import type { Exchange } from "./exchange.ts";
import { joined } from "./joined.ts";
import type { PipeEnd, PipeKind, ReplyPipe } from "./replyPipe.ts";
import { Silence } from "./silence.ts";
import { StreamTail } from "./streamTail.ts";

const lineFeed = 0x0a;
const oneLine = Buffer.from("\n");
const emptyLine = Buffer.from("\n\n");
const comment = Buffer.from(": keep-alive\n\n");

/** Passes a committed reply to the client, bytes untouched, and learns from them how it ended and what it took. */
export class DirectPipe implements ReplyPipe {
	readonly isHeld = false;
	readonly #kind: PipeKind;
	readonly #client: ClientReply;
	readonly #exchange: Exchange;
	readonly #splitter = new EventSplitter();
	/** Of an event stream. */
	readonly #tail: StreamTail | null;
	/** Of any other reply that has not been read yet. */
	readonly #tap: JsonUsageTap | null;
	/** Of a stream into which something can be put. */
	readonly #silence: Silence | null;
	#rest: Buffer = Buffer.alloc(0);

	constructor(exchange: Exchange, kind: PipeKind, onFull: (isFull: boolean) => void) {
		this.#exchange = exchange;
		this.#kind = kind;
		this.#client = new ClientReply(exchange, this.#lookAt, onFull);
		const canSpeak = kind.isEventStream && !kind.isCompressed;
		this.#silence = canSpeak ? new Silence(kind.keepAlive, () => this.#client.lastWrite, this.#speak) : null;
		this.#tail = kind.isEventStream ? new StreamTail(formatRules[kind.format].stream) : null;
		this.#tap = kind.isEventStream || kind.isKnown ? null : new JsonUsageTap(kind.format);
	}

	start(head: ReplyHead): void {
		const { isEventStream, isCompressed } = this.#kind;
		this.#client.start(head, isEventStream && !isCompressed);
		this.#silence?.watch();
	}

	push(chunk: Buffer): void {
		this.#client.push(chunk);
	}

	watch(clear: Buffer): void {
		this.#tap?.push(clear);
		if (this.#tail === null) return;
		const events = this.#splitter.push([clear]);
		if (events !== null) this.#tail.push(events);
	}

	finish(isCut: boolean): PipeEnd {
		this.#silence?.stop();
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
	readonly #speak = (): void => {
		if (this.#splitter.isFramed && !this.#exchange.response.writableNeedDrain) this.#client.write(comment);
	};
}
