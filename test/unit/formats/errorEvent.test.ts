import assert from "node:assert/strict";
import { APIError as AnthropicError } from "@anthropic-ai/sdk";
import { ApiError as GeminiError } from "@google/genai";
import { APIError as OpenaiError } from "openai";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { formatRules } from "../../../src/formats/format.ts";
import type { Problem } from "../../../src/formats/problem.ts";
import { EventReader } from "../../../src/formats/sse.ts";
import { anthropicClient, geminiClient, openaiClient } from "../../support/sdkClients.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";

const problem: Problem = { kind: "upstreamFailed", message: "The relay broke off in the middle." };

/** How each format's stream begins: as far as its first text. */
const beginnings: Readonly<Record<Format, readonly string[]>> = {
	openai: [
		'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}\n\n',
	],
	anthropic: [
		'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}\n\n',
		'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
		'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}\n\n',
	],
	codex: [
		'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"r","object":"response","created_at":1,"status":"in_progress","output":[]}}\n\n',
		'event: response.output_item.added\ndata: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"type":"message","id":"i","role":"assistant","status":"in_progress","content":[]}}\n\n',
		'event: response.content_part.added\ndata: {"type":"response.content_part.added","sequence_number":2,"output_index":0,"item_id":"i","content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}\n\n',
		'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":3,"output_index":0,"item_id":"i","content_index":0,"delta":"Hel","logprobs":[]}\n\n',
	],
	// As Google ends its lines.
	gemini: ['data: {"candidates":[{"content":{"role":"model","parts":[{"text":"Hel"}]},"index":0}]}\r\n\r\n'],
};

describe("the error event in the middle of a stream", () => {
	let upstream: Upstream;
	let format: Format;
	before(async () => {
		upstream = await startUpstream((_request, response) => {
			response.writeHead(200, { "content-type": "text/event-stream" });
			for (const event of beginnings[format]) response.write(event);
			response.end(formatRules[format].stream.errorEvent(problem));
		});
	});
	after(() => upstream.close());

	/** Reads until the SDK throws. */
	async function textThenError(of: Format, texts: () => AsyncIterable<string | null | undefined>) {
		format = of;
		let text = "";
		try {
			for await (const piece of texts()) text += piece ?? "";
		} catch (error) {
			return { text, error: error as Error };
		}
		return { text, error: null };
	}

	it("makes the OpenAI SDK throw after the text of a chat", async () => {
		const { text, error } = await textThenError("openai", async function* () {
			const body = { model: "m", messages: [{ role: "user" as const, content: "hi" }], stream: true as const };
			const chunks = await openaiClient(upstream.origin, "key").chat.completions.create(body);
			for await (const chunk of chunks) yield chunk.choices[0]?.delta.content;
		});
		assert.equal(text, "Hel");
		assert.ok(error instanceof OpenaiError);
		assert.equal(error.message, problem.message);
		assert.equal(error.type, "server_error");
	});

	it("makes the OpenAI SDK throw after the text of a response", async () => {
		const { text, error } = await textThenError("codex", async function* () {
			const body = { model: "m", input: "hi", stream: true as const };
			const events = await openaiClient(upstream.origin, "key").responses.create(body);
			for await (const event of events) yield event.type === "response.output_text.delta" ? event.delta : "";
		});
		assert.equal(text, "Hel");
		assert.ok(error instanceof OpenaiError);
		assert.equal(error.message, problem.message);
		assert.equal(error.code, "server_error");
	});

	it("makes the OpenAI SDK's stream of a response fail", async () => {
		const { text, error } = await textThenError("codex", async function* () {
			const events = openaiClient(upstream.origin, "key").responses.stream({ model: "m", input: "hi" });
			for await (const event of events) yield event.type === "response.output_text.delta" ? event.delta : "";
		});
		assert.equal(text, "Hel");
		assert.ok(error instanceof OpenaiError);
		assert.equal(error.message, problem.message);
	});

	it("makes the Anthropic SDK throw after the text", async () => {
		const { text, error } = await textThenError("anthropic", async function* () {
			const messages = [{ role: "user" as const, content: "hi" }];
			const body = { model: "m", max_tokens: 9, messages, stream: true as const };
			const events = await anthropicClient(upstream.origin, "key").messages.create(body);
			for await (const event of events) {
				yield event.type === "content_block_delta" && event.delta.type === "text_delta" ? event.delta.text : "";
			}
		});
		assert.equal(text, "Hel");
		assert.ok(error instanceof AnthropicError);
		assert.equal(error.apiMessage, problem.message);
		assert.equal(error.type, "api_error");
	});

	it("makes the Gemini SDK throw after the text", async () => {
		const { text, error } = await textThenError("gemini", async function* () {
			const chunks = await geminiClient(upstream.origin, "key").models.generateContentStream({
				model: "m",
				contents: "hi",
			});
			for await (const chunk of chunks) yield chunk.text;
		});
		assert.equal(text, "Hel");
		assert.ok(error instanceof GeminiError);
		assert.equal(error.status, 502);
		assert.ok(error.message.includes(problem.message));
	});

	it("reaches Codex as a response that failed, which is all that it reads", () => {
		const events = new EventReader().push(Buffer.from(formatRules.codex.stream.errorEvent(problem)));
		const last = events.at(-1);
		assert.equal(last?.name, "response.failed");
		const { type, response } = JSON.parse(last.data);
		assert.equal(type, "response.failed");
		assert.equal(response.status, "failed");
		assert.deepEqual(response.error, { code: "server_error", message: problem.message });
	});

	for (const each of formats) {
		it(`is an error to a reader of ${each}, and ends with an empty line`, () => {
			const { errorEvent, sign } = formatRules[each].stream;
			const text = errorEvent(problem);
			assert.ok(text.endsWith("\n\n"));
			for (const { name, data } of new EventReader().push(Buffer.from(text))) {
				const told = sign(name, data);
				assert.ok(told.kind === "error");
				assert.equal(told.error.message, problem.message);
			}
		});
	}
});
