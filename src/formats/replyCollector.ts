import type { Citation, Seal } from "./conversation.ts";
import type {
	Candidate,
	FinishReason,
	PartHead,
	Reply,
	ReplyEvent,
	ReplyPart,
	ReplyUsage,
	TokenLogprob,
} from "./replyEvents.ts";

/** A part while its pieces come. */
interface GrowingPart {
	readonly head: PartHead;
	readonly pieces: string[];
	readonly citations: Citation[];
	readonly logprobs: TokenLogprob[];
	seal?: Seal;
}

interface GrowingCandidate {
	readonly parts: GrowingPart[];
	reason: FinishReason;
	stopSequence?: string;
	detail?: string;
}

/** Puts a whole reply together out of its events. */
export class ReplyCollector {
	readonly #candidates = new Map<number, GrowingCandidate>();
	#id: string | undefined;
	#usage: ReplyUsage | null = null;

	push(event: Exclude<ReplyEvent, { kind: "error" | "end" }>): void {
		switch (event.kind) {
			case "begin":
				this.#id = event.id;
				return;
			case "usage":
				this.#usage = event.usage;
				return;
			case "open":
				this.#candidate(event.candidate).parts.push({ head: event.part, pieces: [], citations: [], logprobs: [] });
				return;
			case "delta": {
				const part = this.#open(event.candidate);
				part?.pieces.push(event.text);
				for (const logprob of event.logprobs ?? []) part?.logprobs.push(logprob);
				return;
			}
			case "citation":
				this.#open(event.candidate)?.citations.push(event.citation);
				return;
			case "close": {
				const part = this.#open(event.candidate);
				if (part !== undefined && event.seal !== undefined) part.seal = event.seal;
				return;
			}
			case "finish": {
				const candidate = this.#candidate(event.candidate);
				candidate.reason = event.reason;
				if (event.stopSequence !== undefined) candidate.stopSequence = event.stopSequence;
				if (event.detail !== undefined) candidate.detail = event.detail;
			}
		}
	}

	/** What has come so far. */
	get reply(): Reply {
		const candidates = [...this.#candidates].sort(([one], [other]) => one - other).map(grown);
		return { ...(this.#id === undefined ? {} : { id: this.#id }), candidates, usage: this.#usage };
	}

	#candidate(index: number): GrowingCandidate {
		const known = this.#candidates.get(index);
		if (known !== undefined) return known;
		const made: GrowingCandidate = { parts: [], reason: "other" };
		this.#candidates.set(index, made);
		return made;
	}

	#open(index: number): GrowingPart | undefined {
		return this.#candidate(index).parts.at(-1);
	}
}

function grown([index, { parts, ...end }]: readonly [number, GrowingCandidate]): Candidate {
	return { index, ...end, parts: parts.map(grownPart) };
}

function grownPart({ head, pieces, citations, logprobs, seal }: GrowingPart): ReplyPart {
	return { ...head, text: pieces.join(""), citations, logprobs, ...(seal === undefined ? {} : { seal }) };
}
