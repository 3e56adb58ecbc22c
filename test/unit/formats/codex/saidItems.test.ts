import assert from "node:assert/strict";
import { SaidItems } from "../../../../src/formats/codex/saidItems.ts";
import { codexTranslation } from "../../../../src/formats/codex/translation.ts";
import type { Conversation } from "../../../../src/formats/conversation.ts";
import type { ReplyEvent } from "../../../../src/formats/replyEvents.ts";
import { Untranslatable } from "../../../../src/formats/translation.ts";

type GoodEvent = Exclude<ReplyEvent, { kind: "error" }>;
const conversation: Conversation = { stream: true, turns: [], tools: [], sampling: {}, stop: [] };
const seal = { maker: "anthropic", value: "s" } as const;
const events: readonly GoodEvent[] = [
	{ kind: "begin" },
	{ kind: "open", candidate: 0, part: { kind: "reasoning" } },
	{ kind: "delta", candidate: 0, text: "Hm" },
	{ kind: "close", candidate: 0, seal },
	{ kind: "open", candidate: 0, part: { kind: "text" } },
	{ kind: "delta", candidate: 0, text: "Hello" },
	{ kind: "close", candidate: 0 },
	{ kind: "open", candidate: 0, part: { kind: "toolCall", id: "c", name: "f", free: false } },
	{ kind: "close", candidate: 0 },
	{ kind: "finish", candidate: 0, reason: "toolCalls" },
	{ kind: "end" },
];

function say(id: string, body: object): void {
	const writer = codexTranslation.streamWriter({ model: "m", conversation, body, id, createdAt: 1 });
	for (const event of events) writer.push(event);
}

function refer(...ids: readonly string[]) {
	const input = [
		...ids.map((id) => ({ type: "item_reference", id })),
		{ type: "function_call_output", call_id: "c", output: "done" },
	];
	return codexTranslation.readRequest({ body: { model: "m", input }, stream: null }).conversation.turns;
}

describe("an item that a Codex client refers to", () => {
	it("is what it was told", () => {
		say("first", { model: "m" });
		assert.deepEqual(refer("rs_first_0", "msg_first_1", "fc_first_2"), [
			{
				role: "assistant",
				parts: [
					{ kind: "reasoning", text: "Hm", seal },
					{ kind: "text", text: "Hello" },
					{ kind: "toolCall", id: "c", name: "f", input: { kind: "json", text: "{}" } },
				],
			},
			{
				role: "user",
				parts: [{ kind: "toolResult", callId: "c", name: "f", content: [{ kind: "text", text: "done" }] }],
			},
		]);
	});

	it("is not kept where the client wants nothing kept", () => {
		say("second", { model: "m", store: false });
		assert.throws(() => refer("fc_second_2"), Untranslatable);
	});

	it("is forgotten when too much has been said since", () => {
		const items = new SaidItems();
		const said = (id: string) =>
			items.keep({ id, type: "reasoning", summary: [{ type: "summary_text", text: "x".repeat(1_000_000) }] }, {});
		for (let count = 0; count < 9; count += 1) said(`rs_${count}`);
		const known = Array.from({ length: 9 }, (_, count) => items.find(`rs_${count}`) !== undefined);
		assert.deepEqual(known, [false, ...Array.from({ length: 8 }, () => true)]);
	});

	it("is not kept where it is larger than all others together should be", () => {
		const items = new SaidItems();
		items.keep({ id: "rs", type: "reasoning", summary: [{ type: "summary_text", text: "x".repeat(2_000_000) }] }, {});
		assert.equal(items.find("rs"), undefined);
	});
});
