import assert from "node:assert/strict";
import { type FieldProblem, type InputContext, readRelayInput } from "../../../src/accounts/relayInput.ts";

const adding: InputContext = { takenLabels: ["Taken"], key: "required" };
const least = { label: "One", baseUrl: "https://one.example", apiKey: "sk-one" };

function problemsOf(value: unknown, context: InputContext = adding): readonly FieldProblem[] {
	const result = readRelayInput(value, context);
	return result.ok ? [] : result.problems;
}

function inputOf(value: unknown, context: InputContext = adding) {
	const result = readRelayInput(value, context);
	assert.ok(result.ok, JSON.stringify(result));
	return result.input;
}

/** Field by field: what is refused, and as what. */
const refused: readonly (readonly [fields: Readonly<Record<string, unknown>>, problem: FieldProblem])[] = [
	[{ label: "" }, { field: "label", code: "labelEmpty", detail: "" }],
	[{ label: " \n" }, { field: "label", code: "labelEmpty", detail: "" }],
	[{ label: undefined }, { field: "label", code: "labelEmpty", detail: "" }],
	[{ label: 7 }, { field: "label", code: "labelEmpty", detail: "" }],
	[{ label: "tAKEN " }, { field: "label", code: "labelTaken", detail: "tAKEN" }],
	[{ label: "a\u0007b" }, { field: "label", code: "labelInvalid", detail: "a" }],
	[{ label: "a\nb" }, { field: "label", code: "labelInvalid", detail: "a" }],
	[{ label: "a\u202eb" }, { field: "label", code: "labelInvalid", detail: "a\u202eb" }],
	[{ label: "a\u200fb" }, { field: "label", code: "labelInvalid", detail: "a\u200fb" }],
	[{ label: "a\ud800b" }, { field: "label", code: "labelInvalid", detail: "a\ufffdb" }],
	[{ label: "\udc00" }, { field: "label", code: "labelInvalid", detail: "\ufffd" }],
	[{ label: "\u200b" }, { field: "label", code: "labelEmpty", detail: "" }],
	[{ label: "\u200d \ufeff\u2060\u3164\u2800" }, { field: "label", code: "labelEmpty", detail: "" }],
	[{ label: "x".repeat(61) }, { field: "label", code: "labelInvalid", detail: "…" }],
	[{ format: "openaI2" }, { field: "format", code: "formatUnknown", detail: "" }],
	[{ format: 3 }, { field: "format", code: "formatUnknown", detail: "" }],
	[{ baseUrl: "" }, { field: "baseUrl", code: "urlEmpty", detail: "" }],
	[{ baseUrl: null }, { field: "baseUrl", code: "urlEmpty", detail: "" }],
	[{ baseUrl: 5 }, { field: "baseUrl", code: "urlInvalid", detail: "" }],
	[{ baseUrl: "not a url" }, { field: "baseUrl", code: "urlInvalid", detail: "" }],
	[{ baseUrl: "one.example/v1" }, { field: "baseUrl", code: "urlNoScheme", detail: "https://one.example/v1" }],
	[{ baseUrl: "ftp://one.example" }, { field: "baseUrl", code: "urlScheme", detail: "ftp" }],
	[{ baseUrl: "https://me:secret@one.example" }, { field: "baseUrl", code: "urlUserInfo", detail: "" }],
	[{ baseUrl: "http://one.example:81/v1" }, { field: "baseUrl", code: "urlPlainHttp", detail: "one.example:81" }],
	[{ apiKey: "" }, { field: "apiKey", code: "keyEmpty", detail: "" }],
	[{ apiKey: " \n" }, { field: "apiKey", code: "keyEmpty", detail: "" }],
	[{ apiKey: "Bearer " }, { field: "apiKey", code: "keyEmpty", detail: "" }],
	[{ apiKey: "sk-1\nsk-2" }, { field: "apiKey", code: "keyInvalid", detail: "" }],
	[{ apiKey: "sk-“1”" }, { field: "apiKey", code: "keyInvalid", detail: "" }],
	[{ apiKey: "sk-\u00e9" }, { field: "apiKey", code: "keyInvalid", detail: "" }],
	[{ apiKey: 12 }, { field: "apiKey", code: "keyInvalid", detail: "" }],
	[{ maxConcurrent: 0 }, { field: "maxConcurrent", code: "maxConcurrentInvalid", detail: "" }],
	[{ maxConcurrent: -1 }, { field: "maxConcurrent", code: "maxConcurrentInvalid", detail: "" }],
	[{ maxConcurrent: 1.5 }, { field: "maxConcurrent", code: "maxConcurrentInvalid", detail: "" }],
	[{ maxConcurrent: "many" }, { field: "maxConcurrent", code: "maxConcurrentInvalid", detail: "" }],
	[{ maxConcurrent: true }, { field: "maxConcurrent", code: "maxConcurrentInvalid", detail: "" }],
	[{ outboundProxy: 1 }, { field: "outboundProxy", code: "proxyInvalid", detail: "" }],
	[{ outboundProxy: "proxy.example:8080" }, { field: "outboundProxy", code: "proxyInvalid", detail: "" }],
	[{ outboundProxy: "ftp://proxy.example" }, { field: "outboundProxy", code: "proxyInvalid", detail: "" }],
	[{ outboundProxy: "socks4://proxy.example" }, { field: "outboundProxy", code: "proxyInvalid", detail: "" }],
	[{ outboundProxy: "http://proxy.example/path" }, { field: "outboundProxy", code: "proxyInvalid", detail: "" }],
	[{ outboundProxy: "http://proxy.example:0" }, { field: "outboundProxy", code: "proxyInvalid", detail: "" }],
	[{ outboundProxy: "http://u:secret@proxy.example" }, { field: "outboundProxy", code: "proxyUserInfo", detail: "" }],
	[{ outboundProxy: "socks5://u@proxy.example" }, { field: "outboundProxy", code: "proxyUserInfo", detail: "" }],
	[{ priority: "high" }, { field: "priority", code: "priorityInvalid", detail: "" }],
	[{ priority: "1.5" }, { field: "priority", code: "priorityInvalid", detail: "" }],
	[{ priority: "0x10" }, { field: "priority", code: "priorityInvalid", detail: "" }],
	[{ priority: 1.5 }, { field: "priority", code: "priorityInvalid", detail: "" }],
	[{ priority: Number.NaN }, { field: "priority", code: "priorityInvalid", detail: "" }],
	[{ priority: true }, { field: "priority", code: "priorityInvalid", detail: "" }],
	[{ priority: [] }, { field: "priority", code: "priorityInvalid", detail: "" }],
	[{ auth: "basic" }, { field: "auth", code: "authUnknown", detail: "" }],
	[{ enabled: "yes" }, { field: "enabled", code: "enabledInvalid", detail: "" }],
];

