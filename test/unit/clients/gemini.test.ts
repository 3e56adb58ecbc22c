import assert from "node:assert/strict";
import { ApiError, type FunctionDeclaration, Type } from "@google/genai";
import { type DemoRelay, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { collect, pixelDescription, pixelPng, weatherInput, weatherTool } from "../../support/fixtures.ts";
import { demoRelays, type ProxyUnderTest, startProxy } from "../../support/proxyUnderTest.ts";
import { geminiClient } from "../../support/sdkClients.ts";

const model = "demo-gemini-large";
const declaration: FunctionDeclaration = {
	name: weatherTool.name,
	description: weatherTool.description,
	parameters: {
		type: Type.OBJECT,
		properties: { city: { type: Type.STRING }, days: { type: Type.INTEGER } },
		required: ["city"],
	},
};
const tools = [{ functionDeclarations: [declaration] }];

describe("gemini SDK through the proxy", () => {
	let relay: DemoRelay;
	let proxy: ProxyUnderTest;
	before(async () => {
		relay = await startDemoRelay();
		proxy = await startProxy(demoRelays(relay.origin, ["gemini"]));
	});
	// An error that one test asks for is not to rest the account in the next.
	afterEach(() => proxy.proxy.clearCooldown(null));
	after(async () => {
		await proxy.close();
		await relay.close();
	});
	const models = (apiVersion?: string) => geminiClient(proxy.origin, proxy.localKey, apiVersion).models;
	const ask = (contents: string) => models().generateContent({ model, contents });

	for (const apiVersion of ["v1beta", "v1"]) {
		it(`answers with text below /${apiVersion}`, async () => {
			const reply = await models(apiVersion).generateContent({ model, contents: "good morning" });
			assert.equal(reply.text, "Hello from demo-gemini-large: good morning");
			assert.equal(reply.candidates?.[0]?.finishReason, "STOP");
			assert.ok((reply.usageMetadata?.totalTokenCount ?? 0) > 0);
		});

		it(`streams text below /${apiVersion}`, async () => {
			const chunks = await collect(await models(apiVersion).generateContentStream({ model, contents: "good morning" }));
			assert.equal(chunks.map(({ text }) => text).join(""), "Hello from demo-gemini-large: good morning");
			assert.equal(chunks.at(-1)?.candidates?.[0]?.finishReason, "STOP");
		});
	}

	it("says which account answered", async () => {
		const reply = await ask("good morning");
		assert.equal(reply.sdkHttpResponse?.headers?.["x-relay-account"], "Demo%20gemini");
	});

	it("keeps alt=sse for the relay", async () => {
		await collect(await models().generateContentStream({ model, contents: "hi" }));
		assert.match(relay.requests.at(-1)?.url ?? "", /:streamGenerateContent\?alt=sse$/);
	});

	it("carries a function call and its response", async () => {
		const first = await models().generateContent({ model, contents: "the weather please", config: { tools } });
		const [call] = first.functionCalls ?? [];
		assert.equal(call?.name, weatherTool.name);
		assert.deepEqual(call?.args, weatherInput);
		const second = await models().generateContent({
			model,
			contents: [
				{ role: "user", parts: [{ text: "the weather please" }] },
				{ role: "model", parts: [{ functionCall: { name: weatherTool.name, args: weatherInput } }] },
				{
					role: "user",
					parts: [{ functionResponse: { name: weatherTool.name, response: { output: "12 °C, rain" } } }],
				},
			],
			config: { tools },
		});
		assert.match(second.text ?? "", /got this from the tool: \{"output":"12 °C, rain"\}$/);
	});

	it("streams a function call", async () => {
		const chunks = await collect(
			await models().generateContentStream({ model, contents: "the weather please", config: { tools } }),
		);
		assert.deepEqual(chunks.flatMap(({ functionCalls }) => functionCalls ?? [])[0]?.args, weatherInput);
	});

	it("carries an image", async () => {
		const reply = await models().generateContent({
			model,
			contents: [{ text: "what is this?" }, { inlineData: { mimeType: "image/png", data: pixelPng } }],
		});
		assert.equal(reply.text, `Hello from demo-gemini-large: what is this? (${pixelDescription})`);
	});

	it("counts tokens", async () => {
		const counted = await models().countTokens({ model, contents: "how many are these?" });
		assert.ok((counted.totalTokens ?? 0) > 5);
	});

	it("embeds several texts", async () => {
		const { embeddings } = await models().embedContent({ model, contents: ["one text", "another"] });
		assert.equal(embeddings?.length, 2);
		assert.equal(embeddings?.[0]?.values?.length, 8);
	});

	it("lists the models of gemini accounts in Gemini's shape and finds one of them", async () => {
		for (const apiVersion of ["v1beta", "v1"]) {
			const names = (await collect(await models(apiVersion).list())).map(({ name }) => name);
			assert.ok(names.includes(`models/${model}`), `not below /${apiVersion}: ${names}`);
			assert.equal((await models(apiVersion).get({ model })).name, `models/${model}`);
		}
	});

	it("finds no model that nobody has", async () => {
		await assert.rejects(models().get({ model: "no-such-model" }), (error) => {
			assert.ok(error instanceof ApiError);
			assert.equal(error.status, 404);
			assert.match(error.message, /NOT_FOUND/);
			return true;
		});
	});

	it("throws the SDK's own error for a wrong local key, which never reaches the relay", async () => {
		const before = relay.requests.length;
		const asked = geminiClient(proxy.origin, "not-the-key").models.generateContent({ model, contents: "hi" });
		await assert.rejects(asked, (error) => {
			assert.ok(error instanceof ApiError);
			assert.equal(error.status, 401);
			assert.match(error.message, /UNAUTHENTICATED/);
			return true;
		});
		assert.equal(relay.requests.length, before);
	});

	it("passes the relay's 404 for an unknown model", async () => {
		await assert.rejects(models().generateContent({ model: "demo-gemini-none", contents: "hi" }), (error) => {
			assert.ok(error instanceof ApiError);
			assert.equal(error.status, 404);
			assert.match(error.message, /models\/demo-gemini-none is not found for API version/);
			return true;
		});
	});

	for (const [status, word] of [
		[400, "INVALID_ARGUMENT"],
		[429, "RESOURCE_EXHAUSTED"],
		[503, "UNAVAILABLE"],
	] as const) {
		it(`passes the relay's ${status} as ${word}`, async () => {
			await assert.rejects(ask(`[status ${status}]`), (error) => {
				assert.ok(error instanceof ApiError);
				assert.equal(error.status, status);
				assert.match(error.message, new RegExp(word));
				return true;
			});
		});
	}

	it("cancels the relay's stream when the client aborts", async () => {
		const abort = new AbortController();
		const stream = await models().generateContentStream({
			model,
			contents: "[silent]",
			config: { abortSignal: abort.signal },
		});
		await stream.next();
		abort.abort();
		assert.equal(await relay.requests.at(-1)?.aborted, true);
	});

	it("does not pass off a cut stream as finished", async () => {
		const stream = await models().generateContentStream({ model, contents: "[long 40] [cut]" });
		const texts: string[] = [];
		await assert.rejects(async () => {
			for await (const { text } of stream) texts.push(text ?? "");
		});
		assert.ok(texts.length > 10);
		assert.ok(!texts.includes("word40 "));
	});
});
