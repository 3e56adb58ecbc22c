import assert from "node:assert/strict";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { Malformed } from "../../../src/formats/translation.ts";
import { type CountingFormat, estimateReply } from "../../../src/proxy/estimateReply.ts";
import { pngOf } from "../../support/pictures.ts";

const count = async (texts: readonly string[]) => texts.reduce((sum, text) => sum + countTokens(text), 0);
const reply = (format: CountingFormat, body: unknown) => estimateReply(format, body, count);
const words = "Why is the sky blue, and not green?";

async function anthropicTokens(body: unknown): Promise<number> {
	const answer = (await reply("anthropic", body)).body;
	assert.ok("input_tokens" in answer && typeof answer.input_tokens === "number");
	return answer.input_tokens;
}

describe("the answer to a request for a count", () => {
	it("is marked as an estimate", async () => {
		const body = { model: "m", messages: [{ role: "user", content: words }] };
		assert.deepEqual((await reply("anthropic", body)).headers, ["x-relay-estimate", "tokens"]);
	});

	it("of Anthropic is one number, without a limit in the request", async () => {
		const body = { model: "m", messages: [{ role: "user", content: words }] };
		assert.deepEqual((await reply("anthropic", body)).body, { input_tokens: countTokens(words) + 7 });
	});

	it("of Anthropic counts system, tools and images too", async () => {
		const messages = [{ role: "user", content: words }];
		const bare = await anthropicTokens({ model: "m", messages });
		assert.ok((await anthropicTokens({ model: "m", messages, system: words })) >= bare + countTokens(words));
		const tools = [{ name: "read", description: words, input_schema: { type: "object", properties: { path: {} } } }];
		assert.ok((await anthropicTokens({ model: "m", messages, tools })) >= bare + countTokens(words) + 10);
		const source = { type: "base64", media_type: "image/png", data: pngOf(1000, 1000) };
		const content = [
			{ type: "image", source },
			{ type: "text", text: words },
		];
		assert.equal(await anthropicTokens({ model: "m", messages: [{ role: "user", content }] }), bare + 1334);
	});

	it("of Anthropic says what it was before editing where that was asked for", async () => {
		const body = { model: "m", messages: [{ role: "user", content: words }], context_management: { edits: [] } };
		const tokens = countTokens(words) + 7;
		assert.deepEqual((await reply("anthropic", body)).body, {
			input_tokens: tokens,
			context_management: { original_input_tokens: tokens },
		});
	});

	it("of Gemini tells contents alone, or a whole request", async () => {
		const contents = [{ role: "user", parts: [{ text: words }] }];
		const tokens = countTokens(words) + 7;
		const bare = { totalTokens: tokens, promptTokensDetails: [{ modality: "TEXT", tokenCount: tokens }] };
		assert.deepEqual((await reply("gemini", { contents })).body, bare);
		const whole = { generateContentRequest: { model: "models/m", contents } };
		assert.deepEqual((await reply("gemini", whole)).body, bare);
		const instructed = { ...whole.generateContentRequest, systemInstruction: { parts: [{ text: words }] } };
		assert.deepEqual((await reply("gemini", { generateContentRequest: instructed })).body, {
			totalTokens: tokens + countTokens(words) + 4,
			promptTokensDetails: [{ modality: "TEXT", tokenCount: tokens + countTokens(words) + 4 }],
		});
	});

	it("of Gemini tells each kind", async () => {
		const data = pngOf(1536, 1536);
		const contents = [{ role: "user", parts: [{ text: words }, { inlineData: { mimeType: "image/png", data } }] }];
		const tokens = countTokens(words) + 7;
		assert.deepEqual((await reply("gemini", { contents })).body, {
			totalTokens: tokens + 1032,
			promptTokensDetails: [
				{ modality: "TEXT", tokenCount: tokens },
				{ modality: "IMAGE", tokenCount: 1032 },
			],
		});
	});

	it("counts what no other account could be told as far as it can", async () => {
		const source = { type: "base64", media_type: "image/png", data: pngOf(1000, 1000) };
		const content = [
			{ type: "text", text: words },
			{ type: "image", source },
			{ type: "unheard_of", essay: words.repeat(10), signature: "A".repeat(5000) },
		];
		const tokens = await anthropicTokens({ model: "m", messages: [{ role: "user", content }] });
		const least = countTokens(words) * 11 + 1334;
		assert.ok(tokens >= least && tokens < least + 100, `${tokens} for ${least}`);
	});

	it("is refused where the request is none of the format", async () => {
		for (const body of [null, [], "x", { model: "m" }, { model: "m", messages: "x" }]) {
			await assert.rejects(reply("anthropic", body), Malformed);
		}
		for (const body of [null, [], { contents: 7 }]) await assert.rejects(reply("gemini", body), Malformed);
	});
});
