import assert from "node:assert/strict";
import { blankDraft } from "../../../src/vscode/relayFormDraft.ts";
import { calledUrl, fieldProblems, inputOf, plainHttpHost } from "../../../src/vscode/stepRules.ts";
import { relay } from "./fixtures.ts";

const draft = {
	...blankDraft,
	label: "New",
	format: "openai",
	baseUrl: "https://api.example.com",
	apiKey: "k",
} as const;
const accounts = [relay({ label: "Work" })];

describe("a step's rules", () => {
	it("judge one field, whatever the others hold", () => {
		assert.deepEqual(fieldProblems({ draft: { ...blankDraft, label: "New" }, accounts }, "label"), []);
		const taken = fieldProblems({ draft: { ...draft, label: "work" }, accounts }, "label");
		assert.deepEqual(
			taken.map(({ code }) => code),
			["labelTaken"],
		);
	});

	it("leave plain http to a question of its own", () => {
		const plain = { ...draft, baseUrl: "http://api.example.com:8080" };
		assert.deepEqual(fieldProblems({ draft: plain, accounts }, "baseUrl"), []);
		assert.equal(plainHttpHost(plain), "api.example.com:8080");
		assert.equal(inputOf({ draft: plain, accounts }), null);
		assert.ok(inputOf({ draft: { ...plain, allowPlainHttp: true }, accounts }));
		assert.equal(plainHttpHost({ ...draft, baseUrl: "http://localhost:8080" }), null);
	});

	it("show the URL that will be called as soon as there is one", () => {
		assert.equal(calledUrl(draft), "https://api.example.com/v1/chat/completions");
		assert.equal(calledUrl({ ...draft, baseUrl: "api.example" }), null);
	});

	it("name the malformed model pattern", () => {
		const problems = fieldProblems(
			{ draft: { ...draft, allowedModels: ["ok", "two words"] }, accounts },
			"allowedModels",
		);
		assert.deepEqual(
			problems.map(({ detail }) => detail),
			["two words"],
		);
	});
});
