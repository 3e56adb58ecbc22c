import { randomUUID } from "node:crypto";
import { hasError, readErrorEvent } from "../errorReading.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import type { FinishReason, ReplyEvent, ReplyUsage } from "../replyEvents.ts";
import type { ReaderContext, StreamReader } from "../translation.ts";
import type { UpstreamError } from "../upstreamError.ts";
import { readCitations } from "./annotations.ts";
import { CandidateLine } from "./candidateLine.ts";
import { readOpenaiError } from "./errors.ts";
import { isFailure, readFinishReason } from "./finishReasons.ts";
import { readPieces } from "./replyPieces.ts";
import { readReplyUsage } from "./replyUsage.ts";

type JsonRecord = Readonly<Record<string, unknown>>;

interface Candidate {
	readonly line: CandidateLine;
	finish?: { readonly reason: FinishReason; readonly detail?: string; readonly stopSequence?: string };
}

/** A whole reply. */
export function readReply(body: unknown, context: ReaderContext): readonly ReplyEvent[] {
	const reading = new ReplyReading(context);
	if (!isRecord(body) || hasError(body) || list(body["choices"]).length === 0) {
		const error = hasError(body) ? readErrorEvent(body) : readOpenaiError(body);
		return error === null ? [] : reading.fail(error);
	}
	const events = reading.push(body);
	return [...events, ...reading.finish()];
}

/** Chunks until `[DONE]`. A stream that ends without it is whole where every candidate has said why it ends. */
export function streamReader(context: ReaderContext): StreamReader {
	const reading = new ReplyReading(context);
	return {
		push: (name, data) => {
			if (data.trim() === "[DONE]") return reading.finish();
			const chunk = parseJson(data);
			if (name === "error" || hasError(chunk)) return reading.fail(readErrorEvent(chunk ?? data));
			if (isRecord(chunk) && Array.isArray(chunk["choices"])) return reading.push(chunk);
			const error = readOpenaiError(chunk);
			if (error !== null) return reading.fail(error);
			// A chunk of usage alone; pings.
			return isRecord(chunk) ? reading.push(chunk) : [];
		},
		end: () => (reading.isFinished ? reading.finish() : []),
	};
}

/** The events of one reply out of its chunks; a whole reply is one chunk. */
class ReplyReading {
	readonly #context: ReaderContext;
	readonly #candidates = new Map<number, Candidate>();
	/** Ids of calls, of the conversation and of this reply. */
	readonly #ids: Set<string>;
	readonly #stops: readonly string[];
	#hasBegun = false;
	#isOver = false;
	#usage: ReplyUsage | null = null;

	constructor(context: ReaderContext) {
		this.#context = context;
		const { turns, stop } = context.conversation;
		this.#stops = stop;
		this.#ids = new Set(
			turns.flatMap(({ parts }) => [...parts].flatMap((part) => (part.kind === "toolCall" ? [part.id] : []))),
		);
	}

	/** Whether every candidate has given its reason to end. */
	get isFinished(): boolean {
		return this.#candidates.size > 0 && [...this.#candidates.values()].every(({ finish }) => finish !== undefined);
	}

	push(chunk: JsonRecord): readonly ReplyEvent[] {
		if (this.#isOver) return [];
		this.#usage = readReplyUsage(chunk) ?? this.#usage;
		const choices = list(chunk["choices"]).filter(isRecord);
		const failed = choices.find(hasFailed);
		if (failed !== undefined) return this.fail(failureOf(failed));
		const events = this.#begin(chunk["id"]);
		for (const [place, choice] of choices.entries()) events.push(...this.#choice(choice, place));
		return events;
	}

	/** Whatever is open is closed and finished. */
	finish(): readonly ReplyEvent[] {
		if (this.#isOver) return [];
		const events = this.#begin(undefined);
		if (this.#candidates.size === 0) this.#candidate(0);
		for (const [index, { line, finish }] of this.#candidates) {
			events.push(...line.end());
			const told = finish ?? { reason: "stop" };
			events.push({ kind: "finish", candidate: index, ...told, reason: trueReason(told.reason, line) });
		}
		if (this.#usage !== null) events.push({ kind: "usage", usage: this.#usage });
		events.push({ kind: "end" });
		this.#isOver = true;
		return events;
	}

	fail(error: UpstreamError): readonly ReplyEvent[] {
		if (this.#isOver) return [];
		this.#isOver = true;
		return [{ kind: "error", error }];
	}

	#begin(id: unknown): ReplyEvent[] {
		if (this.#hasBegun) return [];
		this.#hasBegun = true;
		return [{ kind: "begin", ...(typeof id === "string" && id !== "" ? { id } : {}) }];
	}

	#choice(choice: JsonRecord, place: number): readonly ReplyEvent[] {
		const { index, delta, message, logprobs, finish_reason: word } = choice;
		const candidate = this.#candidate(typeof index === "number" ? index : place);
		// Some relays send whole messages in their streams.
		const said = isRecord(delta) ? delta : isRecord(message) ? message : {};
		const pieces = readPieces(said, logprobs, said === message);
		const events = candidate.line.push(pieces, readCitations(said["annotations"]));
		if (typeof word !== "string" || word === "") return events;
		// Told at the end alone: some relays give a reason with every chunk.
		candidate.finish = this.#finishOf(word, choice["stop_reason"]);
		return [...events, ...candidate.line.settle()];
	}

	/** vLLM tells the sequence that was met. */
	#finishOf(word: string, stop: unknown): NonNullable<Candidate["finish"]> {
		const finish = readFinishReason(word);
		const met = this.#stops.find((sequence) => sequence === stop);
		return finish.reason === "stop" && met !== undefined ? { reason: "stopSequence", stopSequence: met } : finish;
	}

	#candidate(index: number): Candidate {
		const known = this.#candidates.get(index);
		if (known !== undefined) return known;
		const made = { line: new CandidateLine(index, this.#context.names, this.#newId) };
		this.#candidates.set(index, made);
		return made;
	}

	/** Some relays count calls anew in each reply, or give none an id. */
	readonly #newId = (told: string | null): string => {
		const isNew = told !== null && !this.#ids.has(told);
		const id = isNew ? told : `call_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
		this.#ids.add(id);
		return id;
	};
}

/** Many relays say “stop” whatever has ended. */
function trueReason(reason: FinishReason, { hasCalls, hasRefusal }: CandidateLine): FinishReason {
	if (reason === "toolCalls" && !hasCalls) return "stop";
	if (reason !== "stop") return reason;
	return hasCalls ? "toolCalls" : hasRefusal ? "refusal" : "stop";
}

function hasFailed(choice: JsonRecord): boolean {
	const word = choice["finish_reason"];
	return (typeof word === "string" && isFailure(word)) || hasError(choice);
}

function failureOf(choice: JsonRecord): UpstreamError {
	const error = readErrorEvent(hasError(choice) ? choice : { code: choice["finish_reason"] });
	return { ...error, status: error.status ?? 500 };
}

function list(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}
