import assert from "node:assert/strict";
import type { Rest } from "../../../src/bridge/accountLive.ts";
import { matchesPattern } from "../../../src/bridge/standing.ts";
import { type Condition, keyedAccount, standingFor } from "../../../src/pool/usable.ts";
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

describe("an account's standing in the pool", () => {
	const well: Condition = { inFlight: 0, rest: null, modelRests: [], probing: false, models: null };
	const rest: Rest = { reason: "rateLimited", until: 1_000, status: 429, detail: "" };
	const kindOf = (given: Parameters<typeof servedRelay>[0], condition: Partial<Condition>, now = 0, key?: null) =>
		standingFor(servedRelay(given, key), { ...well, ...condition }, "m", now).kind;

	it("is usable when it is enabled, has its key, allows the model, is free and does not rest", () => {
		assert.equal(kindOf({ maxConcurrent: 2 }, { inFlight: 1 }), "usable");
	});

	it("names what a person can do before what time will do", () => {
		const broken = { enabled: false, allowedModels: ["other"] };
		assert.equal(kindOf(broken, { rest }, 0, null), "modelNotAllowed");
		assert.equal(kindOf({ enabled: false }, { rest }, 0, null), "disabled");
		assert.equal(kindOf({}, { rest }, 0, null), "keyMissing");
		assert.equal(kindOf({ maxConcurrent: 1 }, { rest, probing: true, inFlight: 1 }), "resting");
		assert.equal(kindOf({ maxConcurrent: 1 }, { probing: true, inFlight: 1 }), "probing");
		assert.equal(kindOf({ maxConcurrent: 1 }, { modelRests: [{ ...rest, model: "m" }], inFlight: 1 }), "modelResting");
		assert.equal(kindOf({ maxConcurrent: 1 }, { inFlight: 1 }), "busy");
	});

	it("is that of the model that is asked for, and rests end on the dot", () => {
		assert.equal(kindOf({}, { modelRests: [{ ...rest, model: "other" }] }), "usable");
		assert.equal(kindOf({}, { rest }, 999), "resting");
		assert.equal(kindOf({}, { rest }, 1_000), "usable");
	});

	it("comes with the key, or with none", () => {
		assert.deepEqual(keyedAccount(servedRelay({ label: "a" }, "k"))?.apiKey, "k");
		assert.equal(keyedAccount(servedRelay({ label: "a" }, null)), null);
	});
});
