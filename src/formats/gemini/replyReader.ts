import { randomUUID } from "node:crypto";
import type { Usage } from "../../bridge/protocol.ts";
import { hasError, readErrorEvent } from "../errorReading.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import type { ReplyEvent } from "../replyEvents.ts";
import { isVoid } from "../saying.ts";
import type { ReaderContext, StreamReader } from "../translation.ts";
import { foldUsage } from "../usageFields.ts";
import { CandidateReader } from "./candidateReader.ts";
import { readGeminiError } from "./errors.ts";
import { readBlock } from "./finishReasons.ts";
import { readUsage } from "./replyUsage.ts";

type JsonRecord = Readonly<Record<string, unknown>>;

/** Reads server-sent events of `streamGenerateContent`. */
export function streamReader(context: ReaderContext): StreamReader {
	const reader = new ReplyReader(context);
	return {
		push: (name, data) => {
			if (isVoid(data)) return [];
			const chunk = parseJson(data);
			if (name === "error") return [{ kind: "error", error: readErrorEvent(chunk ?? data) }];
			return reader.read(chunk);
		},
		end: () => reader.end(false),
	};
}

/** Reads a whole reply: of `generateContent`, or a stream as a JSON array. */
export function readReply(body: unknown, context: ReaderContext): readonly ReplyEvent[] {
	const reader = new ReplyReader(context);
	const events = reader.read(body);
	return events.some(({ kind }) => kind === "error") ? events : [...events, ...reader.end(true)];
}

class ReplyReader {
	readonly #context: ReaderContext;
	readonly #candidates = new Map<number, CandidateReader>();
	readonly #ids = new Set<string>();
	#hasBegun = false;
	#usage: Usage | null = null;

	constructor(context: ReaderContext) {
		this.#context = context;
	}

	/** @param chunk parsed JSON: a chunk, or a list of them. */
	read(chunk: unknown): readonly ReplyEvent[] {
		if (Array.isArray(chunk)) return chunk.flatMap((item: unknown) => this.read(item));
		if (hasError(chunk)) return [{ kind: "error", error: readErrorEvent(chunk) }];
		if (!isRecord(chunk)) return [];
		const { candidates, promptFeedback, response } = chunk;
		// Google's own gateway for its command line wraps each chunk.
		if (candidates === undefined && isRecord(response)) return this.read(response);
		const list = Array.isArray(candidates) ? candidates.filter(isRecord) : [];
		const error = list.length === 0 && !isRecord(promptFeedback) ? readGeminiError(chunk) : null;
		if (error !== null) return [{ kind: "error", error }];
		const events = [...this.#begin(chunk), ...this.#readUsage(chunk["usageMetadata"])];
		for (const [place, candidate] of list.entries()) {
			const { index } = candidate;
			events.push(...this.#candidate(Number.isInteger(index) ? Number(index) : place).read(candidate));
		}
		const block = isRecord(promptFeedback)
			? readBlock(promptFeedback["blockReason"], promptFeedback["blockReasonMessage"])
			: null;
		if (block !== null && this.#candidates.size === 0) this.#candidate(0).block(block);
		return events;
	}

	/** @param isWhole whether the JSON was one piece, so that nothing of it can be missing. */
	end(isWhole: boolean): readonly ReplyEvent[] {
		const candidates = [...this.#candidates.values()];
		if (candidates.length === 0 || (!isWhole && candidates.some(({ isFinished }) => !isFinished))) return [];
		const ends = candidates.flatMap((candidate) => candidate.end(isWhole));
		return candidates.every(({ isFinished }) => isFinished) ? [...ends, { kind: "end" }] : ends;
	}

	#begin({ responseId: id }: JsonRecord): ReplyEvent[] {
		if (this.#hasBegun) return [];
		this.#hasBegun = true;
		return [{ kind: "begin", ...(typeof id === "string" && id !== "" ? { id } : {}) }];
	}

	/** Each chunk tells the sums so far. */
	#readUsage(metadata: unknown): readonly ReplyEvent[] {
		const told = readUsage(metadata);
		if (told === null) return [];
		this.#usage = foldUsage(this.#usage, told) ?? told;
		return [{ kind: "usage", usage: { ...this.#usage, cacheWritten: null } }];
	}

	#candidate(index: number): CandidateReader {
		const known = this.#candidates.get(index);
		if (known !== undefined) return known;
		const made = new CandidateReader(index, this.#context, (told) => this.#newId(told));
		this.#candidates.set(index, made);
		return made;
	}

	#newId(told: unknown): string {
		const isNew = typeof told === "string" && told !== "" && !this.#ids.has(told);
		const id = isNew ? told : `call_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
		this.#ids.add(id);
		return id;
	}
}
