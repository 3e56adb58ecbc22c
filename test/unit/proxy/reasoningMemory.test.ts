import assert from "node:assert/strict";
import type { AssistantPart, Conversation, ReasoningPart, Turn } from "../../../src/formats/conversation.ts";
import { ReasoningMemory } from "../../../src/proxy/reasoningMemory.ts";

const reasoning = (text: string, value: unknown = text): ReasoningPart => ({
	kind: "reasoning",
	text,
	seal: { maker: "anthropic", value },
});

const call = (id: string, input = "{}"): AssistantPart => ({
	kind: "toolCall",
	id,
	name: "look",
	input: { kind: "json", text: input },
});

function conversation(...parts: readonly AssistantPart[]): Conversation {
	const turn: Turn = { role: "assistant", parts };
	return { stream: false, turns: [turn], tools: [], sampling: {}, stop: [] };
}

function hear(memory: ReasoningMemory, parts: readonly AssistantPart[], candidate = 0): void {
	const listen = memory.listener();
	for (const part of parts) {
		if (part.kind === "reasoning") {
			listen({ kind: "open", candidate, part: { kind: "reasoning" } });
			listen({ kind: "delta", candidate, text: part.text });
			listen({ kind: "close", candidate, ...(part.seal === undefined ? {} : { seal: part.seal }) });
		} else if (part.kind === "toolCall") {
			const { id, name } = part;
			listen({ kind: "open", candidate, part: { kind: "toolCall", id, name, free: false } });
			listen({ kind: "delta", candidate, text: part.input.text });
			listen({ kind: "close", candidate });
		}
	}
}

describe("the memory of reasoning", () => {
	it("puts back before a call what was sealed before it", () => {
		const memory = new ReasoningMemory();
		hear(memory, [reasoning("one"), reasoning("two"), call("a"), call("b"), reasoning("three"), call("c")]);
		assert.deepEqual(
			memory.restored(conversation(call("a"), call("b"), call("c"))),
			conversation(reasoning("one"), reasoning("two"), call("a"), call("b"), reasoning("three"), call("c")),
		);
	});

	it("leaves a turn alone that has reasoning of its own, or calls of which nothing is known", () => {
		const memory = new ReasoningMemory();
		hear(memory, [reasoning("one"), call("a")]);
		const own = conversation(reasoning("own"), call("a"));
		assert.deepEqual(memory.restored(own), own);
		const unknown = conversation(call("z"));
		assert.deepEqual(memory.restored(unknown), unknown);
	});

	it("takes the place of what the client was shown, which its maker could not read", () => {
		const memory = new ReasoningMemory();
		hear(memory, [reasoning("one"), call("a")]);
		const shown: AssistantPart = { kind: "reasoning", text: "one" };
		assert.deepEqual(memory.restored(conversation(shown, call("a"))), conversation(reasoning("one"), call("a")));
		const other = conversation(shown, call("z"));
		assert.deepEqual(memory.restored(other), other);
	});

	it("knows a call again whose input is written anew, and not another one with its id", () => {
		const memory = new ReasoningMemory();
		hear(memory, [reasoning("one"), call("call_0", '{"place": "Oslo"}')]);
		const anew = call("call_0", '{"place":"Oslo"}');
		assert.deepEqual(memory.restored(conversation(anew)), conversation(reasoning("one"), anew));
		const other = conversation(call("call_0", '{"place":"Rome"}'));
		assert.deepEqual(memory.restored(other), other);
	});

	it("keeps nothing that bears no seal, and nothing of other candidates", () => {
		const memory = new ReasoningMemory();
		hear(memory, [{ kind: "reasoning", text: "plain" }, call("a")]);
		hear(memory, [reasoning("other"), call("b")], 1);
		const asked = conversation(call("a"), call("b"));
		assert.deepEqual(memory.restored(asked), asked);
	});

	it("forgets the oldest when there is too much", () => {
		const memory = new ReasoningMemory();
		const large = "x".repeat(3 * 1024 * 1024);
		for (const id of ["a", "b", "c"]) hear(memory, [reasoning(id, large), call(id)]);
		assert.deepEqual(memory.restored(conversation(call("a"))), conversation(call("a")));
		assert.deepEqual(memory.restored(conversation(call("c"))), conversation(reasoning("c", large), call("c")));
	});
});
