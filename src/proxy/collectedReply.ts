import type { Usage } from "../bridge/protocol.ts";
import { ResponseCollector } from "../formats/codex/responseCollector.ts";
import { readCodexUsage } from "../formats/codex/usage.ts";
import { parseJson } from "../formats/probe.ts";
import { EventReader, type ServerSentEvent } from "../formats/sse.ts";
import { answerHeld } from "./answer.ts";
import type { ReplyHead } from "./clientReply.ts";
import type { Exchange } from "./exchange.ts";
import { type RawHeaders, replyHeaders } from "./headers.ts";
import type { PipeEars, PipeEnd, PipeKind, ReplyPipe } from "./replyPipe.ts";
import { isWholeEvent } from "./streamTail.ts";

/** Bytes of a stream that are read for one reply: more than any reply has, pictures included. */
const longest = 256 * 1024 * 1024;
/** Of a stream, and of nothing else. */
const ofStreams = ["content-type", "content-length", "content-encoding", "cache-control", "x-accel-buffering"];
/** With what a line of a stream begins: a comment, or the name of a field. */
const startsLine: ReadonlySet<string> = new Set([":", "d", "e", "i", "r"]);

/**
 * The stream of a backend that gives nothing else, as the one JSON body that the client asked for: nothing goes out before all
 * of it has come, so that another account can still answer.
 */
export class CollectedReply implements ReplyPipe {
	readonly isHeld = true;
	readonly #exchange: Exchange;
	readonly #isCompressed: boolean;
	readonly #model: string;
	readonly #onOver: () => void;
	readonly #collector = new ResponseCollector();
	readonly #events = new EventReader();
	/** Of a reply that does not say what it is, and is no stream; null for a stream. */
	#json: Buffer[] | null;
	#length = 0;
	#headers: RawHeaders = [];
	/** Once it is whole. */
	#body = Buffer.alloc(0);

	/** @param model as the client named it. */
	constructor(
		exchange: Exchange,
		{ isCompressed, isEventStream }: PipeKind,
		model: string,
		{ onOver }: Pick<PipeEars, "onOver">,
	) {
		this.#exchange = exchange;
		this.#isCompressed = isCompressed;
		this.#json = isEventStream ? null : [];
		this.#model = model;
		this.#onOver = onOver;
	}

	start({ headers }: ReplyHead): void {
		this.#headers = headers;
	}

	push(chunk: Buffer): void {
		if (!this.#isCompressed) this.#take(chunk);
	}

	watch(clear: Buffer): void {
		if (this.#isCompressed) this.#take(clear);
	}

	finish(_isCut: boolean): PipeEnd {
		this.#guard(() => {
			// Whoever ends in the middle of an event has said nothing by it.
			this.#read(this.#events.end().filter(isWholeEvent));
			if (this.#json !== null && this.#json.length > 0)
				this.#collector.take(parseJson(Buffer.concat(this.#json).toString()));
			if (this.#collector.response !== null) {
				this.#body = Buffer.from(JSON.stringify({ ...this.#collector.response, model: this.#model }));
			}
		});
		const { error, response } = this.#collector;
		const usage = readCodexUsage(response);
		if (error !== null) return { kind: "relayError", error, usage };
		return response === null || isEmpty(response) ? { kind: "broken", usage } : { kind: "whole", usage };
	}

	end(): void {
		const headers = [...replyHeaders(this.#headers, ofStreams), "content-type", "application/json; charset=utf-8"];
		answerHeld(this.#exchange, { status: 200, reason: undefined, headers }, [this.#body]);
	}

	breakOff(_message: string): void {
		this.#exchange.response.destroy();
	}

	drop(): Usage | null {
		return this.finish(true).usage;
	}

	#take(bytes: Buffer): void {
		this.#length += bytes.length;
		this.#guard(() => {
			if (this.#length > longest) throw new Error("it has more than 256 MiB");
			if (this.#isStream(bytes)) this.#read(this.#events.push(bytes));
			else this.#json?.push(bytes);
		});
	}

	/** JSON and a stream are told apart by the first character. */
	#isStream(bytes: Buffer): boolean {
		const first = this.#json?.length === 0 ? bytes.toString("latin1").trimStart().at(0) : undefined;
		if (first !== undefined && startsLine.has(first)) this.#json = null;
		return this.#json === null;
	}

	#read(events: readonly ServerSentEvent[]): void {
		const wasOver = this.#collector.isOver;
		for (const { name, data } of events) this.#collector.push(name, data);
		if (this.#collector.isOver && !wasOver) this.#onOver();
	}

	/** Nothing that an account sends may end the proxy's thread: where something cannot be done with it, that is its error. */
	#guard(act: () => void): void {
		try {
			act();
		} catch (error) {
			const message = `The reply could not be read: ${error instanceof Error ? error.message : "unknown error"}.`;
			this.#collector.error ??= { status: 502, codes: [], message, retryAfter: null, modelOnly: false };
		}
	}
}

/** A good end without a word, a call or a token: the backend has failed without saying so. */
function isEmpty(response: Readonly<Record<string, unknown>>): boolean {
	const { output, status } = response;
	return status === "completed" && Array.isArray(output) && output.length === 0 && !readCodexUsage(response)?.output;
}
