import type { Seal } from "../conversation.ts";
import { freeInput } from "../freeTools.ts";
import { isRecord } from "../modelList.ts";
import type { PartHead, ReplyEvent, TokenLogprob } from "../replyEvents.ts";
import type { ReaderContext } from "../translation.ts";
import { readCitations, type Sources } from "./citations.ts";
import { type Finish, readFinish } from "./finishReasons.ts";
import { readLogprobs } from "./logprobs.ts";
import { ownParts, sealOfPart, sealOfSignature } from "./thoughtSeals.ts";
import { asList } from "./wireNames.ts";

type JsonRecord = Readonly<Record<string, unknown>>;

/** Reads one candidate, chunk by chunk. */
export class CandidateReader {
	readonly #index: number;
	readonly #names: ReaderContext["names"];
	readonly #newId: (told: unknown) => string;
	#open: "text" | "reasoning" | null = null;
	/** What the open text has said so far. */
	#text = "";
	#sources: Sources = { grounding: undefined, citations: undefined };
	#hasToldSources = false;
	#hasSpoken = false;
	#hasCalled = false;
	#finish: Finish | null = null;
	#events: ReplyEvent[] = [];

	/** @param newId the id of a call: the upstream's, where that is new, or a made one. */
	constructor(index: number, { names }: ReaderContext, newId: (told: unknown) => string) {
		this.#index = index;
		this.#names = names;
		this.#newId = newId;
	}

	get isFinished(): boolean {
		return this.#finish !== null;
	}

	/** @returns the events of one chunk. Its finish is kept: some relays give one with each chunk. */
	read(candidate: JsonRecord): readonly ReplyEvent[] {
		const { content, groundingMetadata, citationMetadata, finishReason, finishMessage } = candidate;
		this.#sources = {
			grounding: groundingMetadata ?? this.#sources.grounding,
			citations: citationMetadata ?? this.#sources.citations,
		};
		const parts = asList(isRecord(content) ? content["parts"] : undefined);
		let logprobs = readLogprobs(candidate["logprobsResult"]);
		for (const part of Array.isArray(parts) ? parts.filter(isRecord) : []) {
			if (this.#readPart(part, logprobs)) logprobs = [];
		}
		if (logprobs.length > 0 && this.#open === "text") this.#delta("", logprobs);
		this.#finish = readFinish(finishReason, finishMessage) ?? this.#finish;
		return this.#take();
	}

	/** The prompt was refused. */
	block(finish: Finish): void {
		this.#finish ??= finish;
	}

	/** @param isWhole whether the reply is known to be whole, so that it needs no finish of its own. */
	end(isWhole: boolean): readonly ReplyEvent[] {
		const finish = this.#finish ?? (isWhole && this.#hasSpoken ? { reason: "stop" as const } : null);
		if (finish === null) return [];
		this.#finish = finish;
		this.#close();
		const reason = finish.reason === "stop" && this.#hasCalled ? "toolCalls" : finish.reason;
		this.#push({ kind: "finish", candidate: this.#index, ...finish, reason });
		return this.#take();
	}

	/** @returns whether it took the probabilities. */
	#readPart(part: JsonRecord, logprobs: readonly TokenLogprob[]): boolean {
		const { text, thought, thoughtSignature, functionCall, inlineData } = part;
		this.#hasSpoken = true;
		if (ownParts.some((name) => isRecord(part[name]))) {
			this.#close();
			this.#sealAlone(sealOfPart(part));
			return false;
		}
		const seal = sealOfSignature(typeof thoughtSignature === "string" ? thoughtSignature : undefined);
		if (isRecord(functionCall)) this.#readCall(functionCall, seal);
		else if (isRecord(inlineData)) this.#readMedia(inlineData, thought === true, seal);
		else if (thought === true) this.#readThought(typeof text === "string" ? text : "", seal);
		else return this.#readText(typeof text === "string" ? text : "", seal, logprobs);
		return false;
	}

	#readThought(text: string, seal: Seal | undefined): void {
		if (text === "" && seal === undefined) return;
		if (this.#open !== "reasoning") this.#begin({ kind: "reasoning" });
		if (text !== "") this.#delta(text);
		if (seal !== undefined) this.#close(seal);
	}

	/** A signature seals the thoughts before the part; on a text that goes on it can only come after it. */
	#readText(text: string, seal: Seal | undefined, logprobs: readonly TokenLogprob[]): boolean {
		const goesOn = this.#open === "text" && text !== "";
		if (!goesOn && (text !== "" || seal !== undefined)) this.#sealBefore(seal);
		if (text === "") return false;
		if (!goesOn) this.#begin({ kind: "text" });
		this.#delta(text, logprobs);
		if (goesOn) this.#sealAfter(seal);
		return true;
	}

	#readCall({ id, name, args }: JsonRecord, seal: Seal | undefined): void {
		this.#sealBefore(seal);
		const known = this.#names.fromWire({ name: typeof name === "string" ? name : "" });
		const json = typeof args === "string" ? args : JSON.stringify(args ?? {});
		this.#begin({ kind: "toolCall", id: this.#newId(id), ...known });
		this.#delta(known.free ? freeInput(json) : json);
		this.#push({ kind: "close", candidate: this.#index });
		this.#hasCalled = true;
	}

	/** Drafts that are part of the thinking are shown to nobody. */
	#readMedia({ mimeType, data }: JsonRecord, isThought: boolean, seal: Seal | undefined): void {
		this.#sealBefore(seal);
		if (isThought || typeof mimeType !== "string" || typeof data !== "string") return;
		const kind = mimeType.startsWith("image/") ? "image" : mimeType.startsWith("audio/") ? "audio" : null;
		if (kind === null) return;
		this.#begin({ kind, mediaType: mimeType, data });
		this.#push({ kind: "close", candidate: this.#index });
	}

	#sealBefore(seal: Seal | undefined): void {
		if (this.#open === "reasoning") this.#close(seal);
		else this.#sealAfter(seal);
		this.#close();
	}

	#sealAfter(seal: Seal | undefined): void {
		if (seal === undefined) return;
		this.#close();
		this.#sealAlone(seal);
	}

	#sealAlone(seal: Seal): void {
		this.#begin({ kind: "reasoning" });
		this.#close(seal);
	}

	#begin(part: PartHead): void {
		this.#close();
		if (part.kind === "text" || part.kind === "reasoning") this.#open = part.kind;
		this.#push({ kind: "open", candidate: this.#index, part });
	}

	#delta(text: string, logprobs: readonly TokenLogprob[] = []): void {
		if (this.#open === "text") this.#text += text;
		this.#push({ kind: "delta", candidate: this.#index, text, ...(logprobs.length === 0 ? {} : { logprobs }) });
	}

	/** What is open, if anything. */
	#close(seal?: Seal): void {
		if (this.#open === null) return;
		if (this.#open === "text") this.#cite();
		this.#open = null;
		this.#push({ kind: "close", candidate: this.#index, ...(seal === undefined ? {} : { seal }) });
	}

	#cite(): void {
		const { grounding, citations } = this.#sources;
		if (grounding !== undefined || citations !== undefined) {
			for (const citation of readCitations(this.#sources, this.#text, !this.#hasToldSources)) {
				this.#push({ kind: "citation", candidate: this.#index, citation });
			}
			this.#hasToldSources = true;
		}
		this.#text = "";
	}

	#push(event: ReplyEvent): void {
		this.#events.push(event);
	}

	#take(): readonly ReplyEvent[] {
		const events = this.#events;
		this.#events = [];
		return events;
	}
}
