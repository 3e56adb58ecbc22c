import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { formatRules } from "../../../src/formats/format.ts";
import { EventReader } from "../../../src/formats/sse.ts";
import type { EventSign } from "../../../src/formats/upstreamError.ts";
import { streamTranscripts } from "./transcripts.ts";

type Kind = EventSign["kind"];
/** An event's data, or its name and data. */
type Event = object | string | readonly [name: string, data: object | string];

function signOf(format: Format, event: Event): EventSign {
	const [name, data] = Array.isArray(event) ? event : ["", event];
	return formatRules[format].stream.sign(name, typeof data === "string" ? data : JSON.stringify(data));
}

const delta = (piece: object, reason: string | null = null) => ({
	object: "chat.completion.chunk",
	created: 1,
	model: "m",
	choices: [{ index: 0, delta: piece, logprobs: null, finish_reason: reason }],
});
const block = (content_block: object) => ({ type: "content_block_start", index: 0, content_block });
const blockDelta = (piece: object) => ({ type: "content_block_delta", index: 0, delta: piece });
const item = (type: string, fields: object) => ({
	type: "response.output_item.added",
	output_index: 0,
	sequence_number: 2,
	item: { id: "i", status: "in_progress", ...fields, type },
});
const piece = (type: string, text: string) => ({
	type,
	item_id: "i",
	output_index: 0,
	sequence_number: 4,
	delta: text,
	obfuscation: "xyz",
});
const parts = (...all: readonly object[]) => ({ candidates: [{ content: { role: "model", parts: all }, index: 0 }] });
const response = (status: string, fields: object = {}) => ({ id: "r", object: "response", status, ...fields });

