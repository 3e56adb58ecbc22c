import assert from "node:assert/strict";
import type { ContentBlockParam, ToolResultBlockParam } from "@anthropic-ai/sdk/resources/messages";
import type { Turn } from "../../../../src/formats/conversation.ts";
import { assistant, call, look, models, result, signed, system, user, write } from "./conversations.ts";

type ToolResultContent = Exclude<ToolResultBlockParam["content"], string | undefined>[number];

/** Messages in short: `user: Hi, =c1 seen` and the like. */
function brief(turns: readonly Turn[], model: string = models.both): readonly string[] {
	return write({ turns, tools: [look] }, model).body.messages.map(
		({ role, content }) => `${role}: ${typeof content === "string" ? content : content.map(inShort).join(", ")}`,
	);
}

function inShort(block: ToolResultContent | ContentBlockParam): string {
	switch (block.type) {
		case "text":
			return block.text;
		case "tool_use":
			return `+${block.id}`;
		case "tool_result": {
			const { content = [] } = block;
			const text = typeof content === "string" ? content : content.map(inShort).join("");
			return `=${block.tool_use_id} ${text}${block.is_error ? "!" : ""}`;
		}
		default:
			return block.type;
	}
}

describe("turns as messages of Anthropic's", () => {
	it("joins neighbours of one role", () => {
		assert.deepEqual(brief([user("a"), user("b"), assistant("c"), assistant("d"), user("e")]), [
			"user: a, b",
			"assistant: c, d",
			"user: e",
		]);
	});

	it("puts all results of a turn first into the message after it, in the order of the calls", () => {
		assert.deepEqual(
			brief([
				user("a"),
				assistant("b", call("c1"), call("c2")),
				user("c", result("c2", "two")),
				user(result("c1", "one")),
			]),
			["user: a", "assistant: b, +c1, +c2", "user: =c1 one, =c2 two, c"],
		);
	});

	it("answers calls together that a client has put into several turns", () => {
		assert.deepEqual(
			brief([user("a"), assistant(call("c1")), assistant(call("c2")), user(result("c1")), user(result("c2"))]),
			["user: a", "assistant: +c1, +c2", "user: =c1 seen, =c2 seen"],
		);
	});

	it("lets nothing stand between calls and their results", () => {
		assert.deepEqual(brief([user("a"), assistant(call("c1")), system("s"), user("b"), user(result("c1"))]), [
			"user: a",
			"assistant: +c1",
			"user: =c1 seen, <system>\ns\n</system>, b",
		]);
	});

	it("answers a call whose result the client has left out", () => {
		assert.deepEqual(brief([user("a"), assistant(call("c1"), call("c2")), user(result("c2"), "b")]), [
			"user: a",
			"assistant: +c1, +c2",
			"user: =c1 There is no result of this call.!, =c2 seen, b",
		]);
		assert.deepEqual(brief([user("a"), assistant(call("c1"))]), [
			"user: a",
			"assistant: +c1",
			"user: =c1 There is no result of this call.!",
		]);
	});

	it("tells a result as words where its call was cut off", () => {
		assert.deepEqual(brief([user(result("gone", "seen", "look")), assistant("b"), user("c")]), [
			"user: Result of an earlier call of the tool look:, seen",
			"assistant: b",
			"user: c",
		]);
	});

	it("tells calls apart whose ids a client has used again", () => {
		const turns = [
			user("a"),
			assistant(call("c1")),
			user(result("c1", "one")),
			assistant(call("c1")),
			user(result("c1", "two")),
		];
		assert.deepEqual(brief(turns), [
			"user: a",
			"assistant: +c1",
			"user: =c1 one",
			"assistant: +c1_2",
			"user: =c1_2 two",
		]);
	});

	it("makes ids fit in call and result alike", () => {
		const [, said, done] = brief([user("a"), assistant(call("functions.look:0")), user(result("functions.look:0"))]);
		const id = /^assistant: \+(call_[0-9a-f]{24})$/.exec(said ?? "")?.[1];
		assert.equal(done, `user: =${id} seen`);
	});

	it("begins with the user", () => {
		assert.deepEqual(brief([assistant("a"), user("b")]), [
			"user: (The conversation began earlier.)",
			"assistant: a",
			"user: b",
		]);
		assert.deepEqual(brief([system("s")]), ["user: Continue."]);
	});

	it("drops what is empty, which Anthropic refuses, and what that leaves of a turn", () => {
		assert.deepEqual(brief([user("a", " "), assistant("\n"), user(""), user("b")]), ["user: a, b"]);
		const { body } = write({ turns: [user("a"), assistant(call("c1")), user(result("c1", ""))], tools: [look] });
		const cache_control = { type: "ephemeral" };
		assert.deepEqual(body.messages[2]?.content, [{ type: "tool_result", tool_use_id: "c1", cache_control }]);
	});

	describe("whose last is the beginning of the reply", () => {
		const turns = [user("a"), assistant("The answer is ")];

		it("ends without white space, which Anthropic refuses", () => {
			assert.deepEqual(brief(turns, models.budget), ["user: a", "assistant: The answer is"]);
		});

		it("are asked to go on where the model takes no beginning", () => {
			assert.deepEqual(brief(turns, models.both), ["user: a", "assistant: The answer is ", "user: Continue."]);
		});

		it("are asked to go on where the model thinks or its reply is held to a form", () => {
			const reasoning = { amount: { kind: "budget", tokens: 2000 } } as const;
			const output = { kind: "schema", schema: { type: "object", properties: {} } } as const;
			for (const told of [{ reasoning }, { output }]) {
				assert.equal(write({ turns, ...told }, models.budget).body.messages.at(-1)?.role, "user");
			}
		});

		it("are asked to go on after thinking alone", () => {
			assert.deepEqual(brief([user("a"), assistant(signed)], models.budget), [
				"user: a",
				"assistant: thinking",
				"user: Continue.",
			]);
		});
	});

	describe("with system messages", () => {
		it("has those at the beginning in their own member, block by block", () => {
			const { body } = write({ turns: [system("s"), system("t"), user("a")] });
			assert.deepEqual(body.system, [
				{ type: "text", text: "s" },
				{ type: "text", text: "t" },
			]);
			assert.deepEqual(brief([system("s"), user("a")]), ["user: a"]);
		});

		it("has those in the midst where they stand, if the model takes them after the user", () => {
			const midst = [user("a"), system("s"), assistant("b"), user("c"), system("t")];
			assert.deepEqual(brief(midst, models.adaptive), ["user: a", "system: s", "assistant: b", "user: c", "system: t"]);
		});

		it("has them as words of the user everywhere else", () => {
			assert.deepEqual(brief([user("a"), system("s"), assistant("b"), user("c")]), [
				"user: a, <system>\ns\n</system>",
				"assistant: b",
				"user: c",
			]);
			assert.deepEqual(brief([user("a"), assistant("b"), system("s"), user("c")], models.adaptive), [
				"user: a",
				"assistant: b",
				"user: <system>\ns\n</system>, c",
			]);
		});
	});

	it("has media that the assistant made in the words of the user", () => {
		const image = { kind: "image", source: { kind: "data", mediaType: "image/png", data: "aGk=" } } as const;
		assert.deepEqual(brief([user("a"), assistant("b", image), user("c")]), [
			"user: a",
			"assistant: b",
			"user: The assistant made this:, image, c",
		]);
	});

	it("has refusals as texts and others' reasoning not at all, and names both", () => {
		const refusal = { kind: "refusal", text: "No" } as const;
		const { body, losses } = write({
			turns: [user("a"), assistant({ kind: "reasoning", text: "Hm" }, refusal), user("b")],
		});
		assert.deepEqual(body.messages[1], { role: "assistant", content: [{ type: "text", text: "No" }] });
		assert.deepEqual(losses, [{ feature: "reasoningHistory" }, { feature: "refusalHistory", sentAs: "text" }]);
	});

	it("gives Anthropic's own thinking back letter for letter, even where a client has lost its text", () => {
		const seal = { maker: "anthropic", value: { type: "thinking", thinking: "Hm…", signature: "sig" } } as const;
		const redacted = { maker: "anthropic", value: { type: "redacted_thinking", data: "xyz" } } as const;
		const parts = [seal, redacted].map((one) => ({ kind: "reasoning", text: "", seal: one }) as const);
		const { body, losses } = write({ turns: [user("a"), assistant(...parts, "b"), user("c")] });
		assert.deepEqual(body.messages[1]?.content, [seal.value, redacted.value, { type: "text", text: "b" }]);
		assert.deepEqual(losses, []);
	});

	it("has results with images and errors", () => {
		const image = { kind: "image", source: { kind: "url", url: "https://example.org/i" } } as const;
		const seen = { ...result("c1"), content: [{ kind: "text", text: "x" } as const, image], isError: true };
		const { body } = write({ turns: [user("a"), assistant(call("c1")), user(seen)], tools: [look] });
		assert.deepEqual(body.messages[2]?.content, [
			{
				type: "tool_result",
				tool_use_id: "c1",
				content: [
					{ type: "text", text: "x" },
					{ type: "image", source: { type: "url", url: "https://example.org/i" } },
				],
				is_error: true,
				cache_control: { type: "ephemeral" },
			},
		]);
	});
});
