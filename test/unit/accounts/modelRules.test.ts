import assert from "node:assert/strict";
import { readAllowedModels, readModelMap } from "../../../src/accounts/modelRules.ts";

describe("readAllowedModels", () => {
	it("reads nothing and an empty list as all models", () => {
		for (const value of [undefined, null, []]) assert.deepEqual(readAllowedModels(value), { ok: true, value: null });
	});
	it("takes exact names and patterns with * anywhere, each once", () => {
		const patterns = ["gpt-5", "claude-*", "*-mini", "a*b*c", "*", "org/model:free", "模型"];
		assert.deepEqual(readAllowedModels([...patterns, " gpt-5 "]), { ok: true, value: patterns });
	});
	for (const pattern of ["", "  ", "gpt 5", "a\tb", "a\nb", "a\0b", "gpt-5, gpt-4"]) {
		it(`refuses ${JSON.stringify(pattern)}`, () => {
			assert.deepEqual(readAllowedModels(["fine", pattern]), {
				ok: false,
				problems: [{ field: "allowedModels", code: "modelPattern", detail: pattern }],
			});
		});
	}
	it("refuses what is no text, and what is no list", () => {
		const problem = (detail: string) => ({
			ok: false,
			problems: [{ field: "allowedModels", code: "modelPattern", detail }],
		});
		assert.deepEqual(readAllowedModels([5]), problem("5"));
		assert.deepEqual(readAllowedModels("gpt-*"), problem(""));
		assert.deepEqual(readAllowedModels({ 0: "gpt" }), problem(""));
	});
});

describe("readModelMap", () => {
	it("takes exact names for exact names", () => {
		const map = { "gpt-5": "openai/gpt-5", fast: "mini" };
		assert.deepEqual(readModelMap(map), { ok: true, value: map });
		assert.deepEqual(readModelMap({ " a ": " b " }), { ok: true, value: { a: "b" } });
	});
	it("names each pair that is wrong", () => {
		const wrong = { "": "a", "b c": "d", e: "", f: 5, "g*": "h", i: "j*", fine: "too" };
		const read = readModelMap(wrong);
		assert.deepEqual(read.ok ? [] : read.problems.map(({ detail }) => detail), ["", "b c", "e", "f", "g*", "i"]);
	});
	it("refuses what is no object", () => {
		assert.ok(!readModelMap([]).ok);
		assert.ok(!readModelMap("a=b").ok);
	});
});
