import type { Conversation } from "./conversation.ts";
import type { Problem } from "./problem.ts";
import type { Reply, ReplyEvent } from "./replyEvents.ts";
import type { ToolNames } from "./toolNames.ts";
import type { UpstreamError } from "./upstreamError.ts";

/** What a conversation may hold that not every format can say. */
export const features = [
	"cacheKey",
	"cacheMarks",
	"candidates",
	"citations",
	"documentContext",
	"frequencyPenalty",
	"grammar",
	"imageDetail",
	"logprobs",
	"maxTokens",
	"metadata",
	"output",
	"parallelCalls",
	"presencePenalty",
	"reasoning",
	"reasoningHistory",
	"reasoningShown",
	"refusalHistory",
	"schema",
	"seed",
	"serviceTier",
	"stop",
	"strict",
	"temperature",
	"toolChoice",
	"toolResultError",
	"topK",
	"topP",
	"userId",
	"verbosity",
	"webSearch",
] as const;

export type Feature = (typeof features)[number];

/** What a writer could not say, or not as it was said. */
export interface Loss {
	readonly feature: Feature;
	/** What goes instead; absent where nothing does. */
	readonly sentAs?: string;
}

/** The request has something that would change its meaning if it were left out. */
export class Untranslatable extends Error {
	override readonly name = "Untranslatable";
}

/** The request is not what its own format asks for. The message names the field. */
export class Malformed extends Error {
	override readonly name = "Malformed";
}

export interface ClientRequest {
	/** Parsed JSON. */
	readonly body: unknown;
	/** Gemini says by its path what the others say in the body; null where they do. */
	readonly stream: boolean | null;
}

export interface ReadRequest {
	readonly conversation: Conversation;
	/** Fields of the request that the conversation cannot hold, by their own paths (`messages[].name`), each once. */
	readonly losses: readonly string[];
}

export interface WriteTarget {
	/** The account's own name for the model. */
	readonly model: string;
}

export interface WrittenRequest {
	/** Below the account's root, as in `Endpoint.operations`. */
	readonly path: string;
	/** With its `?`; empty for none. */
	readonly query: string;
	/** Beside the key, the account's own and `content-type`. */
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: object;
	/** Whether an event stream will come, whatever the client asked for. */
	readonly streams: boolean;
	readonly losses: readonly Loss[];
	readonly names: ToolNames;
}

/** What a reader of replies has to know of the request. */
export interface ReaderContext {
	readonly conversation: Conversation;
	readonly names: ToolNames;
}

/** What a writer of replies has to know of the request. */
export interface WriterContext {
	/** The model as the client named it. */
	readonly model: string;
	readonly conversation: Conversation;
	/** The client's own body, parsed: for what a reply repeats of it, and for options about the reply's form. */
	readonly body: unknown;
	/** Unique: what ids are made of, without a prefix. */
	readonly id: string;
	/** Seconds since 1970. */
	readonly createdAt: number;
}

/** Reads one upstream stream. */
export interface StreamReader {
	/** @param name of the `event:` line; empty where there is none. */
	readonly push: (name: string, data: string) => readonly ReplyEvent[];
	/**
	 * The connection has ended. What is still open is closed and finished, and `end` given, only where the format's own end
	 * was there; else nothing: the caller makes an error of it.
	 */
	readonly end: () => readonly ReplyEvent[];
}

/** Writes one stream for a client. */
export interface StreamWriter {
	/** Bytes of the stream; empty where the event shows nowhere. */
	readonly push: (event: Exclude<ReplyEvent, { kind: "error" }>) => string;
	/** The format's error event in the middle of a stream, with what it needs to stand there; no good end follows. */
	readonly fail: (problem: Problem) => string;
	/** Sent while the upstream is silent; a comment where the format has nothing of its own. */
	readonly heartbeat: string;
}

/** A stream as the client reads it. */
export interface StreamForm {
	readonly writer: StreamWriter;
	readonly contentType: string;
}

export interface ErrorReply {
	readonly status: number;
	readonly body: object;
}

/** What a format offers to translation. Each knows itself and the conversation, and no other format. */
export interface Translation {
	/** @throws Malformed, Untranslatable */
	readonly readRequest: (request: ClientRequest) => ReadRequest;
	/** @throws Untranslatable */
	readonly writeRequest: (conversation: Conversation, target: WriteTarget) => WrittenRequest;
	readonly streamReader: (context: ReaderContext) => StreamReader;
	/** A whole JSON reply of good status. Ends with `end` or `error`; nothing of the two where it is no reply of the format. */
	readonly readReply: (body: unknown, context: ReaderContext) => readonly ReplyEvent[];
	readonly streamWriter: (context: WriterContext) => StreamWriter;
	/** @param query of the client's request, with its `?`; may ask for another form than events. */
	readonly streamForm: (writer: StreamWriter, query: string) => StreamForm;
	readonly writeReply: (reply: Reply, context: WriterContext) => object;
	/** An upstream's error as this format's clients know it: status, type and code mapped, the upstream's words kept. */
	readonly writeError: (error: UpstreamError, status: number) => ErrorReply;
	/** The media that may be sent by URL; of all other media the data is sent. */
	readonly takesUrls: ReadonlySet<"image" | "document" | "audio" | "video">;
	/** How this format's clients call each feature, for `x-relay-dropped`. */
	readonly featureNames: Readonly<Record<Feature, string>>;
	/** What the body of a request that is to be cleaned holds one of, as text. */
	readonly foreignMarks: readonly string[];
	/**
	 * A request of this format without what other makers have sealed (see `seals.ts`); called on the direct path where the
	 * body holds such a mark, with the account's own name for the model. What this format made itself is put back in its own
	 * form; the body itself where there is nothing to change.
	 */
	readonly withoutForeignSeals: (body: unknown) => unknown;
}
