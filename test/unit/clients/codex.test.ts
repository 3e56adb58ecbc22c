import assert from "node:assert/strict";
import { APIError, AuthenticationError, BadRequestError, RateLimitError } from "openai";
import type { ResponseInput } from "openai/resources/responses/responses";
import { request } from "undici";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { collect, pixelDescription, pixelPng, weatherInput, weatherTool } from "../../support/fixtures.ts";
import { type ProxyUnderTest, relayAt, startProxy } from "../../support/proxyUnderTest.ts";
import { openaiClient } from "../../support/sdkClients.ts";

const model = "demo-codex-large";
const tools = [{ type: "function" as const, strict: false, ...weatherTool }];

/** Where a codex relay's operations stand, by the base URL that was saved. */
const places = [
	{ basePath: "/backend-api", called: "/backend-api/codex/responses" },
	{ basePath: "/v1", called: "/v1/responses" },
] as const;

for (const { basePath, called } of places) {
	describe(`openai SDK's Responses through the proxy to a codex relay below ${basePath}`, () => {
		let relay: DemoRelay;
		let proxy: ProxyUnderTest;
		before(async () => {
			relay = await startDemoRelay();
			proxy = await startProxy([{ account: relayAt("codex", relay.origin + basePath), apiKey: demoKeys.codex }]);
		});
		// An error that one test asks for is not to rest the account in the next.
		afterEach(() => proxy.proxy.clearCooldown(null));
		after(async () => {
			await proxy.close();
			await relay.close();
		});
		const client = () => openaiClient(proxy.origin, proxy.localKey);
		const ask = (input: string) => client().responses.create({ model, input });

		it("answers with text from the relay's own path", async () => {
			const { data, response } = await ask("good morning").withResponse();
			assert.equal(data.output_text, "Hello from demo-codex-large: good morning");
			assert.equal(relay.requests.at(-1)?.url, called);
			assert.equal(response.headers.get("x-relay-account"), "Demo%20codex");
		});

		it("streams every event, numbered without a gap, to the completed reply", async () => {
			const events = await collect(await client().responses.create({ model, input: "good morning", stream: true }));
			assert.deepEqual(
				events.map(({ sequence_number: number }) => number),
				events.map((_, index) => index),
			);
			const last = events.at(-1);
			assert.ok(last?.type === "response.completed");
			assert.ok((last.response.usage?.total_tokens ?? 0) > 0);
		});

		it("carries a function call and its output", async () => {
			const question: ResponseInput = [{ role: "user", content: "the weather please" }];
			const first = await client().responses.create({ model, input: question, tools, store: false });
			const [call] = first.output;
			assert.ok(call?.type === "function_call");
			assert.deepEqual(JSON.parse(call.arguments), weatherInput);
			const second = await client().responses.create({
				model,
				input: [...question, call, { type: "function_call_output", call_id: call.call_id, output: "12 °C, rain" }],
				tools,
				store: false,
			});
			assert.match(second.output_text, /got this from the tool: 12 °C, rain$/);
		});

		it("streams a function call's arguments in parts", async () => {
			const stream = client().responses.stream({ model, input: "the weather please", tools });
			const [call] = (await stream.finalResponse()).output;
			assert.ok(call?.type === "function_call");
			assert.deepEqual(JSON.parse(call.arguments), weatherInput);
		});

		it("carries an image", async () => {
			const reply = await client().responses.create({
				model,
				input: [
					{
						role: "user",
						content: [
							{ type: "input_text", text: "what is this?" },
							{ type: "input_image", detail: "auto", image_url: `data:image/png;base64,${pixelPng}` },
						],
					},
				],
			});
			assert.equal(reply.output_text, `Hello from demo-codex-large: what is this? (${pixelDescription})`);
		});

		it("compacts a conversation", async () => {
			const compacted = await client().responses.compact({ model, input: [{ role: "user", content: "long ago" }] });
			assert.equal(compacted.object, "response.compaction");
			assert.equal(compacted.output.at(-1)?.type, "compaction");
			assert.equal(relay.requests.at(-1)?.url, `${called}/compact`);
		});

		it("lists the relay's models in the shape that Codex asks for", async () => {
			const { statusCode, body } = await request(`${proxy.origin}/v1/models?client_version=0.169.0`, {
				headers: { authorization: `Bearer ${proxy.localKey}` },
			});
			assert.equal(statusCode, 200);
			const { models } = (await body.json()) as { models: { slug: string }[] };
			assert.deepEqual(
				models.map(({ slug }) => slug),
				["demo-codex-large", "demo-codex-small"],
			);
		});

		it("throws the SDK's own error for a wrong local key", async () => {
			await assert.rejects(
				openaiClient(proxy.origin, "not-the-key").responses.create({ model, input: "hi" }),
				AuthenticationError,
			);
		});

		it("passes the relay's answer to an unknown model", async () => {
			await assert.rejects(client().responses.create({ model: "demo-codex-none", input: "hi" }), (error) => {
				assert.ok(error instanceof BadRequestError);
				assert.equal(error.code, "model_not_found");
				assert.match(error.message, /demo-codex-none/);
				return true;
			});
		});

		it("passes the relay's own errors", async () => {
			await assert.rejects(ask("[status 429]"), RateLimitError);
			await assert.rejects(ask("[status 418]"), (error) => error instanceof APIError && error.status === 418);
		});

		it("cancels the relay's stream when the client aborts", async () => {
			const abort = new AbortController();
			const stream = await client().responses.create(
				{ model, input: "[silent 5]", stream: true },
				{ signal: abort.signal },
			);
			await stream[Symbol.asyncIterator]().next();
			abort.abort();
			assert.equal(await relay.requests.at(-1)?.aborted, true);
		});

		it("does not pass off a cut stream as finished", async () => {
			const stream = await client().responses.create({ model, input: "[long 40] [cut]", stream: true });
			const types: string[] = [];
			await assert.rejects(async () => {
				for await (const { type } of stream) types.push(type);
			});
			assert.ok(types.includes("response.output_text.delta"));
			assert.ok(!types.includes("response.completed"));
		});
	});
}
