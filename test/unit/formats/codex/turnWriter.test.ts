import assert from "node:assert/strict";
import { codexTranslation } from "../../../../src/formats/codex/translation.ts";
import type { Conversation, Turn, UserPart } from "../../../../src/formats/conversation.ts";
import { isRecord } from "../../../../src/formats/modelList.ts";
import { Untranslatable } from "../../../../src/formats/translation.ts";

const asked: Turn = { role: "user", parts: [{ kind: "text", text: "hi" }] };
const empty: Conversation = { stream: false, turns: [asked], tools: [], sampling: {}, stop: [] };

function written(conversation: Partial<Conversation>, model = "relay-model") {
	const { body, ...rest } = codexTranslation.writeRequest({ ...empty, ...conversation }, { model });
	const sent: unknown = JSON.parse(JSON.stringify(body));
	assert.ok(isRecord(sent));
	return { ...rest, body: sent };
}
const inputOf = (...turns: readonly Turn[]) => written({ turns }).body["input"];
const message = (role: string, ...texts: readonly string[]) => ({
	type: "message",
	role,
	content: texts.map((text) => ({ type: "input_text", text })),
});

describe("the input of a Codex request", () => {
	const call = (id: string, kind: "json" | "free" = "json", text = "{}"): Turn => ({
		role: "assistant",
		parts: [{ kind: "toolCall", id, name: "f", input: { kind, text } }],
	});
	const result = (callId: string, content: Extract<UserPart, { kind: "toolResult" }>["content"], isError?: true) =>
		({
			role: "user",
			parts: [{ kind: "toolResult", callId, name: "f", content, ...(isError === undefined ? {} : { isError }) }],
		}) as const;

	it("has calls and results of the same kind and id, also where the id was not fit", () => {
		const input = inputOf(asked, call("äöü"), result("äöü", []), call("ok", "free", "x"), result("ok", []));
		assert.ok(Array.isArray(input));
		const [, first, answer, second, other] = input;
		assert.match(first.call_id, /^[\w-]{1,64}$/);
		assert.deepEqual(answer, { type: "function_call_output", call_id: first.call_id, output: "" });
		assert.deepEqual(second, { type: "custom_tool_call", call_id: "ok", name: "f", input: "x" });
		assert.deepEqual(other, { type: "custom_tool_call_output", call_id: "ok", output: "" });
	});

	it("has an empty object where a call said nothing", () => {
		const input = inputOf(asked, call("a", "json", " "));
		assert.ok(Array.isArray(input));
		assert.equal(input[1].arguments, "{}");
	});

	it("has a result of one text as text, and any other as a list", () => {
		const image = { kind: "image", source: { kind: "data", mediaType: "image/png", data: "QUJD" } } as const;
		const text = { kind: "text", text: "x" } as const;
		const outputOf = (content: readonly (typeof image | typeof text)[]) => {
			const input = inputOf(asked, call("a"), result("a", content));
			return Array.isArray(input) ? input[2].output : undefined;
		};
		assert.equal(outputOf([text]), "x");
		assert.deepEqual(outputOf([text, image]), [
			{ type: "input_text", text: "x" },
			{ type: "input_image", image_url: "data:image/png;base64,QUJD", detail: "auto" },
		]);
	});

	it("says in words that a tool has failed", () => {
		const failed = result("a", [{ kind: "text", text: "no such file" }], true);
		const { body, losses } = written({ turns: [asked, call("a"), failed] });
		assert.ok(Array.isArray(body["input"]));
		assert.equal(body["input"][2].output, "Error: no such file");
		assert.deepEqual(losses, [{ feature: "toolResultError", sentAs: "Error: …" }]);
	});

	it("keeps the order of words, thoughts and calls", () => {
		const seal = { maker: "codex", value: { id: "rs_1", encrypted_content: "e" } } as const;
		const input = inputOf(asked, {
			role: "assistant",
			parts: [
				{ kind: "text", text: "One." },
				{ kind: "toolCall", id: "a", name: "f", input: { kind: "json", text: "{}" } },
				{ kind: "reasoning", text: "Hm.", seal },
				{ kind: "text", text: "Two." },
				{ kind: "refusal", text: "No." },
			],
		});
		assert.ok(Array.isArray(input));
		assert.deepEqual(input.slice(1), [
			{ type: "message", role: "assistant", content: [{ type: "output_text", text: "One.", annotations: [] }] },
			{ type: "function_call", call_id: "a", name: "f", arguments: "{}" },
			{ type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Hm." }], encrypted_content: "e" },
			{
				type: "message",
				role: "assistant",
				content: [
					{ type: "output_text", text: "Two.", annotations: [] },
					{ type: "refusal", refusal: "No." },
				],
			},
		]);
	});

	it("has no reasoning but its own, and names what it leaves out", () => {
		const turn: Turn = {
			role: "assistant",
			parts: [
				{ kind: "reasoning", text: "Hm.", seal: { maker: "anthropic", value: "s" } },
				{ kind: "reasoning", text: "Hm." },
			],
		};
		const { body, losses } = written({ turns: [asked, turn] });
		assert.deepEqual(body["input"], [message("user", "hi")]);
		assert.deepEqual(losses, [{ feature: "reasoningHistory" }]);
	});

	it("has an image that the assistant made as one of the user's", () => {
		const source = { kind: "data", mediaType: "image/png", data: "QUJD" } as const;
		const input = inputOf(asked, { role: "assistant", parts: [{ kind: "image", source }] });
		assert.ok(Array.isArray(input));
		assert.equal(input[1].role, "user");
		assert.equal(input[1].content[1].image_url, "data:image/png;base64,QUJD");
	});

	it("has a text document as text, with what is said about it", () => {
		const source = { kind: "text", text: "Once." } as const;
		const part = { kind: "document", source, name: "Tale", context: "Old.", cited: true } as const;
		const { body, losses } = written({ turns: [{ role: "user", parts: [part] }] });
		assert.deepEqual(body["input"], [
			message("user", "About the document “Tale”: Old.", "the document “Tale”:\n\nOnce."),
		]);
		assert.deepEqual(losses, [{ feature: "citations" }, { feature: "documentContext", sentAs: "text" }]);
	});

	for (const kind of ["audio", "video"] as const) {
		it(`cannot have ${kind}`, () => {
			const source = { kind: "data", mediaType: `${kind}/x`, data: "QUJD" } as const;
			assert.throws(() => inputOf({ role: "user", parts: [{ kind, source }] }), Untranslatable);
		});
	}
});