const signs: Readonly<Record<Format, readonly (readonly [Kind, string, Event])[]>> = {
	openai: [
		["opening", "a role", delta({ role: "assistant", content: "", refusal: null })],
		["opening", "an empty piece", delta({ content: "" })],
		["opening", "no tool calls", delta({ role: "assistant", content: null, tool_calls: [] })],
		[
			"opening",
			"Azure's filter results",
			{ object: "", model: "", created: 0, choices: [], prompt_filter_results: [{}] },
		],
		["opening", "usage alone", { object: "chat.completion.chunk", choices: [], usage: { prompt_tokens: 1 } }],
		["opening", "a ping", { type: "ping" }],
		["opening", "nothing", ""],
		["content", "text", delta({ content: "Hi" })],
		["content", "white space", delta({ content: "\n" })],
		["content", "reasoning", delta({ reasoning_content: "Hm" })],
		["content", "OpenRouter's reasoning", delta({ content: "", reasoning: "Hm" })],
		["content", "a refusal", delta({ refusal: "No" })],
		["content", "a tool call", delta({ tool_calls: [{ index: 0, id: "c", function: { name: "f", arguments: "" } }] })],
		["content", "a piece of its arguments", delta({ tool_calls: [{ index: 0, function: { arguments: "{" } }] })],
		["content", "sound", delta({ audio: { data: "AAAA" } })],
		["content", "images", delta({ content: "", images: [{ image_url: { url: "data:" } }] })],
		["content", "the older text", { object: "text_completion", choices: [{ text: "Hi", finish_reason: null }] }],
		["content", "what is no JSON", "hello"],
		["content", "an event that is not known", { type: "annotation", text: "x" }],
		["end", "[DONE]", "[DONE]"],
		["end", "a finish reason", delta({}, "stop")],
		["end", "a finish reason with text", delta({ content: "." }, "length")],
		["end", "the older finish reason", { choices: [{ text: "", finish_reason: "stop" }] }],
		[
			"end",
			"a whole reply",
			{ object: "chat.completion", choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] },
		],
		["error", "an error", { error: { message: "No", type: "server_error" } }],
		["error", "an error beside choices", { ...delta({ content: "" }, "error"), error: { code: 502, message: "No" } }],
		["error", "a finish reason of failure", delta({ content: "" }, "error")],
		["error", "an event named so", ["error", { message: "No" }]],
		["error", "an event named so, with a text", ["error", "No"]],
		["error", "a detail", { detail: "Unauthorized" }],
		["error", "an error in an array", ["", [{ error: { code: 429, message: "No" } }]]],
	],
	anthropic: [
		[
			"opening",
			"the message",
			{ type: "message_start", message: { id: "m", content: [], usage: { input_tokens: 1 } } },
		],
		["opening", "a ping", ["ping", { type: "ping" }]],
		["opening", "an empty text block", block({ type: "text", text: "", citations: null })],
		["opening", "an empty thinking block", block({ type: "thinking", thinking: "", signature: "" })],
		["opening", "an empty piece", blockDelta({ type: "text_delta", text: "" })],
		["opening", "an empty piece of arguments", blockDelta({ type: "input_json_delta", partial_json: "" })],
		["opening", "a signature", blockDelta({ type: "signature_delta", signature: "EqQB" })],
		["opening", "a block's end", { type: "content_block_stop", index: 0 }],
		[
			"opening",
			"the stop reason",
			{ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } },
		],
		["opening", "a foreign [DONE]", "[DONE]"],
		["content", "a tool call", block({ type: "tool_use", id: "t", name: "f", input: {} })],
		["content", "a search", block({ type: "server_tool_use", id: "t", name: "web_search", input: {} })],
		["content", "hidden thinking", block({ type: "redacted_thinking", data: "x" })],
		["content", "text", blockDelta({ type: "text_delta", text: "Hi" })],
		["content", "thinking", blockDelta({ type: "thinking_delta", thinking: "Hm" })],
		["content", "arguments", blockDelta({ type: "input_json_delta", partial_json: "{" })],
		["content", "a citation", blockDelta({ type: "citations_delta", citation: { cited_text: "x" } })],
		["content", "an event that is not known", { type: "message_note", message: "x" }],
		["content", "what is no JSON", "hello"],
		["end", "the end", ["message_stop", { type: "message_stop" }]],
		["end", "the end without a name", { type: "message_stop" }],
		["error", "an error", ["error", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }]],
		["error", "an error without a name", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }],
		["error", "an error in OpenAI's shape", { error: { message: "No", code: "insufficient_quota" } }],
		["error", "an error that is no JSON", ["error", "Overloaded"]],
		["error", "a bare message", { message: "Unauthorized" }],
	],
	codex: [
		["opening", "the response", { type: "response.created", response: response("in_progress", { error: null }) }],
		["opening", "that it waits", { type: "response.queued", response: response("queued") }],
		["opening", "that it works", { type: "response.in_progress", response: response("in_progress") }],
		["opening", "limits", { type: "codex.rate_limits", rate_limits: { primary: { used_percent: 3 } } }],
		["opening", "a sign of life", { type: "keepalive", sequence_number: 3 }],
		["opening", "an empty message", item("message", { role: "assistant", content: [] })],
		["opening", "empty reasoning", item("reasoning", { summary: [], encrypted_content: "gAAA" })],
		[
			"opening",
			"an empty part",
			{ type: "response.content_part.added", part: { type: "output_text", text: "", annotations: [] } },
		],
		[
			"opening",
			"an empty summary",
			{ type: "response.reasoning_summary_part.added", part: { type: "summary_text", text: "" } },
		],
		["opening", "an empty piece", piece("response.output_text.delta", "")],
		["content", "text", piece("response.output_text.delta", "Hi")],
		["content", "reasoning", piece("response.reasoning_summary_text.delta", "Hm")],
		["content", "a refusal", piece("response.refusal.delta", "No")],
		["content", "a function call", item("function_call", { name: "f", arguments: "", call_id: "c" })],
		["content", "a search", item("web_search_call", {})],
		["content", "arguments", piece("response.function_call_arguments.delta", "{")],
		["content", "an image", { type: "response.image_generation_call.partial_image", partial_image_b64: "AAAA" }],
		["content", "an event that is not known", { type: "response.note", message: "x" }],
		["content", "what is no JSON", "hello"],
		[
			"end",
			"that it is complete",
			["response.completed", { type: "response.completed", response: response("completed", { error: null }) }],
		],
		["end", "that it is incomplete", { type: "response.incomplete", response: response("incomplete") }],
		["end", "that it is done", { type: "response.done", response: response("completed") }],
		[
			"error",
			"that it failed",
			{ type: "response.failed", response: response("failed", { error: { code: "server_error", message: "No" } }) },
		],
		[
			"error",
			"that it failed, without a reason",
			{ type: "response.failed", response: response("failed", { error: null }) },
		],
		["error", "that it is done, and failed", { type: "response.done", response: response("failed") }],
		["error", "a flat error", ["error", { type: "error", code: "rate_limit_exceeded", message: "No", param: null }]],
		["error", "an error within", { type: "error", error: { type: "usage_limit_reached", message: "No" } }],
		["error", "an error in OpenAI's shape", { error: { message: "No", code: "insufficient_quota" } }],
		["error", "a detail", { detail: "Unauthorized" }],
	],
	gemini: [
		["opening", "usage alone", { usageMetadata: { promptTokenCount: 3 }, modelVersion: "m", responseId: "r" }],
		["opening", "no candidates", { candidates: [] }],
		["opening", "an empty candidate", { candidates: [{ index: 0 }] }],
		["opening", "an empty text", parts({ text: "" })],
		["opening", "a signature of thoughts", parts({ text: "", thought: true, thoughtSignature: "AAAA" })],
		["opening", "an unset reason", { candidates: [{ finishReason: "FINISH_REASON_UNSPECIFIED" }] }],
		["content", "text", parts({ text: "Hi" })],
		["content", "a thought", parts({ text: "Hm", thought: true })],
		["content", "a function call", parts({ functionCall: { name: "f", args: {} } })],
		["content", "an image", parts({ inlineData: { mimeType: "image/png", data: "AAAA" } })],
		["content", "code", parts({ executableCode: { language: "PYTHON", code: "1" } })],
		["content", "what is not known", { news: "x" }],
		["content", "what is no JSON", "hello"],
		["end", "a finish reason", { candidates: [{ content: { parts: [{ text: "." }] }, finishReason: "STOP" }] }],
		["end", "a finish reason of failure", { candidates: [{ finishReason: "MALFORMED_FUNCTION_CALL" }] }],
		["end", "a blocked prompt", { promptFeedback: { blockReason: "SAFETY" } }],
		["error", "an error", { error: { code: 503, message: "Overloaded", status: "UNAVAILABLE" } }],
		["error", "an error in OpenAI's shape", { error: { message: "No", code: "insufficient_quota" } }],
		["error", "a bare message", { code: 401, message: "No" }],
	],
};

