import type { Format } from "../../src/accounts/account.ts";

/** Where the clients of each format ask for a stream, below the address of the target or the upstream. */
export const streamPaths: Readonly<Record<Format, (model: string) => string>> = {
	openai: () => "/v1/chat/completions",
	anthropic: () => "/v1/messages",
	gemini: (model) => `/v1beta/models/${encodeURIComponent(model)}:streamGenerateContent?alt=sse`,
	codex: () => "/v1/responses",
};

const beginnings: readonly (readonly [beginning: string, format: Format])[] = [
	["/v1/messages", "anthropic"],
	["/v1/responses", "codex"],
	["/v1beta/models/", "gemini"],
];

export interface Asked {
	readonly format: Format;
	/** Null where it stands in the body. */
	readonly model: string | null;
}

/** What a path asks for; whatever no other format knows is asked in OpenAI's. */
export function readPath(path: string): Asked {
	const format = beginnings.find(([beginning]) => path.startsWith(beginning))?.[1] ?? "openai";
	const model = /\/models\/(.+):streamGenerateContent/.exec(path)?.[1];
	return { format, model: model === undefined ? null : decodeURIComponent(model) };
}
