import { hasError, readErrorEvent } from "../errorReading.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import { isVoid, saysSomething } from "../saying.ts";
import type { StreamRules } from "../stream.ts";
import type { EventSign } from "../upstreamError.ts";
import { openaiError, readOpenaiError } from "./errors.ts";
import { isFailure } from "./finishReasons.ts";
import { openaiStreamUsage } from "./usage.ts";

/** Members of chunks that have no choices. */
const silent = ["created", "model", "provider", "usage"];

type Chunk = Readonly<Record<string, unknown>>;

/** Chat Completions, and the older Completions. */
export const openaiStream: StreamRules = {
	sign: (name, data) => {
		if (data.trim() === "[DONE]") return { kind: "end" };
		const chunk = parseJson(data);
		if (name === "error" || hasError(chunk)) return { kind: "error", error: readErrorEvent(chunk ?? data) };
		if (isVoid(data)) return { kind: "opening" };
		if (!isRecord(chunk)) return signOfOther(chunk);
		const { choices } = chunk;
		return Array.isArray(choices) ? signOfChoices(choices.filter(isRecord)) : signOfOther(chunk);
	},
	// No `[DONE]` after it: that would be a good end.
	errorEvent: (problem) => `data: ${JSON.stringify(openaiError(problem))}\n\n`,
	usage: openaiStreamUsage,
};

function signOfChoices(choices: readonly Chunk[]): EventSign {
	// Clients take such a chunk for a good end with half a text: another account should answer where nothing has been said yet.
	const failed = choices.find(({ finish_reason: reason }) => typeof reason === "string" && isFailure(reason));
	if (failed) return { kind: "error", error: failureOf(failed) };
	if (choices.some(({ finish_reason: reason }) => typeof reason === "string" && reason !== "")) return { kind: "end" };
	return { kind: choices.some(hasContent) ? "content" : "opening" };
}

/** A chunk has a `delta`, one of the older Completions `text`, a whole reply `message`. */
function hasContent({ delta, text, message }: Chunk): boolean {
	return [delta, text, message].some((part) => saysSomething(part));
}

function failureOf(choice: Chunk) {
	const error = readErrorEvent(hasError(choice) ? choice : { code: choice["finish_reason"] });
	return { ...error, status: error.status ?? 500 };
}

/** Relays begin some streams with a ping or a chunk without choices; errors come in other shapes than OpenAI's too. */
function signOfOther(chunk: unknown): EventSign {
	const error = readOpenaiError(chunk);
	if (error !== null) return { kind: "error", error };
	const isPing = isRecord(chunk) && chunk["type"] === "ping";
	return { kind: isPing || !saysSomething(chunk ?? "text", silent) ? "opening" : "content" };
}
