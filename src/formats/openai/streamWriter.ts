import type { ChatCompletionChunk, ChatCompletionMessage } from "openai/resources/chat/completions";
import type { Citation } from "../conversation.ts";
import { writeDataUrl } from "../dataUrl.ts";
import { isRecord } from "../modelList.ts";
import type { PartHead, ReplyEvent, ReplyUsage } from "../replyEvents.ts";
import { type TextFrame, textFrame } from "../textFrame.ts";
import type { StreamWriter, WriterContext } from "../translation.ts";
import { writeCitation } from "./annotations.ts";
import {
	type CallStyle,
	callStyle,
	finishWord,
	type ReplyImage,
	refusalWords,
	replyId,
	writeLogprobs,
} from "./replyMembers.ts";
import { writeUsage } from "./replyUsage.ts";
import { openaiStream } from "./stream.ts";

type Choice = ChatCompletionChunk.Choice;
/** With what clients of DeepSeek, vLLM and OpenRouter read beside OpenAI's own members. */
type Delta = Choice["delta"] & {
	reasoning_content?: string;
	images?: readonly ReplyImage[];
	annotations?: readonly ChatCompletionMessage.Annotation[];
};
type GoodEvent = Exclude<ReplyEvent, { kind: "error" }>;
type EventOf<Kind extends GoodEvent["kind"]> = Extract<GoodEvent, { kind: Kind }>;
type CallHead = Extract<PartHead, { kind: "toolCall" }>;

interface Candidate {
	/** Kind of the part that was opened last. */
	last: PartHead["kind"] | null;
	head: PartHead | null;
	/** Writes a chunk with some more of what is open. */
	more: TextFrame | null;
	calls: number;
	hasRefusal: boolean;
	/** Whether the call that is open has had input. */
	hasInput: boolean;
	/** UTF-16, of the whole content so far. */
	length: number;
	/** Of the text that is open. */
	start: number;
	/** What has not been told yet: the official SDK keeps the last list of a message only, so there should be one. */
	cited: { readonly citation: Citation; readonly start: number; readonly end: number }[];
}

/** Chunks: a role first, deltas, a reason to end for each candidate, usage where it was asked for, and `[DONE]`. */
export function streamWriter(context: WriterContext): StreamWriter {
	const writer = new ChunkWriter(context);
	return {
		push: (event) => writer.push(event),
		fail: openaiStream.errorEvent,
		heartbeat: ": keep-alive\n\n",
	};
}

class ChunkWriter {
	readonly #head: string;
	readonly #tail: string;
	readonly #style: CallStyle;
	readonly #tellsUsage: boolean;
	readonly #candidates = new Map<number, Candidate>();
	#usage: ReplyUsage | null = null;

	constructor(context: WriterContext) {
		const id = replyId(context);
		const base = { id, object: "chat.completion.chunk", created: context.createdAt, model: context.model };
		this.#head = `data: ${JSON.stringify(base).slice(0, -1)},"choices":`;
		const options = isRecord(context.body) ? context.body["stream_options"] : undefined;
		this.#tellsUsage = isRecord(options) && options["include_usage"] === true;
		this.#tail = this.#tellsUsage ? ',"usage":null}\n\n' : "}\n\n";
		this.#style = callStyle(context);
	}

	push(event: GoodEvent): string {
		switch (event.kind) {
			case "begin":
				return this.#begun(0).text;
			case "open":
				return this.#open(event);
			case "delta":
				return this.#delta(event);
			case "citation": {
				const { candidate } = this.#begun(event.candidate);
				candidate.cited.push({ citation: event.citation, start: candidate.start, end: candidate.length });
				return "";
			}
			case "close":
				return this.#close(event);
			case "finish":
				return this.#finish(event);
			case "usage":
				this.#usage = event.usage;
				return "";
			case "end":
				return `${this.#usageChunk()}data: [DONE]\n\n`;
		}
	}

	/** The candidate, and the chunk with its role where it has had none. */
	#begun(index: number): { readonly candidate: Candidate; readonly text: string } {
		const known = this.#candidates.get(index);
		if (known !== undefined) return { candidate: known, text: "" };
		const candidate: Candidate = {
			...{ last: null, head: null, more: null, calls: 0, hasRefusal: false, hasInput: false, length: 0, start: 0 },
			cited: [],
		};
		this.#candidates.set(index, candidate);
		return { candidate, text: this.#chunk(index, { role: "assistant", content: "", refusal: null }) };
	}

