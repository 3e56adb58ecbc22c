import { type Format, formats } from "../accounts/account.ts";
import type { Taker } from "../pool/groups.ts";

/** What a client asks for, as far as accounts of other formats can be asked for it too. */
export type Operation =
	/** A reply to a conversation. */
	| "reply"
	/** How many tokens a conversation has. */
	| "countTokens"
	| "embeddings"
	/** Something that only its own format knows. */
	| "other";

/** By the fixed paths of the formats, and Gemini's verbs. */
const operations: Readonly<Record<string, Operation>> = {
	"/chat/completions": "reply",
	"/messages": "reply",
	"/responses": "reply",
	generateContent: "reply",
	streamGenerateContent: "reply",
	"/messages/count_tokens": "countTokens",
	countTokens: "countTokens",
	"/embeddings": "embeddings",
	embedContent: "embeddings",
	batchEmbedContents: "embeddings",
};

const everybody: readonly Taker[] = [...formats, "native"];
const embedders: readonly Taker[] = ["openai", "gemini"];

/** @param operationPath below the format's prefix, as the client wrote it. */
export function operationOf(format: Format, operationPath: string): Operation {
	const name = format === "gemini" ? operationPath.slice(operationPath.lastIndexOf(":") + 1) : operationPath;
	return (Object.hasOwn(operations, name) ? operations[name] : undefined) ?? "other";
}

/** Accounts that can be asked for it. */
export function takersOf(operation: Operation, format: Format): readonly Taker[] {
	switch (operation) {
		case "reply":
			return everybody;
		case "embeddings":
			return embedders;
		case "countTokens":
		case "other":
			return ownFormat[format];
	}
}

const ownFormat: Readonly<Record<Format, readonly Taker[]>> = {
	codex: ["codex", "native"],
	openai: ["openai"],
	anthropic: ["anthropic"],
	gemini: ["gemini"],
};
