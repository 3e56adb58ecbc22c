import assert from "node:assert/strict";
import { APIError, AuthenticationError, InternalServerError, NotFoundError, RateLimitError } from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { type DemoRelay, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { collect, pixelDescription, pixelPng, weatherInput, weatherTool } from "../../support/fixtures.ts";
import { demoRelays, type ProxyUnderTest, startProxy } from "../../support/proxyUnderTest.ts";
import { openaiClient } from "../../support/sdkClients.ts";

const model = "demo-openai-large";
const tools = [{ type: "function" as const, function: weatherTool }];

describe("openai SDK through the proxy", () => {
	let relay: DemoRelay;
	let proxy: ProxyUnderTest;
	before(async () => {
		relay = await startDemoRelay();
		proxy = await startProxy(demoRelays(relay.origin, ["openai"]));
	});
	// An error that one test asks for is not to rest the account in the next.
	afterEach(() => proxy.proxy.clearCooldown(null));
	after(async () => {
		await proxy.close();
		await relay.close();
	});
	const client = () => openaiClient(proxy.origin, proxy.localKey);
	const ask = (content: string) => client().chat.completions.create({ model, messages: [{ role: "user", content }] });
	const askStream = (content: string, signal?: AbortSignal) =>
		client().chat.completions.create(
			{ model, messages: [{ role: "user", content }], stream: true, stream_options: { include_usage: true } },
			{ signal: signal ?? null },
		);

	it("answers with text and says which account answered", async () => {
		const { data, response } = await ask("good morning").withResponse();
		assert.equal(data.choices[0]?.message.content, "Hello from demo-openai-large: good morning");
		assert.equal(data.choices[0]?.finish_reason, "stop");
		assert.ok((data.usage?.total_tokens ?? 0) > 0);
		assert.equal(response.headers.get("x-relay-account"), "Demo%20openai");
		assert.equal(response.headers.get("x-relay-attempts"), "1");
	});

	it("streams text, its end and its usage", async () => {
		const chunks = await collect(await askStream("good morning"));
		assert.equal(
			chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join(""),
			"Hello from demo-openai-large: good morning",
		);
		assert.ok(chunks.some(({ choices }) => choices[0]?.finish_reason === "stop"));
		assert.ok((chunks.at(-1)?.usage?.completion_tokens ?? 0) > 0);
	});

	it("streams a thousand pieces in their order", async () => {
		const chunks = await collect(await askStream("[long 1000]"));
		const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
		assert.equal(text, Array.from({ length: 1000 }, (_, index) => `word${index + 1} `).join(""));
	});

	it("carries a tool call and its result", async () => {
		const question: ChatCompletionMessageParam = { role: "user", content: "the weather please" };
		const first = await client().chat.completions.create({ model, messages: [question], tools });
		const message = first.choices[0]?.message;
		const call = message?.tool_calls?.[0];
		assert.ok(message && call?.type === "function");
		assert.deepEqual(JSON.parse(call.function.arguments), weatherInput);
		const second = await client().chat.completions.create({
			model,
			messages: [question, message, { role: "tool", tool_call_id: call.id, content: "12 °C, rain" }],
			tools,
		});
		assert.match(second.choices[0]?.message.content ?? "", /got this from the tool: 12 °C, rain$/);
	});

	it("streams a tool call's arguments in parts", async () => {
		const stream = client().chat.completions.stream({
			model,
			messages: [{ role: "user", content: "the weather please" }],
			tools,
		});
		const call = (await stream.finalChatCompletion()).choices[0]?.message.tool_calls?.[0];
		assert.ok(call?.type === "function");
		assert.deepEqual(JSON.parse(call.function.arguments), weatherInput);
	});

	it("carries an image", async () => {
		const reply = await client().chat.completions.create({
			model,
			messages: [
				{
					role: "user",
					content: [
						{ type: "text", text: "what is this?" },
						{ type: "image_url", image_url: { url: `data:image/png;base64,${pixelPng}` } },
					],
				},
			],
		});
		assert.equal(
			reply.choices[0]?.message.content,
			`Hello from demo-openai-large: what is this? (${pixelDescription})`,
		);
	});

	it("completes a prompt, whole and streamed", async () => {
		const whole = await client().completions.create({ model, prompt: "once upon" });
		assert.equal(whole.choices[0]?.text, "Hello from demo-openai-large: once upon");
		const parts = await collect(await client().completions.create({ model, prompt: "once upon", stream: true }));
		assert.equal(parts.map(({ choices }) => choices[0]?.text).join(""), whole.choices[0]?.text);
	});

	it("embeds as base64, the SDK's default, and as numbers alike", async () => {
		const input = ["one text", "another"];
		const asBase64 = await client().embeddings.create({ model, input });
		const asNumbers = await client().embeddings.create({ model, input, encoding_format: "float" });
		assert.equal(asBase64.data.length, 2);
		assert.equal(asBase64.data[0]?.embedding.length, 8);
		assert.deepEqual(
			asBase64.data.map(({ embedding }) => embedding),
			asNumbers.data.map(({ embedding }) => embedding),
		);
	});

	it("lists the models of openai accounts and finds one of them", async () => {
		const ids = (await collect(client().models.list())).map(({ id }) => id);
		for (const id of ["demo-openai-large", "demo-openai-small"]) assert.ok(ids.includes(id), `${id} is missing`);
		const found = await client().models.retrieve("demo-openai-small");
		assert.equal(found.id, "demo-openai-small");
		assert.equal(found.object, "model");
	});

	it("finds no model that nobody has", async () => {
		await assert.rejects(client().models.retrieve("no-such-model"), (error) => {
			assert.ok(error instanceof NotFoundError);
			assert.equal(error.code, "model_not_found");
			return true;
		});
	});

	it("throws the SDK's own error for a wrong local key, which never reaches the relay", async () => {
		const before = relay.requests.length;
		const asked = openaiClient(proxy.origin, "not-the-key").chat.completions.create({ model, messages: [] });
		await assert.rejects(asked, (error) => {
			assert.ok(error instanceof AuthenticationError);
			assert.equal(error.status, 401);
			assert.equal(error.code, "invalid_api_key");
			return true;
		});
		assert.equal(relay.requests.length, before);
	});

	it("passes the relay's 404 for an unknown model", async () => {
		const messages = [{ role: "user" as const, content: "hi" }];
		await assert.rejects(client().chat.completions.create({ model: "demo-openai-none", messages }), (error) => {
			assert.ok(error instanceof NotFoundError);
			assert.equal(error.code, "model_not_found");
			assert.match(error.message, /demo-openai-none/);
			return true;
		});
	});

	for (const [status, type] of [
		[400, APIError],
		[422, APIError],
		[429, RateLimitError],
		[500, InternalServerError],
	] as const) {
		it(`passes the relay's ${status}`, async () => {
			await assert.rejects(ask(`[status ${status}]`), (error) => {
				assert.ok(error instanceof type);
				assert.equal(error.status, status);
				assert.match(error.message, new RegExp(`The demo relay was asked for ${status}`));
				return true;
			});
		});
	}

	it("keeps the relay's Retry-After", async () => {
		const error = await ask("[status 429]").then(
			() => assert.fail("was answered"),
			(thrown: unknown) => thrown,
		);
		assert.ok(error instanceof RateLimitError);
		assert.equal(error.headers.get("retry-after"), "2");
	});

	it("cancels the relay's stream when the client aborts", async () => {
		const abort = new AbortController();
		const stream = await askStream("[silent 3]", abort.signal);
		const chunks = stream[Symbol.asyncIterator]();
		await chunks.next();
		abort.abort();
		assert.equal(await relay.requests.at(-1)?.aborted, true);
	});

	it("does not pass off a cut stream as finished", async () => {
		const chunks: string[] = [];
		const read = async () => {
			for await (const chunk of await askStream("[long 40] [cut]")) chunks.push(chunk.choices[0]?.delta.content ?? "");
		};
		await assert.rejects(read());
		assert.ok(chunks.length > 10);
		assert.ok(!chunks.includes("word40 "));
	});

	it("does not pass off a cut whole reply as finished", async () => {
		await assert.rejects(ask("[cut]"));
	});
});
