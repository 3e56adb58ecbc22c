import assert from "node:assert/strict";
import { nearestNames, nobodyProblem } from "../../../src/proxy/nobody.ts";

describe("when nobody answers", () => {
	it("says how to add an account where there is none", () => {
		const problem = nobodyProblem({ kind: "noAccount" }, "openai", "m", []);
		assert.equal(problem.kind, "unavailable");
		assert.match(problem.message, /Add Relay Account/);
	});

	it("says that no account speaks the format", () => {
		const problem = nobodyProblem({ kind: "noneUsable", passedOver: [] }, "gemini", "m", []);
		assert.deepEqual([problem.kind, problem.message.includes("Gemini")], ["modelNotFound", true]);
	});

	it("names the accounts that would answer but for a key or a tick", () => {
		const problem = nobodyProblem(
			{
				kind: "noneUsable",
				passedOver: [
					{ label: "A", reason: "disabled" },
					{ label: "B", reason: "keyMissing" },
					{ label: "C", reason: "modelNotAllowed" },
				],
			},
			"openai",
			"m",
			[],
		);
		assert.equal(problem.kind, "unavailable");
		assert.equal(
			problem.message,
			"No account can answer for the model “m” now: “A” is disabled, “B” has no key in this VS Code window.",
		);
	});

	it("lists near names of a model that nobody has", () => {
		const problem = nobodyProblem(
			{ kind: "noneUsable", passedOver: [{ label: "A", reason: "modelNotAllowed" }] },
			"openai",
			"gpt5-mini",
			["gpt-5", "gpt-5-mini", "unrelated"],
		);
		assert.equal(problem.kind, "modelNotFound");
		assert.match(problem.message, /Near names: gpt-5-mini, gpt-5\.$/);
	});

	it("takes names without anything in common for not near", () => {
		assert.deepEqual(nearestNames("gpt-5", ["claude-opus", "x", ""]), []);
	});
});