	#open({ candidate: index, part }: EventOf<"open">): string {
		const { candidate, text: begun } = this.#begun(index);
		const text = part.kind === "text" ? begun : `${begun}${this.#citations(index, candidate)}`;
		const isApart = part.kind === "text" && candidate.length > 0 && candidate.last !== "text";
		candidate.last = part.kind;
		candidate.head = part;
		candidate.more = null;
		candidate.hasInput = false;
		switch (part.kind) {
			case "text": {
				// Texts that others stand between are set apart; those side by side go on.
				const gap = isApart ? "\n\n" : "";
				candidate.length += gap.length;
				candidate.start = candidate.length;
				return isApart ? `${text}${this.#chunk(index, { content: gap })}` : text;
			}
			case "refusal":
				candidate.hasRefusal = true;
				return text;
			case "reasoning":
				return text;
			case "toolCall":
				candidate.calls += 1;
				return `${text}${this.#callChunk(index, candidate, "", part)}`;
			case "image": {
				const image: ReplyImage = { type: "image_url", image_url: { url: writeDataUrl(part) } };
				return `${text}${this.#chunk(index, { images: [image] })}`;
			}
			case "audio":
				return `${text}${this.#chunk(index, { audio: { id: `audio_${index}`, data: part.data } })}`;
		}
	}

	#delta({ candidate: index, text, logprobs }: EventOf<"delta">): string {
		const { candidate } = this.#begun(index);
		const tokens = logprobs === undefined ? null : writeLogprobs(logprobs);
		switch (candidate.head?.kind) {
			case "text":
				candidate.length += text.length;
				if (tokens !== null) return this.#chunk(index, { content: text }, { content: tokens, refusal: null });
				return more(candidate, text, (content) => this.#chunk(index, { content }));
			case "refusal":
				if (tokens !== null) return this.#chunk(index, { refusal: text }, { content: null, refusal: tokens });
				return more(candidate, text, (refusal) => this.#chunk(index, { refusal }));
			case "reasoning":
				return more(candidate, text, (reasoning_content) => this.#chunk(index, { reasoning_content }));
			case "toolCall":
				candidate.hasInput ||= text !== "";
				return more(candidate, text, (input) => this.#callChunk(index, candidate, input));
			default:
				return "";
		}
	}

	#close({ candidate: index }: EventOf<"close">): string {
		const { candidate } = this.#begun(index);
		const { head, hasInput } = candidate;
		candidate.head = null;
		// Clients parse the arguments of a call that takes nothing, too.
		const isBare = head?.kind === "toolCall" && !head.free && !hasInput;
		return isBare ? this.#callChunk(index, candidate, "{}") : "";
	}

	#finish({ candidate: index, reason, detail }: EventOf<"finish">): string {
		const { candidate, text } = this.#begun(index);
		const cited = this.#citations(index, candidate);
		const words = refusalWords(reason, detail, candidate.hasRefusal);
		const refused = words === null ? "" : this.#chunk(index, { refusal: words });
		const word = finishWord(reason, this.#style, candidate.hasRefusal || words !== null);
		return `${text}${cited}${refused}${this.#chunk(index, {}, null, word)}`;
	}

	#citations(index: number, candidate: Candidate): string {
		const annotations = candidate.cited.flatMap(({ citation, start, end }) => writeCitation(citation, start, end));
		candidate.cited = [];
		return annotations.length === 0 ? "" : this.#chunk(index, { annotations });
	}

	/** @param head for the first chunk of a call. */
	#callChunk(index: number, { calls, head: open }: Candidate, text: string, head?: CallHead): string {
		if (this.#style === "functions") {
			// One call is all that such a client can take; it has asked for no more.
			if (calls > 1) return "";
			const name = head === undefined ? {} : { name: head.name };
			return this.#chunk(index, { function_call: { ...name, arguments: text } });
		}
		const begun = head === undefined ? {} : { id: head.id };
		const name = head === undefined ? {} : { name: head.name };
		const isFree = head?.free ?? (open?.kind === "toolCall" && open.free);
		const type = isFree ? ("custom" as const) : ("function" as const);
		const call = {
			index: calls - 1,
			...begun,
			...(head === undefined ? {} : { type }),
			...(isFree ? { custom: { ...name, input: text } } : { function: { ...name, arguments: text } }),
		};
		return this.#chunk(index, { tool_calls: [call] });
	}

	#usageChunk(): string {
		if (!this.#tellsUsage || this.#usage === null) return "";
		return `${this.#head}[],"usage":${JSON.stringify(writeUsage(this.#usage))}}\n\n`;
	}

	#chunk(
		index: number,
		delta: Delta,
		logprobs: Choice["logprobs"] = null,
		finish_reason: Choice["finish_reason"] = null,
	): string {
		const choice: Choice = { index, delta, logprobs, finish_reason };
		return `${this.#head}[${JSON.stringify(choice)}]${this.#tail}`;
	}
}

/** Some more of what is open, and nothing else. */
function more(candidate: Candidate, text: string, write: TextFrame): string {
	candidate.more ??= textFrame(write);
	return candidate.more(text);
}
