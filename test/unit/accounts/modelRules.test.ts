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
	const problem = (code: string, detail: string) => ({
		ok: false,
		problems: [{ field: "allowedModels", code, detail }],
	});
	for (const [pattern, told] of [
		["", ""],
		["  ", ""],
		["gpt 5", "gpt"],
		["a\tb", "a"],
		["a\nb", "a"],
		["a\0b", "a"],
		["gpt-5, gpt-4", "gpt-5,"],
		["gpt-\ud800", "gpt-\ufffd"],
		["Authorization: Bearer sk-secret", "Authorization:"],
		["sk-ant-api03-0123456789abcdefXYZ now", "sk-ant-api03-…"],
	] as const) {
		it(`refuses ${JSON.stringify(pattern)}, and tells its first word without what could be a key`, () => {
			assert.deepEqual(readAllowedModels(["fine", pattern]), problem("modelPattern", told));
		});
	}
	it("refuses what is no text, and tells it from what is no list", () => {
		assert.deepEqual(readAllowedModels([5]), problem("modelPattern", ""));
		assert.deepEqual(readAllowedModels([{ apiKey: "sk-secret" }]), problem("modelPattern", ""));
		assert.deepEqual(readAllowedModels("gpt-*"), problem("modelsNoList", ""));
		assert.deepEqual(readAllowedModels({ 0: "gpt" }), problem("modelsNoList", ""));
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
		assert.deepEqual(read.ok ? [] : read.problems.map(({ detail }) => detail), ["", "b", "e", "f", "g*", "i"]);
	});
	it("refuses what is no object, and tells nothing of it", () => {
		for (const value of [[], "sk-secret", ["sk-secret"]]) {
			assert.deepEqual(readModelMap(value), {
				ok: false,
				problems: [{ field: "modelMap", code: "modelMapInvalid", detail: "" }],
			});
		}
	});
});