for (const format of formats) {
	describe(`an event of ${format}`, () => {
		for (const [kind, what, event] of signs[format]) {
			it(`that brings ${what} is ${kind}`, () => {
				assert.equal(signOf(format, event).kind, kind);
			});
		}

		it("that is an error says which", () => {
			const errors = signs[format].filter(([kind]) => kind === "error").map(([, , event]) => signOf(format, event));
			assert.ok(errors.every((sign) => sign.kind === "error" && sign.error.codes.every((code) => code !== "")));
		});
	});
}

describe("an error event", () => {
	const errorOf = (format: Format, event: Event) => {
		const sign = signOf(format, event);
		assert.ok(sign.kind === "error");
		return sign.error;
	};

	it("carries code, status, message and wait", () => {
		const message = "Please try again in 20s.";
		const limited = { code: "rate_limit_exceeded", message };
		const failed = { type: "response.failed", response: response("failed", { error: limited }) };
		assert.deepEqual(errorOf("codex", failed), {
			status: 429,
			codes: ["rate_limit_exceeded", "failed"],
			message,
			retryAfter: 20,
			modelOnly: false,
		});
		assert.equal(errorOf("openai", { error: limited }).status, 429);
		assert.equal(errorOf("anthropic", ["error", "Overloaded"]).message, "Overloaded");
	});

	it("in a finish reason counts as the relay's own failure, unless it says more", () => {
		for (const word of ["error", "network_error", "insufficient_system_resource"]) {
			assert.equal(errorOf("openai", delta({ content: "" }, word)).status, 500);
		}
		const choice = { delta: {}, finish_reason: "error", error: { code: 429, message: "Too fast" } };
		const { status, message } = errorOf("openai", { choices: [choice] });
		assert.deepEqual([status, message], [429, "Too fast"]);
	});
});

describe("the events of the demo relay", () => {
	it("open, bring content and end", async () => {
		for (const { what, format, bytes } of await streamTranscripts()) {
			const events = new EventReader().push(bytes);
			const kinds = events.map(({ name, data }) => formatRules[format].stream.sign(name, data).kind);
			assert.ok(!kinds.includes("error"), `${format} ${what}`);
			assert.ok(kinds.includes("end"), `${format} ${what}`);
			// Gemini has a short reply in one chunk.
			assert.ok(kinds.length === 1 || kinds.includes("content"), `${format} ${what}`);
			assert.equal(kinds[0], format === "gemini" ? kinds[0] : firstOf(format, what), `${format} ${what}`);
		}
	});
});

/** A tool call of OpenAI comes with the role. */
function firstOf(format: Format, what: string): Kind {
	return format === "openai" && what === "tool call" ? "content" : "opening";
}