describe("readRelayInput", () => {
	it("fills in what was left out: codex, all models, priority 0, enabled", () => {
		assert.deepEqual(inputOf(least), {
			label: "One",
			format: "codex",
			baseUrl: "https://one.example/v1",
			apiKey: "sk-one",
			allowedModels: null,
			modelMap: {},
			priority: 0,
			headers: {},
			auth: null,
			maxConcurrent: null,
			outboundProxy: null,
			enabled: true,
		});
	});
	it("reads every field", () => {
		const value = {
			label: " Büro/2 ",
			format: "gemini",
			baseUrl: "https://g.example/v1beta/models",
			apiKey: " AIza-1 ",
			allowedModels: ["gemini-*", " *flash ", "gemini-*"],
			modelMap: { fast: "gemini-3-flash" },
			priority: " -3 ",
			headers: { "HTTP-Referer": " https://me.example " },
			auth: "bearer",
			maxConcurrent: " 3 ",
			outboundProxy: " HTTP://Proxy.Example:3128/ ",
			enabled: false,
			somethingElse: 1,
		};
		assert.deepEqual(inputOf(value), {
			label: "Büro/2",
			format: "gemini",
			baseUrl: "https://g.example/v1beta",
			apiKey: "AIza-1",
			allowedModels: ["gemini-*", "*flash"],
			modelMap: { fast: "gemini-3-flash" },
			priority: -3,
			headers: { "HTTP-Referer": "https://me.example" },
			auth: "bearer",
			maxConcurrent: 3,
			outboundProxy: "http://proxy.example:3128",
			enabled: false,
		});
	});
	for (const [typed, read] of [
		["", null],
		[null, null],
		["Direct", "direct"],
		["https://proxy.example", "https://proxy.example"],
		["socks5://Proxy.Example:1080", "socks5://proxy.example:1080"],
		["http://[::1]:8080", "http://[::1]:8080"],
	] as const) {
		it(`reads the outbound proxy ${JSON.stringify(typed)} as ${JSON.stringify(read)}`, () => {
			assert.equal(inputOf({ ...least, outboundProxy: typed }).outboundProxy, read);
		});
	}
	for (const [fields, problem] of refused) {
		it(`refuses ${JSON.stringify(fields)} with ${problem.code}`, () => {
			assert.deepEqual(problemsOf({ ...least, ...fields }), [problem]);
		});
	}
	it("tells the problems of all fields at once", () => {
		const codes = problemsOf({
			label: "",
			format: "soap",
			baseUrl: "one.example",
			apiKey: "",
			allowedModels: ["a b", ""],
			modelMap: { a: 1 },
			priority: "x",
			headers: { Host: "x", "X-Api-Key": "y" },
			auth: "basic",
			enabled: 1,
		}).map(({ code }) => code);
		assert.deepEqual(codes, [
			"labelEmpty",
			"formatUnknown",
			"urlNoScheme",
			"keyEmpty",
			"modelPattern",
			"modelPattern",
			"modelMapInvalid",
			"priorityInvalid",
			"headerReserved",
			"headerCredential",
			"authUnknown",
			"enabledInvalid",
		]);
	});
	it("never repeats a key in a problem, whichever field it was put in", () => {
		const key = "Bearer sk-secret0123456789abcdef0123456789";
		const given: readonly unknown[] = [
			{ apiKey: `${key}\nmore` },
			...["format", "baseUrl", "apiKey", "allowedModels", "modelMap", "priority", "headers", "auth", "enabled"]
				.filter((field) => field !== "apiKey")
				.flatMap((field) => [{ [field]: key }, { [field]: [key] }, { [field]: { [key]: key } }]),
			{ baseUrl: "sk-secret0123456789abcdef0123456789" },
			{ baseUrl: "sk-secret0123456789:abcdef" },
			{ headers: { "x-token": key } },
			{ headers: { [`Authorization: ${key}`]: "" } },
			{ modelMap: { gpt: key } },
			{ type: key },
		];
		for (const fields of given) {
			const problems = problemsOf({ ...least, ...(fields as object) });
			assert.ok(problems.length > 0, JSON.stringify(fields));
			assert.ok(!JSON.stringify(problems).includes("secret"), JSON.stringify(problems));
		}
	});
	it("refuses what is no object, a native account and an unknown type as a whole", () => {
		for (const value of [null, undefined, "text", 3, [least]]) {
			assert.deepEqual(problemsOf(value), [{ field: "entry", code: "entryInvalid", detail: "" }]);
		}
		assert.deepEqual(problemsOf({ ...least, type: "native" }), [{ field: "entry", code: "notRelay", detail: "" }]);
		assert.deepEqual(problemsOf({ ...least, type: "odd" }), [{ field: "entry", code: "entryInvalid", detail: "" }]);
		assert.deepEqual(problemsOf({ ...least, type: "relay" }), []);
	});
	it("takes an empty key as keeping the saved one when editing", () => {
		const editing: InputContext = { takenLabels: [], key: "keepIfEmpty" };
		for (const apiKey of ["", "  ", null, undefined]) assert.equal(inputOf({ ...least, apiKey }, editing).apiKey, null);
		assert.equal(inputOf(least, editing).apiKey, "sk-one");
	});
	it("takes the key out of a whole Authorization value", () => {
		assert.equal(inputOf({ ...least, apiKey: "Bearer  sk-one" }).apiKey, "sk-one");
		assert.equal(inputOf({ ...least, apiKey: "bearer-of-news" }).apiKey, "bearer-of-news");
	});
	it("takes http on a foreign host with an explicit yes, or when it was agreed to for this host", () => {
		const http = { ...least, baseUrl: "http://one.example" };
		assert.equal(inputOf({ ...http, allowPlainHttp: true }).baseUrl, "http://one.example/v1");
		assert.equal(inputOf(http, { ...adding, savedBaseUrl: "http://one.example/v1" }).baseUrl, "http://one.example/v1");
		const elsewhere = [{ savedBaseUrl: "https://one.example/v1" }, { savedBaseUrl: "http://two.example/v1" }];
		for (const saved of elsewhere) {
			assert.deepEqual(
				problemsOf(http, { ...adding, ...saved }).map(({ code }) => code),
				["urlPlainHttp"],
			);
		}
		assert.equal(problemsOf({ ...http, allowPlainHttp: "true" }).length, 1);
	});
	it("counts a label in characters, and compares it composed", () => {
		assert.equal(inputOf({ ...least, label: "😀".repeat(60) }).label, "😀".repeat(60));
		const composed: InputContext = { takenLabels: ["B\u00fcro"], key: "required" };
		assert.deepEqual(
			problemsOf({ ...least, label: "bu\u0308ro" }, composed).map(({ code }) => code),
			["labelTaken"],
		);
	});
	it("reads nothing given as the default", () => {
		const nothing = {
			format: null,
			allowedModels: [],
			modelMap: null,
			priority: "",
			headers: null,
			auth: "",
			enabled: null,
		};
		assert.deepEqual(inputOf({ ...least, ...nothing }), inputOf(least));
	});
});
