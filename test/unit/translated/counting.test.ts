import assert from "node:assert/strict";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { embedMany } from "ai";
import OpenAI from "openai";
import { pixelPng } from "../../support/fixtures.ts";
import { clientModels } from "../../support/matrix/environment.ts";
import { playPairs } from "../../support/matrix/matrix.ts";
import { type Pair, pairs } from "../../support/matrix/table.ts";
import { Tap } from "../../support/matrix/tap.ts";

const words = "The quick brown fox jumps over the lazy dog. ".repeat(40);
const from = (client: Pair["client"]) => pairs.filter((pair) => pair.client === client);

/** Estimates, within a third of what the makers' tokenizers say of English. */
function isLikely(tokens: number | undefined): void {
	assert.ok(tokens !== undefined && tokens > 300 && tokens < 600, `${tokens} tokens`);
}

describe("counting, translated", () => {
	playPairs(
		"count_tokens",
		"the tokens of Messages are estimated, and said to be",
		from("anthropic"),
		async ({ account }, { proxies }) => {
			const tap = new Tap();
			const { origin, localKey } = proxies[account];
			const { messages } = new Anthropic({ baseURL: origin, apiKey: localKey, maxRetries: 0, fetch: tap.fetch });
			const model = clientModels.anthropic.plain;
			const plain = await messages.countTokens({ model, messages: [{ role: "user", content: words }] });
			isLikely(plain.input_tokens);
			assert.equal((await tap.last()).headers.get("x-relay-estimate"), "tokens");
			const more = await messages.countTokens({
				model,
				system: words,
				tools: [{ name: "get_weather", input_schema: { type: "object", properties: { city: { type: "string" } } } }],
				messages: [
					{
						role: "user",
						content: [
							{ type: "text", text: words },
							{ type: "image", source: { type: "base64", media_type: "image/png", data: pixelPng } },
						],
					},
				],
			});
			assert.ok(more.input_tokens > 1.8 * plain.input_tokens, `${more.input_tokens} of ${plain.input_tokens}`);
		},
	);

	playPairs(
		"countTokens",
		"the tokens of generateContent are estimated, and said to be",
		from("gemini"),
		async ({ account }, { proxies }) => {
			const tap = new Tap();
			const { origin, localKey: apiKey } = proxies[account];
			const httpOptions = { baseUrl: origin, retryOptions: { attempts: 1 }, fetch: tap.fetch };
			const { models } = new GoogleGenAI({ apiKey, httpOptions });
			const { totalTokens } = await models.countTokens({ model: clientModels.gemini.plain, contents: words });
			isLikely(totalTokens);
			assert.equal((await tap.last()).headers.get("x-relay-estimate"), "tokens");
		},
	);
});

describe("embeddings, translated", () => {
	const texts = ["one text", "another"];

	playPairs(
		"embeddings",
		"an OpenAI client embeds with Gemini",
		[{ client: "openai", account: "gemini" }],
		async (_, { proxies }) => {
			const { origin, localKey: apiKey } = proxies.gemini;
			const { embeddings } = new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 });
			const model = "gemini-embedding-001";
			const told = await embeddings.create({ model, input: texts });
			assert.equal(told.model, model);
			assert.deepEqual(
				told.data.map(({ index, embedding }) => [index, embedding.length]),
				[
					[0, 8],
					[1, 8],
				],
			);
			const asNumbers = await embeddings.create({ model, input: texts, encoding_format: "float" });
			assert.deepEqual(asNumbers.data, told.data);
			const one = await embeddings.create({ model, input: "one text" });
			assert.deepEqual(one.data[0]?.embedding, told.data[0]?.embedding);
			const many = await embedMany({
				model: createOpenAI({ baseURL: `${origin}/v1`, apiKey }).embeddingModel(model),
				values: texts,
				maxRetries: 0,
			});
			assert.equal(many.embeddings.length, 2);
		},
	);

	playPairs(
		"embeddings",
		"a Gemini client embeds with OpenAI",
		[{ client: "gemini", account: "openai" }],
		async (_, { proxies }) => {
			const { origin, localKey: apiKey } = proxies.openai;
			const { models } = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: origin, retryOptions: { attempts: 1 } } });
			const model = "demo-openai-small";
			const { embeddings } = await models.embedContent({ model, contents: texts });
			assert.deepEqual(
				embeddings?.map(({ values }) => values?.length),
				[8, 8],
			);
			const many = await embedMany({
				model: createGoogleGenerativeAI({ baseURL: `${origin}/v1beta`, apiKey }).embeddingModel(model),
				values: texts,
				maxRetries: 0,
			});
			assert.deepEqual(many.embeddings[0], embeddings?.[0]?.values);
		},
	);
});
