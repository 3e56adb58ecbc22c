import assert from "node:assert/strict";
import { APIError, AuthenticationError, InternalServerError, NotFoundError, RateLimitError } from "@anthropic-ai/sdk";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { collect, pixelDescription, pixelPng, weatherInput, weatherTool } from "../../support/fixtures.ts";
import { demoRelays, type ProxyUnderTest, startProxy } from "../../support/proxyUnderTest.ts";
import { anthropicClient } from "../../support/sdkClients.ts";

const model = "demo-anthropic-large";
const { parameters, ...described } = weatherTool;
const tools = [{ ...described, input_schema: parameters }];

describe("anthropic SDK through the proxy", () => {
	let relay: DemoRelay;
	let proxy: ProxyUnderTest;
	before(async () => {
		relay = await startDemoRelay();
		proxy = await startProxy(demoRelays(relay.origin, ["anthropic"]));
	});
	// An error that one test asks for is not to rest the account in the next.
	afterEach(() => proxy.proxy.clearCooldown(null));
	after(async () => {
		await proxy.close();
		await relay.close();
	});
	const client = () => anthropicClient(proxy.origin, proxy.localKey);
	const question = (content: string) => ({ model, max_tokens: 64, messages: [{ role: "user" as const, content }] });
	const ask = (content: string) => client().messages.create(question(content));

	it("answers with text and says which account answered", async () => {
		const { data, response } = await ask("good morning").withResponse();
		const [block] = data.content;
		assert.ok(block?.type === "text");
		assert.equal(block.text, "Hello from demo-anthropic-large: good morning");
		assert.equal(data.stop_reason, "end_turn");
		assert.equal(response.headers.get("x-relay-account"), "Demo%20anthropic");
	});

	it("streams text, its stop reason and its usage", async () => {
		const message = await client().messages.stream(question("good morning")).finalMessage();
		const [block] = message.content;
		assert.ok(block?.type === "text");
		assert.equal(block.text, "Hello from demo-anthropic-large: good morning");
		assert.equal(message.stop_reason, "end_turn");
		assert.ok(message.usage.output_tokens > 1);
	});

	it("carries a tool call and its result", async () => {
		const first = await client().messages.create({ ...question("the weather please"), tools });
		const [block] = first.content;
		assert.ok(block?.type === "tool_use");
		assert.deepEqual(block.input, weatherInput);
		const second = await client().messages.create({
			model,
			max_tokens: 64,
			tools,
			messages: [
				...question("the weather please").messages,
				{ role: "assistant", content: [{ type: "tool_use", id: block.id, name: block.name, input: block.input }] },
				{ role: "user", content: [{ type: "tool_result", tool_use_id: block.id, content: "12 °C, rain" }] },
			],
		});
		const [text] = second.content;
		assert.ok(text?.type === "text");
		assert.match(text.text, /got this from the tool: 12 °C, rain$/);
	});

	it("streams a tool call's input in parts", async () => {
		const message = await client()
			.messages.stream({ ...question("the weather please"), tools })
			.finalMessage();
		const [block] = message.content;
		assert.ok(block?.type === "tool_use");
		assert.deepEqual(block.input, weatherInput);
		assert.equal(message.stop_reason, "tool_use");
	});

	it("carries an image", async () => {
		const reply = await client().messages.create({
			model,
			max_tokens: 64,
			messages: [
				{
					role: "user",
					content: [
						{ type: "image", source: { type: "base64", media_type: "image/png", data: pixelPng } },
						{ type: "text", text: "what is this?" },
					],
				},
			],
		});
		const [block] = reply.content;
		assert.ok(block?.type === "text");
		assert.equal(block.text, `Hello from demo-anthropic-large: what is this? (${pixelDescription})`);
	});

	it("counts tokens", async () => {
		const { max_tokens: _, ...counted } = question("how many are these?");
		assert.ok((await client().messages.countTokens(counted)).input_tokens > 5);
	});

	it("lists the models of anthropic accounts in Anthropic's shape and finds one of them", async () => {
		const models = await collect(client().models.list({ limit: 1000 }));
		const large = models.find(({ id }) => id === model);
		assert.equal(large?.type, "model");
		assert.equal((await client().models.retrieve(model)).id, model);
	});

	it("finds no model that nobody has", async () => {
		await assert.rejects(client().models.retrieve("no-such-model"), (error) => {
			assert.ok(error instanceof NotFoundError);
			assert.equal(error.type, "not_found_error");
			return true;
		});
	});

	it("throws the SDK's own error for a wrong local key, which never reaches the relay", async () => {
		const before = relay.requests.length;
		await assert.rejects(anthropicClient(proxy.origin, "not-the-key").messages.create(question("hi")), (error) => {
			assert.ok(error instanceof AuthenticationError);
			assert.equal(error.status, 401);
			assert.equal(error.type, "authentication_error");
			return true;
		});
		assert.equal(relay.requests.length, before);
	});

	it("passes the relay's 404 for an unknown model", async () => {
		const asked = client().messages.create({ ...question("hi"), model: "demo-anthropic-none" });
		await assert.rejects(asked, (error) => {
			assert.ok(error instanceof NotFoundError);
			assert.match(error.message, /model: demo-anthropic-none/);
			return true;
		});
	});

	for (const [status, errorType, type] of [
		[400, "invalid_request_error", APIError],
		[413, "invalid_request_error", APIError],
		[429, "rate_limit_error", RateLimitError],
		[500, "api_error", InternalServerError],
		[529, "overloaded_error", InternalServerError],
	] as const) {
		it(`passes the relay's ${status} as ${errorType}`, async () => {
			await assert.rejects(ask(`[status ${status}]`), (error) => {
				assert.ok(error instanceof type);
				assert.equal(error.status, status);
				assert.equal(error.type, errorType);
				return true;
			});
		});
	}

	it("keeps the version and the betas that the client names", async () => {
		await client().messages.create(question("hi"), {
			headers: { "anthropic-version": "2023-06-01", "anthropic-beta": "one-2025-01-01,two-2025-02-02" },
		});
		const received = relay.requests.at(-1);
		assert.equal(received?.headers["anthropic-version"], "2023-06-01");
		assert.equal(received?.headers["anthropic-beta"], "one-2025-01-01,two-2025-02-02");
		assert.equal(received?.headers["x-stainless-lang"], "js");
		assert.match(received?.headers["user-agent"] ?? "", /anthropic/i);
	});

	it("takes the key as a bearer token and gives the relay its own key as x-api-key", async () => {
		await client().messages.create(question("hi"), {
			headers: { "x-api-key": null, authorization: `Bearer ${proxy.localKey}` },
		});
		const received = relay.requests.at(-1);
		assert.equal(received?.headers["x-api-key"], demoKeys.anthropic);
		assert.equal(received?.headers.authorization, undefined);
	});

	it("cancels the relay's stream when the client aborts", async () => {
		const abort = new AbortController();
		const stream = await client().messages.create(
			{ ...question("[silent 4]"), stream: true },
			{ signal: abort.signal },
		);
		await stream[Symbol.asyncIterator]().next();
		abort.abort();
		assert.equal(await relay.requests.at(-1)?.aborted, true);
	});

	it("does not pass off a cut stream as finished", async () => {
		const stream = await client().messages.create({ ...question("[long 40] [cut]"), stream: true });
		const types: string[] = [];
		await assert.rejects(async () => {
			for await (const event of stream) types.push(event.type);
		});
		assert.ok(types.includes("content_block_delta"));
		assert.ok(!types.includes("message_stop"));
	});
});
