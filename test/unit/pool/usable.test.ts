import assert from "node:assert/strict";
import { judgeRelay, matchesPattern } from "../../../src/pool/usable.ts";
import { servedRelay } from "../../support/relayAccount.ts";

describe("model patterns", () => {
	const cases: readonly [pattern: string, model: string, matches: boolean][] = [
		["gpt-5", "gpt-5", true],
		["gpt-5", "gpt-5-mini", false],
		["gpt-5", "GPT-5", false],
		["*", "", true],
		["*", "anything/at:all", true],
		["gpt-*", "gpt-5", true],
		["gpt-*", "gpt-", true],
		["gpt-*", "xgpt-5", false],
		["*-mini", "gpt-5-mini", true],
		["*-mini", "gpt-5-mini-high", false],
		["a*a", "a", false],
		["a*a", "aa", true],
		["*b*b*", "abb", true],
		["*b*b*", "ab", false],
		["a*bc*bc", "abcbc", true],
		["a*bc*bc", "abc", false],
		["gpt-5.1", "gpt-5x1", false],
	];
	for (const [pattern, model, matches] of cases) {
		it(`“${pattern}” ${matches ? "names" : "does not name"} “${model}”`, () => {
			assert.equal(matchesPattern(pattern, model), matches);
		});
	}

	it("stays quick on a pattern that makes naive matchers try every split", () => {
		assert.equal(matchesPattern(`${"*a".repeat(40)}b`, "a".repeat(5000)), false);
	});
});

describe("a usable relay", () => {
	it("is enabled, has its key, and allows the model", () => {
		assert.deepEqual(judgeRelay(servedRelay({ label: "r" }), "m"), {
			account: servedRelay({ label: "r" }).account,
			apiKey: "key",
		});
	});

	it("is passed over with the reason otherwise", () => {
		assert.equal(judgeRelay(servedRelay({ enabled: false }), "m"), "disabled");
		assert.equal(judgeRelay(servedRelay({}, null), "m"), "keyMissing");
		assert.equal(judgeRelay(servedRelay({ allowedModels: ["other", "x-*"] }), "m"), "modelNotAllowed");
		assert.equal(judgeRelay(servedRelay({ allowedModels: ["other"] }, null), "m"), "modelNotAllowed");
		// Nobody has the model: enabling this account would not help.
		assert.equal(judgeRelay(servedRelay({ allowedModels: ["other"], enabled: false }), "m"), "modelNotAllowed");
	});
});
