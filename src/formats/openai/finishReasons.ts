import type { ChatCompletion } from "openai/resources/chat/completions";
import type { FinishReason } from "../replyEvents.ts";

/** As a relay says it: OpenAI's own words, and those that relays take over from whoever is behind them. In lower case. */
const known: Readonly<Record<string, FinishReason>> = {
	stop: "stop",
	length: "length",
	tool_calls: "toolCalls",
	function_call: "toolCalls",
	content_filter: "contentFilter",
	// Anthropic's, by relays that translate.
	end_turn: "stop",
	stop_sequence: "stopSequence",
	max_tokens: "length",
	tool_use: "toolCalls",
	refusal: "refusal",
	pause_turn: "pause",
	model_context_window_exceeded: "contextWindow",
	// Gemini's.
	safety: "contentFilter",
	recitation: "contentFilter",
	blocklist: "contentFilter",
	prohibited_content: "contentFilter",
	spii: "contentFilter",
	malformed_function_call: "malformedCall",
	// Servers of open models.
	eos: "stop",
	eos_token: "stop",
	// Mistral: what the model itself can take.
	model_length: "contextWindow",
	// Zhipu.
	sensitive: "contentFilter",
	model_context_window_exceed: "contextWindow",
};

/** Words with which Mistral, OpenRouter, Zhipu and DeepSeek say that they have failed. */
const failures: ReadonlySet<string> = new Set(["error", "network_error", "insufficient_system_resource"]);

export function isFailure(word: string): boolean {
	return failures.has(word.toLowerCase());
}

/** A word that nobody knows is an end all the same, and kept as the detail. */
export function readFinishReason(word: string): { readonly reason: FinishReason; readonly detail?: string } {
	const reason = known[word.toLowerCase()];
	return reason === undefined ? { reason: "other", detail: word } : { reason };
}

/** As a client reads it. */
export const finishReasons: Readonly<Record<FinishReason, ChatCompletion.Choice["finish_reason"]>> = {
	stop: "stop",
	stopSequence: "stop",
	length: "length",
	toolCalls: "tool_calls",
	contentFilter: "content_filter",
	refusal: "content_filter",
	// There is no word for it. The client ends its turn, and may ask to go on.
	pause: "stop",
	contextWindow: "length",
	malformedCall: "stop",
	other: "stop",
};
