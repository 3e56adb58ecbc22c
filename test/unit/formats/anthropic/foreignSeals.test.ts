import assert from "node:assert/strict";
import { anthropicTranslation } from "../../../../src/formats/anthropic/translation.ts";
import { sealText } from "../../../../src/formats/seals.ts";

const foreign = sealText({ maker: "codex", value: { id: "rs_1" } });
const clean = (body: object) => anthropicTranslation.withoutForeignSeals(body);
const use = { type: "tool_use", id: "c1", name: "f", input: {} };
const done = { role: "user", content: [{ type: "tool_result", tool_use_id: "c1", content: "x" }] };
const asked = { role: "user", content: "Hi" };
const sealed = { type: "thinking", thinking: "Hm", signature: foreign };
const own = { type: "thinking", thinking: "Hm", signature: "sig" };

describe("a direct request without what others have sealed", () => {
	it("is as it was but for their thinking", () => {
		const text = { type: "text", text: "x", future: 1 };
		const redacted = { type: "redacted_thinking", data: foreign };
		const body = {
			model: "m",
			future: true,
			messages: [asked, { role: "assistant", content: [sealed, own, redacted, text] }, asked],
		};
		assert.deepEqual(clean(body), {
			...body,
			messages: [asked, { role: "assistant", content: [own, text] }, asked],
		});
	});

	it("has Anthropic's own thinking in its own form", () => {
		const signature = sealText({ maker: "anthropic", value: own });
		const content = [{ type: "thinking", thinking: "", signature }];
		assert.deepEqual(clean({ messages: [asked, { role: "assistant", content }] }), {
			messages: [asked, { role: "assistant", content: [own] }],
		});
	});

	it("leaves no message empty", () => {
		const body = { messages: [asked, { role: "assistant", content: [sealed] }, asked, { role: "user", content: [] }] };
		assert.deepEqual(clean(body), { messages: [asked, asked, { role: "user", content: [] }] });
	});

	it("has no citations that were written for others' sources", () => {
		const cited = (index: string) => ({ type: "web_search_result_location", url: "u", encrypted_index: index });
		const texts = [
			{ type: "text", text: "a", citations: [cited(foreign), cited("own")] },
			{ type: "text", text: "b", citations: [cited(foreign)] },
		];
		assert.deepEqual(clean({ messages: [{ role: "assistant", content: texts }] }), {
			messages: [
				{
					role: "assistant",
					content: [
						{ type: "text", text: "a", citations: [cited("own")] },
						{ type: "text", text: "b", citations: null },
					],
				},
			],
		});
	});

	describe("while a tool is at work", () => {
		const thinking = { type: "enabled", budget_tokens: 4000, display: "omitted" };
		const work = (block: object) => [asked, { role: "assistant", content: [block, use] }, done];

		it("does not think with a budget, since Anthropic would ask for thinking before the call", () => {
			const context_management = { edits: [{ type: "clear_thinking_20251015" }, { type: "clear_tool_uses_20250919" }] };
			assert.deepEqual(clean({ model: "claude-sonnet-4-5", thinking, context_management, messages: work(sealed) }), {
				model: "claude-sonnet-4-5",
				thinking: { type: "disabled" },
				context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
				messages: [asked, { role: "assistant", content: [use] }, done],
			});
		});

		it("thinks as much as the model finds right where it can", () => {
			assert.deepEqual(clean({ model: "claude-sonnet-4-6", thinking, messages: work(sealed) }), {
				model: "claude-sonnet-4-6",
				thinking: { type: "adaptive", display: "omitted" },
				messages: [asked, { role: "assistant", content: [use] }, done],
			});
		});

		it("goes on thinking after thinking of Anthropic's own", () => {
			const body = { model: "claude-sonnet-4-5", thinking, messages: work(own) };
			assert.deepEqual(clean(body), body);
			const adaptive = { model: "claude-opus-5-5", thinking: { type: "adaptive" }, messages: work(sealed) };
			assert.deepEqual(clean(adaptive), {
				...adaptive,
				messages: [asked, { role: "assistant", content: [use] }, done],
			});
		});
	});

	it("is whatever it was where it is no request", () => {
		for (const body of [null, "x", {}, { messages: "x" }, { messages: [null, 1, { content: [null] }] }]) {
			assert.deepEqual(anthropicTranslation.withoutForeignSeals(body), body);
		}
	});
});
