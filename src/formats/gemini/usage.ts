import type { Usage } from "../../bridge/protocol.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import { count, foldUsage, sum, usageOf } from "../usageFields.ts";

/** Of a whole reply, of a stream as a JSON array (its last element tells the whole), or of a count of tokens. */
export function readGeminiUsage(body: unknown): Usage | null {
	if (Array.isArray(body)) return body.map(readGeminiUsage).findLast((usage) => usage !== null) ?? null;
	if (!isRecord(body)) return null;
	if (isRecord(body["usageMetadata"])) return readTokens(body["usageMetadata"]);
	return usageOf({
		input: count(body["totalTokens"]),
		output: null,
		cached: count(body["cachedContentTokenCount"]),
		reasoning: null,
	});
}

/** Each chunk tells the sums so far. */
export function geminiStreamUsage(data: string, known: Usage | null): Usage | null {
	if (!data.includes('"usageMetadata"')) return known;
	return foldUsage(known, readGeminiUsage(parseJson(data)));
}

/** Thoughts count beside the candidates, what tools brought in beside the prompt. */
function readTokens(usage: Readonly<Record<string, unknown>>): Usage | null {
	return usageOf({
		input: sum(usage["promptTokenCount"], usage["toolUsePromptTokenCount"]),
		output: sum(usage["candidatesTokenCount"], usage["thoughtsTokenCount"]),
		cached: count(usage["cachedContentTokenCount"]),
		reasoning: count(usage["thoughtsTokenCount"]),
	});
}
