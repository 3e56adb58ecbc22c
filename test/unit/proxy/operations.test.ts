import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { type Operation, operationOf, takersOf } from "../../../src/proxy/operations.ts";

describe("what a client asks for", () => {
	const table: readonly (readonly [Format, string, Operation])[] = [
		["openai", "/chat/completions", "reply"],
		["openai", "/completions", "other"],
		["openai", "/embeddings", "embeddings"],
		["anthropic", "/messages", "reply"],
		["anthropic", "/messages/count_tokens", "countTokens"],
		["codex", "/responses", "reply"],
		["codex", "/responses/compact", "other"],
		["gemini", "/models/gemini-3-pro:generateContent", "reply"],
		["gemini", "/models/tuned/model:streamGenerateContent", "reply"],
		["gemini", "/models/gemini-3-pro:countTokens", "countTokens"],
		["gemini", "/models/embedder:embedContent", "embeddings"],
		["gemini", "/models/embedder:batchEmbedContents", "embeddings"],
		["gemini", "/models/imagen:predict", "other"],
		["gemini", "/models/x:constructor", "other"],
	];
	for (const [format, path, operation] of table) {
		it(`is, at ${path}, ${operation}`, () => {
			assert.equal(operationOf(format, path), operation);
		});
	}

	it("can be asked of accounts of every format where it is a reply, and of those that embed", () => {
		assert.deepEqual(takersOf("reply", "gemini"), [...formats, "native"]);
		assert.deepEqual(takersOf("embeddings", "gemini"), ["openai", "gemini"]);
		assert.deepEqual(takersOf("countTokens", "anthropic"), ["anthropic"]);
		assert.deepEqual(takersOf("other", "codex"), ["codex", "native"]);
	});
});
