import type { Usage } from "../../bridge/protocol.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import { count, foldUsage, sum, usageOf } from "../usageFields.ts";

/** Of a whole message, or of a count of tokens, which has `input_tokens` at its top. */
export function readAnthropicUsage(body: unknown): Usage | null {
	if (!isRecord(body)) return null;
	return readTokens(isRecord(body["usage"]) ? body["usage"] : { input_tokens: body["input_tokens"] });
}

/**
 * `message_start` tells the input, `message_delta` the output, as a sum so far; it may repeat the input. Where it repeats it
 * without its cached parts, the larger of the two is the whole.
 */
export function anthropicStreamUsage(data: string, known: Usage | null): Usage | null {
	if (!data.includes('"usage"')) return known;
	const event = parseJson(data);
	if (!isRecord(event)) return known;
	const message = event["message"];
	const usage = event["usage"] ?? (isRecord(message) ? message["usage"] : null);
	if (!isRecord(usage)) return known;
	const told = readTokens(usage);
	if (told === null) return known;
	const isWhole =
		count(usage["cache_read_input_tokens"]) !== null || count(usage["cache_creation_input_tokens"]) !== null;
	const input = isWhole || told.input === null ? told.input : Math.max(told.input, known?.input ?? 0);
	return foldUsage(known, { ...told, input });
}

/** Anthropic's `input_tokens` are only those that neither came from the cache nor went into it. */
function readTokens(usage: Readonly<Record<string, unknown>>): Usage | null {
	const details = usage["output_tokens_details"];
	return usageOf({
		input: sum(usage["input_tokens"], usage["cache_read_input_tokens"], usage["cache_creation_input_tokens"]),
		output: count(usage["output_tokens"]),
		cached: count(usage["cache_read_input_tokens"]),
		reasoning: isRecord(details) ? count(details["thinking_tokens"]) : null,
	});
}
