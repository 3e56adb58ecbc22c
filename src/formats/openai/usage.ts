import type { Usage } from "../../bridge/protocol.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import { count, foldUsage, usageOf } from "../usageFields.ts";

/** Of a whole reply: chat, completion, embeddings. */
export function readOpenaiUsage(body: unknown): Usage | null {
	return isRecord(body) ? readTokens(body["usage"]) : null;
}

/** Of a chunk. Beside `usage`, Groq has it in `x_groq`, Moonshot in the choice. */
export function openaiStreamUsage(data: string, known: Usage | null): Usage | null {
	if (!data.includes('"usage"')) return known;
	const chunk = parseJson(data);
	if (!isRecord(chunk)) return known;
	const choice: unknown = Array.isArray(chunk["choices"]) ? chunk["choices"][0] : null;
	const places = [chunk["usage"], memberOf(chunk["x_groq"], "usage"), memberOf(choice, "usage")];
	const told = places.map(readTokens).find((usage) => usage !== null);
	return foldUsage(known, told ?? null);
}

/** `{prompt_tokens, completion_tokens, …_details}`; relays that translate keep the names of Responses. */
function readTokens(usage: unknown): Usage | null {
	if (!isRecord(usage)) return null;
	const inputDetails = usage["prompt_tokens_details"] ?? usage["input_tokens_details"];
	const outputDetails = usage["completion_tokens_details"] ?? usage["output_tokens_details"];
	return usageOf({
		input: count(usage["prompt_tokens"] ?? usage["input_tokens"]),
		output: count(usage["completion_tokens"] ?? usage["output_tokens"]),
		cached: count(
			// DeepSeek's and Moonshot's own names.
			memberOf(inputDetails, "cached_tokens") ?? usage["prompt_cache_hit_tokens"] ?? usage["cached_tokens"],
		),
		reasoning: count(memberOf(outputDetails, "reasoning_tokens")),
	});
}

function memberOf(value: unknown, name: string): unknown {
	return isRecord(value) ? value[name] : undefined;
}
