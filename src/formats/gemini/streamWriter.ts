import type { Citation, Seal } from "../conversation.ts";
import type { PartHead, ReplyEvent, ReplyUsage, TokenLogprob } from "../replyEvents.ts";
import { type TextFrame, textFrame } from "../textFrame.ts";
import type { StreamWriter, WriterContext } from "../translation.ts";
import { writeGrounding } from "./citations.ts";
import { writeLogprobs } from "./logprobs.ts";
import { callPart, ending, heading, mediaPart, showsThoughts } from "./replyParts.ts";
import { writeUsage } from "./replyUsage.ts";
import { geminiStream } from "./stream.ts";
import { clientSeal, placeholder } from "./thoughtSeals.ts";
import { said } from "./wireNames.ts";
import type { WirePart } from "./wireParts.ts";

type GoodEvent = Exclude<ReplyEvent, { kind: "error" }>;

/**
 * Writes `streamGenerateContent?alt=sse`: texts as they come, calls whole, and in the last chunk how each candidate ended, its
 * sources and the usage.
 */
export function streamWriter(context: WriterContext): StreamWriter {
	const writer = new ChunkWriter(context);
	return { push: (event) => writer.push(event), fail: geminiStream.errorEvent, heartbeat: ": keep-alive\n\n" };
}

/** A candidate while its parts come. */
class OpenCandidate {
	/** Write some more of a text or of thoughts. */
	readonly text: TextFrame;
	readonly thought: TextFrame;
	head: PartHead | null = null;
	/** What the open part has said, where that is needed whole. */
	pieces: string[] = [];
	/** Waits for the part that will bear it. */
	signature: string | null = null;
	lastWasText = false;
	hasCalled = false;
	readonly cited: { text: string; readonly citations: Citation[] }[] = [];
	/** Members that tell how it ended. */
	end: object = {};

	constructor(write: (part: WirePart) => string) {
		this.text = textFrame((text) => write({ text }));
		this.thought = textFrame((text) => write({ text, thought: true }));
	}
}

class ChunkWriter {
	readonly #context: WriterContext;
	readonly #heading: object;
	readonly #showsThoughts: boolean;
	readonly #candidates = new Map<number, OpenCandidate>();
	#usage: ReplyUsage | null = null;

	constructor(context: WriterContext) {
		this.#context = context;
		this.#heading = heading(context);
		this.#showsThoughts = showsThoughts(context);
	}

	push(event: GoodEvent): string {
		switch (event.kind) {
			case "begin":
				return "";
			case "usage":
				this.#usage = event.usage;
				return "";
			case "end":
				return this.#end();
		}
		const { candidate: index } = event;
		const candidate = this.#candidate(index);
		switch (event.kind) {
			case "open":
				return this.#open(index, candidate, event.part);
			case "delta":
				return this.#delta(index, candidate, event.text, event.logprobs);
			case "close":
				return this.#close(index, candidate, event.seal);
			case "citation": {
				candidate.cited.at(-1)?.citations.push(event.citation);
				return "";
			}
			case "finish":
				candidate.end = ending(event.reason, event.detail);
				return "";
		}
	}

	#candidate(index: number): OpenCandidate {
		const known = this.#candidates.get(index);
		if (known !== undefined) return known;
		const made = new OpenCandidate((part) => this.#chunk(index, [part]));
		this.#candidates.set(index, made);
		return made;
	}

	#open(index: number, candidate: OpenCandidate, head: PartHead): string {
		candidate.head = head;
		candidate.pieces = [];
		const isText = head.kind === "text" || head.kind === "refusal";
		if (isText) candidate.cited.push({ text: "", citations: [] });
		// A text that follows another would be taken for its continuation, were it signed itself.
		const isFlushed = head.kind === "reasoning" || (isText && candidate.lastWasText);
		const flushed = isFlushed ? this.#flush(index, candidate) : "";
		const isMedia = head.kind === "image" || head.kind === "audio";
		return isMedia ? flushed + this.#part(index, candidate, mediaPart(head)) : flushed;
	}

	#delta(index: number, candidate: OpenCandidate, text: string, logprobs: readonly TokenLogprob[] = []): string {
		switch (candidate.head?.kind) {
			case "toolCall":
				candidate.pieces.push(text);
				return "";
			case "reasoning":
				return this.#showsThoughts && text !== "" ? thought(candidate, text) : "";
			case "text":
			case "refusal": {
				candidate.pieces.push(text);
				const wanted = this.#context.conversation.logprobs === undefined ? [] : logprobs;
				if (text === "" && wanted.length === 0) return "";
				if (candidate.signature !== null || wanted.length > 0) return this.#part(index, candidate, { text }, wanted);
				candidate.lastWasText = true;
				return candidate.text(text);
			}
			default:
				return "";
		}
	}

	#close(index: number, candidate: OpenCandidate, seal: Seal | undefined): string {
		const { head, pieces } = candidate;
		candidate.head = null;
		const last = candidate.cited.at(-1);
		if (last !== undefined && (head?.kind === "text" || head?.kind === "refusal")) last.text = pieces.join("");
		if (head?.kind === "toolCall") {
			if (!candidate.hasCalled) candidate.signature ??= placeholder;
			candidate.hasCalled = true;
			return this.#part(index, candidate, callPart(head, pieces.join("")));
		}
		if (head?.kind !== "reasoning" || seal === undefined) return "";
		const own = clientSeal(seal);
		if (own.kind === "part") return this.#chunk(index, [own.part]);
		candidate.signature = own.signature;
		return "";
	}

	#part(index: number, candidate: OpenCandidate, part: WirePart, logprobs: readonly TokenLogprob[] = []): string {
		const { signature } = candidate;
		candidate.signature = null;
		candidate.lastWasText = part.text !== undefined;
		const signed = signature === null ? part : { ...part, thoughtSignature: signature };
		return this.#chunk(index, [signed], said({ logprobsResult: writeLogprobs(logprobs) }));
	}

	#flush(index: number, candidate: OpenCandidate): string {
		return candidate.signature === null ? "" : this.#part(index, candidate, { text: "" });
	}

	#end(): string {
		const candidates = [...this.#candidates]
			.sort(([one], [other]) => one - other)
			.map(([index, candidate]) => {
				const { signature, cited, end } = candidate;
				const last: WirePart = signature === null ? { text: "" } : { text: "", thoughtSignature: signature };
				return {
					content: { parts: [last], role: "model" },
					...end,
					index,
					...said({ groundingMetadata: writeGrounding(cited) }),
				};
			});
		const usage = this.#usage === null ? {} : { usageMetadata: writeUsage(this.#usage) };
		return event({ candidates, ...usage, ...this.#heading });
	}

	#chunk(index: number, parts: readonly WirePart[], beside: object = {}): string {
		return event({ candidates: [{ content: { parts, role: "model" }, index, ...beside }], ...this.#heading });
	}
}

function thought(candidate: OpenCandidate, text: string): string {
	candidate.lastWasText = false;
	return candidate.thought(text);
}

function event(chunk: object): string {
	return `data: ${JSON.stringify(chunk)}\n\n`;
}
