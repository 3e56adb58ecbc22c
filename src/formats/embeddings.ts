import type { Format } from "../accounts/account.ts";
import { geminiEmbeddings } from "./gemini/embeddings.ts";
import { openaiEmbeddings } from "./openai/embeddings.ts";
import type { WriterContext, WriteTarget } from "./translation.ts";

/** A request for embeddings, in no format. */
export interface EmbeddingRequest {
	/** One vector is wanted for each; at least one. */
	readonly inputs: readonly string[];
	/** How long a vector is to be; absent: as the model has it. */
	readonly dimensions?: number;
}

export interface EmbeddingReply {
	/** In the order of the inputs. */
	readonly vectors: readonly (readonly number[])[];
	/** Null: the reply did not say. */
	readonly inputTokens: number | null;
}

interface ReadEmbeddingRequest {
	readonly request: EmbeddingRequest;
	/** As in `ReadRequest`. */
	readonly losses: readonly string[];
}

interface WrittenEmbeddingRequest {
	/** Below the account's root. */
	readonly path: string;
	readonly body: object;
}

/**
 * What a format that has embeddings offers to translate them. Errors are those of its `Translation`. Everything that a
 * request can say beyond texts and dimensions is known to one format alone, so that only readers have losses.
 */
export interface EmbeddingTranslation {
	/**
	 * @param body parsed JSON.
	 * @throws Malformed, Untranslatable
	 */
	readonly readRequest: (body: unknown) => ReadEmbeddingRequest;
	readonly writeRequest: (request: EmbeddingRequest, target: WriteTarget) => WrittenEmbeddingRequest;
	/** Null where it is no reply of the format, or has another number of vectors than were asked for. */
	readonly readReply: (body: unknown, request: EmbeddingRequest) => EmbeddingReply | null;
	readonly writeReply: (reply: EmbeddingReply, context: Pick<WriterContext, "model" | "body">) => object;
}

/** Anthropic and Codex have no embeddings. */
export const embeddingTranslations: Readonly<Partial<Record<Format, EmbeddingTranslation>>> = {
	openai: openaiEmbeddings,
	gemini: geminiEmbeddings,
};
