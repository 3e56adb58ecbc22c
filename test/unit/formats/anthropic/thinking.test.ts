import assert from "node:assert/strict";
import type { AssistantPart, Conversation, Effort, Reasoning } from "../../../../src/formats/conversation.ts";
import { assistant, call, look, models, result, signed, user, type Written, write } from "./conversations.ts";

const effort = (name: Effort): Reasoning => ({ amount: { kind: "effort", effort: name } });
const budget = (tokens: number): Reasoning => ({ amount: { kind: "budget", tokens } });

/** What is said of thinking, and what of it was lost. */
function thinkingOf(told: Partial<Conversation>, model: string) {
	const { body, losses } = write(told, model);
	const sentAs = losses.find(({ feature }) => feature === "reasoning");
	return { thinking: body.thinking, effort: body.output_config?.effort, lost: sentAs && (sentAs.sentAs ?? "nothing") };
}

describe("reasoning for Anthropic", () => {
	const table: readonly (readonly [
		model: string,
		reasoning: Reasoning,
		thinking: unknown,
		effort?: string | undefined,
		lost?: string,
	])[] = [
		[models.budget, effort("high"), { type: "enabled", budget_tokens: 16_384 }],
		[models.budget, effort("none"), { type: "disabled" }],
		[models.budget, budget(5000), { type: "enabled", budget_tokens: 5000 }],
		[models.budget, budget(100), { type: "enabled", budget_tokens: 1024 }, undefined, "1024"],
		[models.budget, budget(0), { type: "disabled" }],
		[models.budget, { amount: { kind: "adaptive" } }, { type: "enabled", budget_tokens: 8192 }, undefined, "8192"],
		[models.both, budget(5000), { type: "enabled", budget_tokens: 5000 }],
		[models.both, effort("medium"), { type: "adaptive" }, "medium"],
		[models.both, effort("xhigh"), { type: "adaptive" }, "high", "high"],
		[models.adaptive, effort("xhigh"), { type: "adaptive" }, "xhigh"],
		[models.adaptive, effort("minimal"), { type: "adaptive" }, "low", "low"],
		[models.adaptive, budget(9000), { type: "adaptive" }, "medium", "medium"],
		[models.adaptive, { amount: { kind: "adaptive" } }, { type: "adaptive" }],
		[models.adaptive, effort("none"), undefined],
		[models.always, effort("none"), undefined, "low", "low"],
		["claude-sonnet-5-5", effort("none"), { type: "between_tools" }, undefined, "between_tools"],
		["claude-haiku-5-5", effort("none"), { type: "disabled" }],
		[models.old, effort("high"), undefined, undefined, "nothing"],
		[models.old, effort("none"), undefined],
		[models.foreign, effort("low"), { type: "enabled", budget_tokens: 2048 }],
		[models.foreign, effort("none"), { type: "disabled" }],
	];
	for (const [model, reasoning, thinking, told, lost] of table) {
		it(`${JSON.stringify(reasoning.amount)} for ${model} is ${JSON.stringify(thinking)} ${told ?? ""}`, () => {
			assert.deepEqual(thinkingOf({ reasoning }, model), { thinking, effort: told, lost });
		});
	}

	it("is shown as the client wants it", () => {
		const shown = (how: NonNullable<Reasoning["shown"]>, model: string) =>
			write({ reasoning: { ...effort("high"), shown: how } }, model).body.thinking;
		assert.deepEqual(shown("no", models.both), { type: "adaptive", display: "omitted" });
		assert.deepEqual(shown("auto", models.both), { type: "adaptive" }, "shown unasked");
		assert.deepEqual(shown("auto", models.always), { type: "adaptive", display: "summarized" });
		const detailed = write({ reasoning: { ...effort("high"), shown: "detailed" } }, models.always);
		assert.deepEqual(detailed.losses, [{ feature: "reasoningShown", sentAs: "summarized" }]);
	});

	it("is switched on for who wants to see it, where the model finds the amount", () => {
		assert.deepEqual(write({ reasoning: { shown: "auto" } }, models.both).body.thinking, { type: "adaptive" });
		const { body, losses } = write({ reasoning: { shown: "auto" } }, models.budget);
		assert.equal(body.thinking, undefined);
		assert.deepEqual(losses, [{ feature: "reasoningShown" }]);
	});

	it("leaves room for the reply: the limit is raised, and named", () => {
		const { body, losses } = write({ reasoning: effort("high"), maxTokens: 1000 }, models.budget);
		assert.equal(body.max_tokens, 17_384);
		assert.deepEqual(body.thinking, { type: "enabled", budget_tokens: 16_384 });
		assert.deepEqual(losses, [{ feature: "maxTokens", sentAs: "17384" }]);
	});

	it("is made smaller where the model's own limit leaves no room", () => {
		const { body } = write({ reasoning: effort("max") }, models.budget);
		assert.equal(body.max_tokens, 64_000);
		assert.deepEqual(body.thinking, { type: "enabled", budget_tokens: 64_000 - 8192 });
		const told = write({ reasoning: budget(200_000), maxTokens: 2000 }, models.budget);
		assert.equal(told.body.max_tokens, 64_000);
		assert.deepEqual(told.body.thinking, { type: "enabled", budget_tokens: 62_000 });
		assert.deepEqual(told.losses.map(({ feature }) => feature).sort(), ["maxTokens", "reasoning"]);
	});

	it("fits into the usual limit where the client has none", () => {
		assert.equal(write({ reasoning: effort("high") }, models.budget).body.max_tokens, 32_000);
		assert.equal(write({ reasoning: effort("xhigh") }, models.budget).body.max_tokens, 32_768 + 8192);
	});

	describe("while a tool is at work", () => {
		const atWork = (...parts: readonly AssistantPart[]) => ({
			turns: [user("Look"), assistant(...parts), user(result("c1"))],
			tools: [look],
			reasoning: budget(4000),
		});

		it("goes on after Anthropic's own thinking", () => {
			const { body } = write(atWork(signed, call("c1")), models.budget);
			assert.deepEqual(body.thinking, { type: "enabled", budget_tokens: 4000 });
			assert.deepEqual(body.messages[1], {
				role: "assistant",
				content: [
					{ type: "thinking", thinking: "Hm", signature: "sig" },
					{ type: "tool_use", id: "c1", name: "look", input: { at: "x" } },
				],
			});
		});

		it("is off where the call has none, since Anthropic would refuse it", () => {
			const foreign = { kind: "reasoning", text: "Hm", seal: { maker: "gemini", value: "x" } } as const;
			const { body, losses } = write(atWork(foreign, call("c1")), models.budget);
			assert.deepEqual(body.thinking, { type: "disabled" });
			assert.deepEqual(losses, [{ feature: "reasoning", sentAs: "off" }, { feature: "reasoningHistory" }]);
		});

		it("is left to the model where that needs no thinking before the call", () => {
			assert.deepEqual(thinkingOf(atWork(call("c1")), models.both), {
				thinking: { type: "adaptive" },
				effort: "low",
				lost: "adaptive; low",
			});
		});

		it("looks at the first turn of the work alone", () => {
			const turns = [
				user("Look"),
				assistant(signed, call("c1")),
				user(result("c1")),
				assistant(call("c2")),
				user(result("c2"), "and hurry"),
			];
			const { body } = write({ turns, tools: [look], reasoning: budget(4000) }, models.budget);
			assert.equal(body.thinking?.type, "enabled");
		});

		it("forgets work that is done", () => {
			const turns = [...atWork(call("c1")).turns, assistant("Done"), user("Thanks")];
			const { body } = write({ turns, tools: [look], reasoning: budget(4000) }, models.budget);
			assert.equal(body.thinking?.type, "enabled");
		});
	});

	describe("where a call is forced", () => {
		const forced = (model: string, reasoning?: Reasoning): Written =>
			write({ tools: [look], toolChoice: { kind: "required" }, ...(reasoning && { reasoning }) }, model);

		it("gives way", () => {
			const { body, losses } = forced(models.both, effort("high"));
			assert.deepEqual(body.thinking, { type: "disabled" });
			assert.deepEqual(body.tool_choice, { type: "any" });
			assert.deepEqual(losses, [{ feature: "reasoning", sentAs: "off" }]);
			assert.equal(body.output_config, undefined);
		});

		it("is switched off in models that think unasked", () => {
			assert.deepEqual(forced("claude-sonnet-5").body.thinking, { type: "disabled" });
			assert.equal(forced(models.adaptive).body.thinking, undefined);
		});

		it("stays where the model cannot be forced: that is asked for in words, and named", () => {
			const { body, losses } = forced(models.always, effort("high"));
			assert.deepEqual(body.tool_choice, { type: "auto" });
			assert.deepEqual(body.thinking, { type: "adaptive" });
			assert.deepEqual(body.system, [{ type: "text", text: "Answer with a call of one of the tools." }]);
			assert.deepEqual(losses, [{ feature: "toolChoice", sentAs: "auto" }]);
		});
	});
});
