import assert from "node:assert/strict";
import fc from "fast-check";
import { itemReaders } from "../../../../src/formats/codex/itemReader.ts";
import { codexTranslation } from "../../../../src/formats/codex/translation.ts";
import type { Conversation } from "../../../../src/formats/conversation.ts";
import { ToolNames } from "../../../../src/formats/toolNames.ts";
import { Malformed, Untranslatable } from "../../../../src/formats/translation.ts";

const value = fc.jsonValue({ maxDepth: 3 });
const itemMembers = ["id", "call_id", "name", "role", "content", "output", "arguments", "input", "summary", "tools"];
const others = ["encrypted_content", "action", "operation", "result", "status", "error", "caller", "text", "reasoning"];

function withMembers(types: readonly string[], names: readonly string[]) {
	const members = Object.fromEntries(names.map((name) => [name, fc.oneof(value, fc.string(), fc.constant("x"))]));
	const parts = fc.array(
		fc.record(
			{ type: fc.constantFrom("input_text", "input_image", "output_text", "refusal"), text: value, image_url: value },
			{ requiredKeys: [] },
		),
	);
	return fc.record(
		{ type: fc.constantFrom(...types), ...members, content: fc.oneof(value, parts) },
		{ requiredKeys: ["type"] },
	);
}

const items = fc.array(
	withMembers([...itemReaders.keys(), "item_reference", "constructor"], [...itemMembers, ...others]),
);
const tools = fc.array(
	withMembers(
		["function", "custom", "namespace", "web_search", "x"],
		["name", "parameters", "strict", "tools", "format"],
	),
);
const bodies = fc.record(
	{
		input: fc.oneof(items, value),
		tools: fc.oneof(tools, value),
		tool_choice: value,
		text: value,
		reasoning: value,
		include: value,
		metadata: value,
	},
	{ requiredKeys: [] },
);

describe("whatever a Codex client sends", () => {
	it("is read, or refused in words", () => {
		fc.assert(
			fc.property(bodies, (body) => {
				try {
					const { conversation } = codexTranslation.readRequest({ body, stream: null });
					codexTranslation.writeRequest(conversation, { model: "m" });
				} catch (error) {
					assert.ok(error instanceof Malformed || error instanceof Untranslatable, String(error));
				}
			}),
			{ numRuns: 300 },
		);
	});
});

describe("whatever a Codex account sends", () => {
	const conversation: Conversation = { stream: true, turns: [], tools: [], sampling: {}, stop: [] };
	const rules = { longest: 64, refused: /[^\w-]/gu, beginsFreely: true, hasFreeTools: true, hasNamespaces: true };
	const context = { conversation, names: new ToolNames(conversation, rules) };
	const output = withMembers(
		["message", "reasoning", "function_call", "custom_tool_call", "image_generation_call", "constructor"],
		[...itemMembers, ...others],
	);
	const place = fc.oneof(fc.nat({ max: 2 }), value);
	const event = fc.record(
		{
			type: fc.constantFrom(
				...["created", "output_item.added", "output_item.done", "output_text.delta", "output_text.done"],
				...["refusal.delta", "reasoning_summary_text.delta", "reasoning_text.done", "custom_tool_call_input.done"],
				...["function_call_arguments.delta", "output_text.annotation.added", "completed", "incomplete", "failed"],
			),
			item: fc.oneof(output, value),
			output_index: place,
			content_index: place,
			item_id: fc.oneof(fc.constantFrom("a", "b"), value),
			delta: fc.oneof(fc.string(), value),
			text: value,
			arguments: value,
			annotation: value,
			response: fc.oneof(fc.record({ id: value, status: value, output: fc.oneof(fc.array(output), value) }), value),
		},
		{ requiredKeys: ["type"] },
	);

	it("comes out as parts one after the other, ended at most once", () => {
		fc.assert(
			fc.property(fc.array(event), (events) => {
				const reader = codexTranslation.streamReader(context);
				const read = events.flatMap((one) => reader.push("", JSON.stringify({ ...one, type: `response.${one.type}` })));
				let isOpen = false;
				for (const [index, { kind }] of read.entries()) {
					if (kind === "open") assert.ok(!isOpen);
					if (kind === "delta" || kind === "citation" || kind === "close") assert.ok(isOpen);
					if (kind === "open" || kind === "close") isOpen = kind === "open";
					if (kind === "end" || kind === "error") assert.equal(index, read.length - 1);
					if (kind === "end" || kind === "finish") assert.ok(!isOpen);
					assert.equal(kind === "begin", index === 0 && kind !== "error");
				}
			}),
			{ numRuns: 300 },
		);
	});

	it("as a whole is read, or not taken for a reply", () => {
		fc.assert(
			fc.property(fc.oneof(value, fc.record({ output: fc.array(output) })), (body) => {
				codexTranslation.readReply(body, context);
			}),
		);
	});
});
