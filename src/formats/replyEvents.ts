import type { Usage } from "../bridge/protocol.ts";
import type { Citation, Seal } from "./conversation.ts";
import type { UpstreamError } from "./upstreamError.ts";

/**
 * A reply on its way, in no format. Of each candidate the parts come one after the other: `open`, deltas, `close`; then its
 * `finish`. Order: `begin` once, parts and finishes, `usage` anywhere after `begin` (later ones take the place of earlier
 * ones), and last either `end` or `error`.
 */
export type ReplyEvent =
	| { readonly kind: "begin" /** The upstream's own. */; readonly id?: string }
	| { readonly kind: "open"; readonly candidate: number; readonly part: PartHead }
	/** Of a text, reasoning or refusal its next characters; of a call those of its input. */
	| {
			readonly kind: "delta";
			readonly candidate: number;
			readonly text: string;
			readonly logprobs?: readonly TokenLogprob[];
	  }
	/** About the text that is open. */
	| { readonly kind: "citation"; readonly candidate: number; readonly citation: Citation }
	| { readonly kind: "close"; readonly candidate: number; readonly seal?: Seal }
	| {
			readonly kind: "finish";
			readonly candidate: number;
			readonly reason: FinishReason;
			/** The stop sequence that was met. */
			readonly stopSequence?: string;
			/** Why, in words of the upstream. */
			readonly detail?: string;
	  }
	| { readonly kind: "usage"; readonly usage: ReplyUsage }
	/** The upstream's own good end. */
	| { readonly kind: "end" }
	| { readonly kind: "error"; readonly error: UpstreamError };

export type PartHead =
	| { readonly kind: "text" }
	| { readonly kind: "reasoning" }
	| { readonly kind: "refusal" }
	/** `free`: its input is no JSON. Id, name and namespace are the client's own, not those on the wire. */
	| {
			readonly kind: "toolCall";
			readonly id: string;
			readonly name: string;
			readonly namespace?: string;
			readonly free: boolean;
	  }
	/** Whole at once: no deltas follow. */
	| { readonly kind: "image" | "audio"; readonly mediaType: string /** Base64. */; readonly data: string };

export type FinishReason =
	| "stop"
	| "stopSequence"
	| "length"
	| "toolCalls"
	| "contentFilter"
	| "refusal"
	/** The upstream paused a long turn of its own tools; the client is to send the reply back. */
	| "pause"
	| "contextWindow"
	/** The model wrote a call that is none. */
	| "malformedCall"
	| "other";

export interface TokenLogprob {
	readonly token: string;
	readonly logprob: number;
	/** UTF-8. */
	readonly bytes?: readonly number[];
	readonly top?: readonly { readonly token: string; readonly logprob: number; readonly bytes?: readonly number[] }[];
}

export interface ReplyUsage extends Usage {
	/** Of the input: written into a cache. */
	readonly cacheWritten: number | null;
}

/** A whole reply. */
export interface Reply {
	readonly id?: string;
	readonly candidates: readonly Candidate[];
	readonly usage: ReplyUsage | null;
}

export interface Candidate {
	readonly index: number;
	readonly parts: readonly ReplyPart[];
	readonly reason: FinishReason;
	readonly stopSequence?: string;
	readonly detail?: string;
}

export type ReplyPart = PartHead & {
	/** All deltas; empty where there can be none. */
	readonly text: string;
	readonly citations: readonly Citation[];
	readonly logprobs: readonly TokenLogprob[];
	readonly seal?: Seal;
};
