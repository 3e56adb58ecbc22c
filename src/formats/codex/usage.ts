import type { Usage } from "../../bridge/protocol.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import { count, foldUsage, usageOf } from "../usageFields.ts";

/** Of a whole response, or of a compaction. */
export function readCodexUsage(body: unknown): Usage | null {
	return isRecord(body) ? readTokens(body["usage"]) : null;
}

/** Of an event that carries the response: its end does, its beginning has `usage: null`. */
export function codexStreamUsage(data: string, known: Usage | null): Usage | null {
	if (!data.includes('"usage"')) return known;
	const event = parseJson(data);
	return isRecord(event) ? foldUsage(known, readCodexUsage(event["response"])) : known;
}

function readTokens(usage: unknown): Usage | null {
	if (!isRecord(usage)) return null;
	const { input_tokens_details: inputDetails, output_tokens_details: outputDetails } = usage;
	return usageOf({
		input: count(usage["input_tokens"]),
		output: count(usage["output_tokens"]),
		cached: isRecord(inputDetails) ? count(inputDetails["cached_tokens"]) : null,
		reasoning: isRecord(outputDetails) ? count(outputDetails["reasoning_tokens"]) : null,
	});
}
