import type { Format } from "../accounts/account.ts";

/**
 * A request for a reply, in no format. An optional member that is absent was not said; `null` is never a value.
 * What a format says beyond this is named as a loss by its reader; what a format cannot say of this, by its writer.
 */
export interface Conversation {
	readonly stream: boolean;
	/** System turns may stand anywhere. Turns of one role may follow each other; a writer joins them where it must. */
	readonly turns: readonly Turn[];
	readonly tools: readonly Tool[];
	readonly toolChoice?: ToolChoice;
	/** Whether one turn may hold several calls. */
	readonly parallelCalls?: boolean;
	readonly output?: OutputFormat;
	/** Of the reply, reasoning included. */
	readonly maxTokens?: number;
	readonly sampling: Sampling;
	/** Replies to one request that are wanted; 1 where it is absent. */
	readonly candidates?: number;
	readonly stop: readonly string[];
	/** Alternatives that are told with each token; 0: the token's own probability alone. */
	readonly logprobs?: number;
	readonly reasoning?: Reasoning;
	readonly verbosity?: Verbosity;
	readonly serviceTier?: ServiceTier;
	/** Requests with the same key begin alike, so that a cache can be found again. */
	readonly cacheKey?: string;
	/** The end user, for abuse control. */
	readonly userId?: string;
	readonly metadata?: Readonly<Record<string, string>>;
}

export type Turn =
	| { readonly role: "system"; readonly parts: readonly TextPart[] }
	| { readonly role: "user"; readonly parts: readonly UserPart[] }
	| { readonly role: "assistant"; readonly parts: readonly AssistantPart[] };

export type UserPart = TextPart | MediaPart | ToolResultPart;
export type AssistantPart = TextPart | ReasoningPart | RefusalPart | ToolCallPart | MediaPart;
export type MediaPart = ImagePart | DocumentPart | AudioPart | VideoPart;

/** What a cache may keep up to and including the part that bears it. */
export interface CacheMark {
	readonly lifetime?: "5m" | "1h";
}

export interface TextPart {
	readonly kind: "text";
	readonly text: string;
	readonly citations?: readonly Citation[];
	readonly cache?: CacheMark;
}

/** Where a statement comes from. */
export interface Citation {
	readonly url?: string;
	readonly title?: string;
	/** The words that are cited. */
	readonly quote?: string;
	/** UTF-16 offsets in the text of the part. */
	readonly start?: number;
	readonly end?: number;
	/** Place of the document in the request, from 0. */
	readonly document?: number;
}

export type MediaSource =
	| { readonly kind: "data"; readonly mediaType: string /** Base64. */; readonly data: string }
	| { readonly kind: "url"; readonly url: string; readonly mediaType?: string };

export interface ImagePart {
	readonly kind: "image";
	readonly source: MediaSource;
	readonly detail?: "low" | "high" | "auto" | "original";
	readonly cache?: CacheMark;
}

/** PDF or plain text. */
export interface DocumentPart {
	readonly kind: "document";
	readonly source: MediaSource | { readonly kind: "text"; readonly text: string };
	readonly name?: string;
	/** What the document is about, for the model. */
	readonly context?: string;
	/** Whether the reply is to cite it. */
	readonly cited?: boolean;
	readonly cache?: CacheMark;
}

export interface AudioPart {
	readonly kind: "audio";
	readonly source: MediaSource;
}

export interface VideoPart {
	readonly kind: "video";
	readonly source: MediaSource;
}

/**
 * The thinking itself, or a summary of it; empty where the maker shows neither. Only reasoning bears seals: what a maker signs
 * elsewhere (Gemini: texts and calls) is the seal of the reasoning before it, which has no text where there was none.
 */
export interface ReasoningPart {
	readonly kind: "reasoning";
	readonly text: string;
	readonly seal?: Seal;
}

export interface RefusalPart {
	readonly kind: "refusal";
	readonly text: string;
}

/** What only its maker can read: a signature, encrypted reasoning. `value` is JSON in the maker's own terms. */
export interface Seal {
	readonly maker: Format;
	readonly value: unknown;
}

/** The input of a call: the JSON text of an object, as the model wrote it; or text of a tool that takes no JSON. */
export type CallInput =
	| { readonly kind: "json"; readonly text: string }
	| { readonly kind: "free"; readonly text: string };

export interface ToolCallPart {
	readonly kind: "toolCall";
	/** Unique in the conversation; a reader makes one where its format has none. */
	readonly id: string;
	readonly name: string;
	readonly namespace?: string;
	readonly input: CallInput;
	readonly cache?: CacheMark;
}

export interface ToolResultPart {
	readonly kind: "toolResult";
	/** The id of a call in an earlier turn. */
	readonly callId: string;
	/** The name of that call. */
	readonly name: string;
	readonly content: readonly (TextPart | MediaPart)[];
	readonly isError?: boolean;
	readonly cache?: CacheMark;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Namespace {
	readonly name: string;
	readonly description?: string;
}

export type Tool =
	| {
			readonly kind: "function";
			readonly name: string;
			readonly namespace?: Namespace;
			readonly description?: string;
			/** JSON Schema of an object; absent where the tool takes nothing. */
			readonly parameters?: JsonSchema;
			readonly strict?: boolean;
			readonly cache?: CacheMark;
	  }
	/** A tool whose input is text, of a grammar where one is given. */
	| {
			readonly kind: "free";
			readonly name: string;
			readonly namespace?: Namespace;
			readonly description?: string;
			readonly grammar?: { readonly syntax: "lark" | "regex"; readonly definition: string };
	  }
	/** The account's own search of the web. */
	| {
			readonly kind: "webSearch";
			readonly allowedDomains?: readonly string[];
			readonly blockedDomains?: readonly string[];
			readonly maxUses?: number;
			readonly contextSize?: "low" | "medium" | "high";
			readonly location?: {
				readonly city?: string;
				readonly region?: string;
				readonly country?: string;
				readonly timezone?: string;
			};
	  };

/** A tool as a client names it. */
export interface ToolName {
	readonly name: string;
	readonly namespace?: string;
}

export type ToolChoice =
	| { readonly kind: "auto" }
	| { readonly kind: "none" }
	| { readonly kind: "required" }
	| { readonly kind: "named"; readonly tool: ToolName }
	| { readonly kind: "allowed"; readonly mode: "auto" | "required"; readonly tools: readonly ToolName[] };

export type OutputFormat =
	| { readonly kind: "json" }
	| {
			readonly kind: "schema";
			readonly schema: JsonSchema;
			readonly name?: string;
			readonly description?: string;
			readonly strict?: boolean;
	  };

export interface Sampling {
	/** From 0 to 2. */
	readonly temperature?: number;
	readonly topP?: number;
	readonly topK?: number;
	readonly seed?: number;
	readonly presencePenalty?: number;
	readonly frequencyPenalty?: number;
}

export type Effort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

export interface Reasoning {
	/** As the client said it; `effortOf` and `budgetOf` make one of the other. */
	readonly amount?:
		| { readonly kind: "effort"; readonly effort: Effort }
		| { readonly kind: "budget"; readonly tokens: number }
		/** As much as the model finds right. */
		| { readonly kind: "adaptive" };
	/** Whether, and how, the client wants to see it. */
	readonly shown?: "no" | "auto" | "concise" | "detailed";
}

export type Verbosity = "low" | "medium" | "high";
export type ServiceTier = "auto" | "default" | "flex" | "priority";
