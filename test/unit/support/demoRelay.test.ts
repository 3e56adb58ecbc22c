import assert from "node:assert/strict";
import { once } from "node:events";
import { gunzipSync } from "node:zlib";
import { APIError as AnthropicError } from "@anthropic-ai/sdk";
import { ApiError as GeminiError, Type } from "@google/genai";
import { APIError as OpenaiError } from "openai";
import { request } from "undici";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { collect, weatherInput, weatherTool } from "../../support/fixtures.ts";
import { anthropicClient, geminiClient, openaiClient } from "../../support/sdkClients.ts";

describe("demo relay", () => {
	let relay: DemoRelay;
	before(async () => {
		relay = await startDemoRelay();
	});
	after(() => relay.close());

	describe("openai", () => {
		const model = "demo-openai-large";
		const client = () => openaiClient(relay.origin, demoKeys.openai).chat.completions;
		const messages = [{ role: "user" as const, content: "good morning" }];

		it("answers with the last user words", async () => {
			const reply = await client().create({ model, messages });
			assert.equal(reply.choices[0]?.message.content, "Hello from demo-openai-large: good morning");
		});

		it("streams the same words and the usage when asked for it", async () => {
			const stream = await client().create({ model, messages, stream: true, stream_options: { include_usage: true } });
			const chunks = await collect(stream);
			const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
			assert.equal(text, "Hello from demo-openai-large: good morning");
			assert.ok((chunks.at(-1)?.usage?.total_tokens ?? 0) > 0);
		});

		it("calls a tool that is offered for the weather", async () => {
			const stream = client().stream({
				model,
				messages: [{ role: "user", content: "the weather please" }],
				tools: [{ type: "function", function: weatherTool }],
			});
			const { choices } = await stream.finalChatCompletion();
			const call = choices[0]?.message.tool_calls?.[0];
			assert.ok(call?.type === "function");
			assert.equal(call.function.name, weatherTool.name);
			assert.deepEqual(JSON.parse(call.function.arguments), weatherInput);
		});

		it("refuses a wrong key with 401 and does not repeat it", async () => {
			const error = await openaiClient(relay.origin, "wrong-key-of-mine")
				.models.list()
				.catch((thrown) => thrown);
			assert.ok(error instanceof OpenaiError);
			assert.equal(error.status, 401);
			assert.equal(error.code, "invalid_api_key");
			assert.ok(!error.message.includes("key-of-mine"));
		});
	});

	describe("anthropic", () => {
		const model = "demo-anthropic-large";
		const client = () => anthropicClient(relay.origin, demoKeys.anthropic).messages;
		const messages = [{ role: "user" as const, content: "good morning" }];

		it("answers with the last user words", async () => {
			const reply = await client().create({ model, messages, max_tokens: 64 });
			assert.deepEqual(
				reply.content.map((block) => block.type === "text" && block.text),
				["Hello from demo-anthropic-large: good morning"],
			);
		});

		it("streams the events in their order, with a ping among them", async () => {
			const stream = await client().create({ model, messages, max_tokens: 64, stream: true });
			const types = (await collect(stream)).map(({ type }) => type);
			assert.deepEqual([types[0], types[1]], ["message_start", "content_block_start"]);
			assert.deepEqual(types.slice(-3), ["content_block_stop", "message_delta", "message_stop"]);
		});

		it("calls a tool, its input in parts", async () => {
			const { parameters, ...tool } = weatherTool;
			const stream = client().stream({
				model,
				max_tokens: 64,
				messages: [{ role: "user", content: "the weather please" }],
				tools: [{ ...tool, input_schema: parameters }],
			});
			const [block] = (await stream.finalMessage()).content;
			assert.ok(block?.type === "tool_use");
			assert.deepEqual(block.input, weatherInput);
		});

		it("is overloaded when asked to be", async () => {
			const asked = client().create({ model, max_tokens: 64, messages: [{ role: "user", content: "[status 529]" }] });
			const error = await asked.catch((thrown) => thrown);
			assert.ok(error instanceof AnthropicError);
			assert.equal(error.status, 529);
			assert.equal(error.type, "overloaded_error");
		});

		it("insists on a version", async () => {
			const { statusCode, body } = await request(`${relay.origin}/v1/messages`, {
				method: "POST",
				headers: { "x-api-key": demoKeys.anthropic },
				body: "{}",
			});
			assert.equal(statusCode, 400);
			assert.match(await body.text(), /anthropic-version: header is required/);
		});
	});

	describe("gemini", () => {
		const model = "demo-gemini-large";
		const client = () => geminiClient(relay.origin, demoKeys.gemini).models;

		it("answers with the last user words", async () => {
			const reply = await client().generateContent({ model, contents: "good morning" });
			assert.equal(reply.text, "Hello from demo-gemini-large: good morning");
		});

		it("streams the same words", async () => {
			const chunks = await collect(await client().generateContentStream({ model, contents: "good morning" }));
			assert.equal(chunks.map(({ text }) => text).join(""), "Hello from demo-gemini-large: good morning");
		});

		it("streams one JSON array without alt=sse", async () => {
			const { body } = await request(
				`${relay.origin}/v1beta/models/${model}:streamGenerateContent?key=${demoKeys.gemini}`,
				{
					method: "POST",
					body: JSON.stringify({ contents: [{ parts: [{ text: "hi" }] }] }),
				},
			);
			assert.ok(Array.isArray(await body.json()));
		});

		it("calls a function", async () => {
			const { parameters: _, ...declaration } = weatherTool;
			const parameters = {
				type: Type.OBJECT,
				properties: { city: { type: Type.STRING }, days: { type: Type.INTEGER } },
			};
			const reply = await client().generateContent({
				model,
				contents: "the weather please",
				config: { tools: [{ functionDeclarations: [{ ...declaration, parameters }] }] },
			});
			assert.deepEqual(reply.functionCalls?.[0]?.args, weatherInput);
		});

		it("refuses a wrong key as Gemini does, with 400", async () => {
			const asked = geminiClient(relay.origin, "wrong").models.generateContent({ model, contents: "hi" });
			const error = await asked.catch((thrown) => thrown);
			assert.ok(error instanceof GeminiError);
			assert.equal(error.status, 400);
			assert.match(error.message, /API_KEY_INVALID/);
		});
	});

	describe("codex", () => {
		const model = "demo-codex-large";
		const client = () => openaiClient(relay.origin, demoKeys.codex).responses;

		it("answers with the last user words", async () => {
			const reply = await client().create({ model, input: "good morning" });
			assert.equal(reply.output_text, "Hello from demo-codex-large: good morning");
		});

		it("streams numbered events from created to completed", async () => {
			const events = await collect(await client().create({ model, input: "good morning", stream: true }));
			assert.deepEqual(
				events.map((event) => event.sequence_number),
				events.map((_, index) => index),
			);
			assert.equal(events[0]?.type, "response.created");
			const last = events.at(-1);
			assert.ok(last?.type === "response.completed");
			assert.equal(last.response.status, "completed");
		});

		it("calls a function, its arguments in parts", async () => {
			const stream = client().stream({
				model,
				input: "the weather please",
				tools: [{ type: "function", strict: false, ...weatherTool }],
			});
			const [item] = (await stream.finalResponse()).output;
			assert.ok(item?.type === "function_call");
			assert.deepEqual(JSON.parse(item.arguments), weatherInput);
		});

		it("lists its models in the shape that Codex asks for", async () => {
			const { body } = await request(`${relay.origin}/backend-api/codex/models?client_version=0.169.0`, {
				headers: { authorization: `Bearer ${demoKeys.codex}` },
			});
			const { models } = (await body.json()) as { models: { slug: string }[] };
			assert.deepEqual(
				models.map(({ slug }) => slug),
				["demo-codex-large", "demo-codex-small"],
			);
		});
	});

	describe("steering", () => {
		const ask = (text: string, stream = true) =>
			request(`${relay.origin}/v1/chat/completions`, {
				method: "POST",
				headers: { authorization: `Bearer ${demoKeys.openai}`, "content-type": "application/json" },
				body: JSON.stringify({ model: "demo-openai-small", stream, messages: [{ role: "user", content: text }] }),
			});

		it("gives the same bytes for the same request", async () => {
			const [first, second] = await Promise.all([ask("hello"), ask("hello")]);
			assert.equal(await first.body.text(), await second.body.text());
		});

		it("writes as many pieces as [long N] asks for", async () => {
			const text = await (await ask("[long 300]")).body.text();
			assert.ok(text.includes('"word300 "'));
			assert.ok(!text.includes('"word301 "'));
		});

		it("breaks the connection on [cut], with and without a stream", async () => {
			for (const stream of [true, false]) {
				const { body } = await ask("[cut]", stream);
				await assert.rejects(body.text());
			}
		});

		it("compresses on [gzip]", async () => {
			const { headers, body } = await ask("[gzip]");
			assert.equal(headers["content-encoding"], "gzip");
			assert.match(gunzipSync(await body.bytes()).toString(), /data: \[DONE\]/);
		});

		it("falls silent on [silent] and learns that the client went away", async () => {
			const { body } = await ask("[silent]");
			const [first] = await once(body, "data");
			assert.match(String(first), /^data: \{"id"/);
			body.on("error", () => {});
			body.destroy();
			assert.equal(await relay.requests.at(-1)?.aborted, true);
		});
	});
});
