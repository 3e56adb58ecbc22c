import assert from "node:assert/strict";
import { defaultMaxTokens, rulesOf } from "../../../../src/formats/anthropic/modelRules.ts";

describe("what a model of Anthropic's takes", () => {
	it("is known by its name, however a relay writes it", () => {
		const same = [
			["claude-opus-4-5", "anthropic/claude-opus-4.5", "claude-opus-4-5-20251101", "us.anthropic.claude-opus-4-5-v1:0"],
			["claude-sonnet-4-20250514", "claude-sonnet-4@20250514", "anthropic/claude-sonnet-4", "Claude-Sonnet-4"],
			["claude-3-5-sonnet-20241022", "claude-3.5-sonnet", "claude-3-5-haiku-latest"],
			["claude-opus-5-5", "anthropic/claude-opus-5.5", "claude-fable-5-1", "claude-fable-5-2", "claude-mythos-5-2"],
		];
		for (const [first = "", ...others] of same) {
			for (const other of others) assert.deepEqual(rulesOf(other), rulesOf(first), `${other} is like ${first}`);
		}
	});

	it("tells how it thinks", () => {
		const thinking = Object.fromEntries(
			[
				"claude-3-opus-20240229",
				"claude-3-7-sonnet-latest",
				"claude-haiku-4-5",
				"claude-opus-4-6",
				"claude-opus-4-7",
				"claude-sonnet-5",
				"claude-haiku-5-5",
				"claude-sonnet-5-5",
				"claude-opus-5-5",
			].map((model) => [model, `${rulesOf(model).thinking} ${rulesOf(model).off}`]),
		);
		assert.deepEqual(thinking, {
			"claude-3-opus-20240229": "none unsaid",
			"claude-3-7-sonnet-latest": "budget disabled",
			"claude-haiku-4-5": "budget disabled",
			"claude-opus-4-6": "both disabled",
			"claude-opus-4-7": "adaptive unsaid",
			"claude-sonnet-5": "adaptive disabled",
			"claude-haiku-5-5": "adaptive disabled",
			"claude-sonnet-5-5": "adaptive betweenTools",
			"claude-opus-5-5": "adaptive never",
		});
	});

	it("is the least of all where a Claude is not known yet", () => {
		assert.deepEqual(rulesOf("claude-opus-6"), rulesOf("claude-opus-5-5"));
		assert.deepEqual(rulesOf("claude-next"), rulesOf("claude-opus-5-5"));
	});

	it("is not judged where it is another maker's", () => {
		const { sampling, forcesCalls, longestReply, schemas } = rulesOf("glm-5");
		assert.deepEqual(
			[sampling, forcesCalls, longestReply, schemas],
			["both", true, Number.POSITIVE_INFINITY, "unsure"],
		);
	});

	it("has a usual length of replies, never beyond its own", () => {
		const models = ["claude-3-haiku-20240307", "claude-3-5-sonnet", "claude-opus-4-1", "claude-opus-5-5", "glm-5"];
		assert.deepEqual(
			models.map((model) => defaultMaxTokens(rulesOf(model))),
			[4096, 8192, 32_000, 32_000, 32_000],
		);
	});
});
