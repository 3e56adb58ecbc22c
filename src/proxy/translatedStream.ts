import type { Usage } from "../bridge/protocol.ts";
import type { Problem } from "../formats/problem.ts";
import type { StreamForm, StreamWriter } from "../formats/translation.ts";
import type { UpstreamError } from "../formats/upstreamError.ts";
import { ClientReply, type ReplyHead } from "./clientReply.ts";
import type { Exchange } from "./exchange.ts";
import { joined } from "./joined.ts";
import type { PipeEars, PipeEnd, PipeKind, ReplyPipe } from "./replyPipe.ts";
import { type EventSource, type GoodEvent, ReplyTranslator } from "./replyTranslator.ts";
import { Silence } from "./silence.ts";

/** How a client reads a stream. */
export interface StreamManner extends StreamForm {
	/** What the account says of its failure, for the client. */
	readonly problemOf: (error: UpstreamError) => Problem;
}

/** Translates a committed reply into a stream for the client, event by event. */
export class TranslatedStream implements ReplyPipe {
	readonly isHeld = false;
	readonly #isCompressed: boolean;
	readonly #contentType: string;
	readonly #problemOf: StreamManner["problemOf"];
	readonly #writer: StreamWriter;
	readonly #client: ClientReply;
	readonly #translator: ReplyTranslator;
	readonly #silence: Silence;
	/** Pieces of the stream that have not gone to the client yet. */
	#written: string[] = [];

	constructor(
		exchange: Exchange,
		kind: PipeKind,
		source: EventSource,
		{ writer, contentType, problemOf }: StreamManner,
		{ onFull, onOver }: PipeEars,
	) {
		this.#isCompressed = kind.isCompressed;
		this.#contentType = contentType;
		this.#problemOf = problemOf;
		this.#writer = writer;
		this.#client = new ClientReply(exchange, this.#translate, onFull);
		const write = (event: GoodEvent) => {
			const text = writer.push(event);
			if (text !== "") this.#written.push(text);
		};
		this.#translator = new ReplyTranslator(source, write, onOver);
		this.#silence = new Silence(
			kind.keepAlive,
			() => this.#client.lastWrite,
			() => {
				if (!exchange.response.writableNeedDrain) this.#client.write(Buffer.from(writer.heartbeat));
			},
		);
	}

	start(_: ReplyHead): void {
		const headers = ["content-type", this.#contentType, "cache-control", "no-cache"];
		this.#client.start({ status: 200, reason: undefined, headers }, true);
		this.#silence.watch();
	}

	push(chunk: Buffer): void {
		if (!this.#isCompressed) this.#client.push(chunk);
	}

	watch(clear: Buffer): void {
		if (this.#isCompressed) this.#client.push(clear);
	}

	finish(_isCut: boolean): PipeEnd {
		this.#silence.stop();
		this.#client.settle();
		this.#client.release();
		this.#translator.end();
		const { error, isWhole, usage } = this.#translator;
		if (error !== null) return { kind: "relayError", error, usage };
		return isWhole ? { kind: "whole", usage } : { kind: "broken", usage };
	}

	end(): void {
		const { error } = this.#translator;
		if (error !== null) this.#fail(this.#problemOf(error));
		else this.#client.end(...this.#takeWritten());
	}

	breakOff(message: string): void {
		this.#fail({ kind: "upstreamFailed", message });
	}

	drop(): Usage | null {
		return this.finish(true).usage;
	}

	#fail(problem: Problem): void {
		const last = this.#writer.fail(problem);
		this.#client.end(...this.#takeWritten(), Buffer.from(last));
	}

	readonly #translate = (chunks: readonly Buffer[]): Buffer | null => {
		this.#translator.push(joined(chunks));
		const [bytes] = this.#takeWritten();
		return bytes ?? null;
	};

	/** Nothing, or all of it as one. */
	#takeWritten(): readonly Buffer[] {
		if (this.#written.length === 0) return [];
		const bytes = Buffer.from(this.#written.join(""));
		this.#written = [];
		return [bytes];
	}
}
