import assert from "node:assert/strict";
import { blankDraft } from "../../../src/vscode/relayFormDraft.ts";
import {
	calledUrl,
	fieldProblems,
	headerLine,
	headerRowIn,
	inputOf,
	plainHttpHost,
	repeatedHeader,
	withHeader,
} from "../../../src/vscode/stepRules.ts";
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
			["two"],
		);
	});

	it("judge a limit and a proxy as saving will", () => {
		const codes = (changes: object, field: "maxConcurrent" | "outboundProxy") =>
			fieldProblems({ draft: { ...draft, ...changes }, accounts }, field).map(({ code }) => code);
		assert.deepEqual(codes({ maxConcurrent: "" }, "maxConcurrent"), []);
		assert.deepEqual(codes({ maxConcurrent: "1.5" }, "maxConcurrent"), ["maxConcurrentInvalid"]);
		assert.deepEqual(codes({ outboundProxy: "direct" }, "outboundProxy"), []);
		assert.deepEqual(codes({ outboundProxy: "ftp://proxy.example" }, "outboundProxy"), ["proxyInvalid"]);
	});

	it("read a header as one line, and give it back as one", () => {
		const row = headerRowIn(" X-Team :  a: b ");
		assert.deepEqual(row, { name: "X-Team", value: "a: b" });
		assert.equal(row && headerLine(row), "X-Team: a: b");
		assert.equal(headerRowIn("X-Team"), null);
	});

	it("add, change and take away one header of several", () => {
		const headers = [
			{ name: "a", value: "1" },
			{ name: "b", value: "2" },
		];
		assert.deepEqual(withHeader(headers, 2, "c: 3"), [...headers, { name: "c", value: "3" }]);
		assert.deepEqual(withHeader(headers, 0, "A: 9"), [{ name: "A", value: "9" }, headers[1]]);
		assert.deepEqual(withHeader(headers, 1, ""), [headers[0]]);
		assert.deepEqual(withHeader(headers, 2, " "), headers);
	});

	it("tell a header name that is there twice, and one that cannot be set", () => {
		const twice = { ...draft, headers: withHeader([{ name: "X-A", value: "1" }], 1, "x-a: 2") };
		assert.equal(repeatedHeader(twice), "X-A");
		assert.equal(repeatedHeader(draft), null);
		const host = fieldProblems({ draft: { ...draft, headers: withHeader([], 0, "Host: x") }, accounts }, "headers");
		assert.deepEqual(
			host.map(({ code }) => code),
			["headerReserved"],
		);
	});
});
