import assert from "node:assert/strict";
import { assertShape, type ShapeKind, shapeProblems } from "../../support/sdkShapes.ts";

const chunk = {
	id: "chatcmpl-1",
	object: "chat.completion.chunk",
	created: 1,
	model: "m",
	choices: [{ index: 0, delta: { role: "assistant", content: "Hi" }, finish_reason: null }],
};

describe("the shapes of the SDKs' types", () => {
	it("take what the SDKs take", () => {
		const good: readonly (readonly [ShapeKind, unknown])[] = [
			["openai.event", chunk],
			["openai.request", { model: "m", messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] }],
			["openai.request", { model: "m", messages: [], stream: true, stop: null, metadata: { any: "name" } }],
			["codex.request", { model: "a name of its own", input: "Hi", tools: [], store: false }],
			["anthropic.event", { type: "content_block_stop", index: 0 }],
			["anthropic.error", { type: "error", error: { type: "api_error", message: "x" }, request_id: null }],
			["gemini.request", { contents: [{ role: "user", parts: [{ text: "Hi" }] }], generationConfig: { topK: 1 } }],
		];
		for (const [kind, value] of good) assertShape(kind, value);
	});

	it("refuse what is missing, unknown, or of another type, and say where", () => {
		const { id: _, ...nameless } = chunk;
		assert.deepEqual(shapeProblems("openai.event", nameless), ["id is missing"]);
		assert.deepEqual(shapeProblems("openai.event", { ...chunk, mood: "good" }), ["mood is not known"]);
		assert.deepEqual(shapeProblems("openai.event", { ...chunk, created: "1" }), ['created cannot be "1"']);
		assert.deepEqual(shapeProblems("openai.event", { ...chunk, choices: null }), ["choices cannot be null"]);
		assert.deepEqual(shapeProblems("anthropic.event", { type: "message_pause" }), [
			'the whole cannot be {"type":"message_pause"}',
		]);
		assert.deepEqual(
			shapeProblems("gemini.request", { contents: [{ parts: [{ text: "Hi" }, { text: 1 }] }], tool: [] }),
			["contents[0].parts[1].text cannot be 1", "tool is not known"],
		);
		assert.deepEqual(shapeProblems("openai.request", { model: "m", messages: [], reasoning_effort: "wild" }), [
			'reasoning_effort cannot be "wild": none of none, minimal, low, medium, high, xhigh, max',
		]);
	});

	it("allow members by name", () => {
		const delta = { reasoning_content: "Hm", thinking_trace: "Hm" };
		const value = { ...chunk, choices: [{ index: 0, delta, finish_reason: null }] };
		assert.deepEqual(shapeProblems("openai.event", value), ["choices[0].delta.thinking_trace is not known"]);
		assertShape("openai.event", value, ["choices[].delta.thinking_trace"]);
	});
});
