import assert from "node:assert/strict";
import "./vscodeHook.ts";
import type { FieldProblem, ProblemCode } from "../../../src/accounts/relayInput.ts";
import type { RelayFault, TestReport } from "../../../src/bridge/relayReports.ts";

const { problemText, problemsText } = await import("../../../src/vscode/problemText.ts");
const { faultText, testText } = await import("../../../src/vscode/faultText.ts");
const { importLines, importSummary } = await import("../../../src/vscode/importReport.ts");

/** A record, so that a code without a text in this list does not compile. */
const codes: Readonly<Record<ProblemCode, true>> = {
	labelEmpty: true,
	labelTaken: true,
	labelInvalid: true,
	urlEmpty: true,
	urlNoScheme: true,
	urlInvalid: true,
	urlScheme: true,
	urlUserInfo: true,
	urlPlainHttp: true,
	hostUnreachable: true,
	keyEmpty: true,
	keyInvalid: true,
	formatUnknown: true,
	modelsNoList: true,
	modelPattern: true,
	modelMapInvalid: true,
	priorityInvalid: true,
	headersInvalid: true,
	headerName: true,
	headerRepeated: true,
	headerValue: true,
	headerReserved: true,
	headerCredential: true,
	authUnknown: true,
	maxConcurrentInvalid: true,
	proxyInvalid: true,
	proxyUserInfo: true,
	enabledInvalid: true,
	entryInvalid: true,
	accountGone: true,
	notRelay: true,
};

const url = "https://api.example.com/v1/chat/completions";
const faults: readonly RelayFault[] = [
	{ kind: "dns", host: "api.example.com" },
	{ kind: "refused", host: "api.example.com:8080" },
	{ kind: "tls", host: "api.example.com", code: "CERT_HAS_EXPIRED" },
	{ kind: "timeout", url, seconds: 30 },
	{ kind: "network", url, code: "ECONNRESET" },
	{ kind: "outboundProxy", trouble: "unreachable", proxy: "proxy.example.com:8080", reason: "ECONNREFUSED" },
	{ kind: "outboundProxy", trouble: "passwordAsked", proxy: "proxy.example.com:8080", reason: "407" },
	{ kind: "outboundProxy", trouble: "refused", proxy: "proxy.example.com:8080", reason: "502" },
	{ kind: "outboundProxy", trouble: "unusable", proxy: "http.proxy", reason: "" },
	{ kind: "keyRefused", url, status: 401, message: "bad key" },
	{ kind: "wrongPath", url, status: 404, message: "" },
	{ kind: "html", url, status: 200 },
	{ kind: "redirect", url, status: 302, location: "https://other.example.com/" },
	{ kind: "otherFormat", url, status: 200 },
	{ kind: "modelRefused", model: "gpt-5", status: 403, message: "not in your plan" },
	{ kind: "modelNotAllowed", model: "gpt-5" },
	{ kind: "proxyRestarted" },
	{ kind: "status", url, status: 500, message: "oops" },
	{ kind: "noModel" },
	{ kind: "cancelled" },
];

describe("the words for a problem", () => {
	const sentences = Object.keys(codes).map((code) =>
		problemText({ field: "entry", code: code as ProblemCode, detail: "the-detail" }),
	);

	it("are different for each code, and complete", () => {
		assert.equal(new Set(sentences).size, sentences.length);
		for (const sentence of sentences) assert.match(sentence, /^[^{}]+[.?]$/);
	});

	it("name the offending piece", () => {
		const problem: FieldProblem = { field: "baseUrl", code: "urlNoScheme", detail: "https://api.example.com" };
		assert.match(problemText(problem), /https:\/\/api\.example\.com\?$/);
	});

	it("have a form without the offending piece, where there may be none", () => {
		const bare = (["modelPattern", "modelMapInvalid", "headerName"] as const).map((code) =>
			problemText({ field: "entry", code, detail: "" }),
		);
		assert.equal(new Set([...bare, ...sentences]).size, bare.length + sentences.length);
		for (const sentence of bare) assert.doesNotMatch(sentence, /“”|\s\s/);
	});

	it("carry no link out of an imported file", () => {
		const detail = "[x](command:workbench.action.quit)";
		assert.doesNotMatch(problemText({ field: "headers", code: "headerName", detail }), /\]\(/);
	});

	it("stand side by side when there are several", () => {
		const both: readonly FieldProblem[] = [
			{ field: "label", code: "labelEmpty", detail: "" },
			{ field: "apiKey", code: "keyEmpty", detail: "" },
		];
		assert.equal(problemsText(both), both.map(problemText).join(" "));
	});
});

describe("the words for a fault", () => {
	it("are different for each kind, and complete", () => {
		const sentences = faults.map(faultText);
		assert.equal(new Set(sentences).size, faults.length);
		for (const sentence of sentences) assert.doesNotMatch(sentence, /[{}]/);
	});

	it("name the URL that was tried, its status and what to do", () => {
		const text = faultText({ kind: "wrongPath", url, status: 404, message: "" });
		assert.ok(text.includes(url) && text.includes("404") && text.includes("Check"));
		assert.doesNotMatch(text, /relay says/);
	});

	it("quote the relay's own message on one line, without links", () => {
		const message = "key\nexpired [renew](command:x)";
		const text = faultText({ kind: "keyRefused", url, status: 401, message });
		assert.match(text, /401/);
		assert.match(text, /The relay says: “key expired \[renew\] \(command:x\)”$/);
	});

	it("give the reply's first words and its time when a test went well", () => {
		const report: TestReport = { kind: "ok", url, model: "gpt-5", firstWords: "Hello there", milliseconds: 412.6 };
		assert.equal(testText(report), "It works: gpt-5 answered in 413 ms: “Hello there”");
		assert.equal(testText({ ...report, firstWords: "" }), "It works: gpt-5 answered in 413 ms without text.");
	});
});

describe("the words for an import", () => {
	const refused = (label: string) =>
		({ label, outcome: "refused", problems: [{ field: "apiKey", code: "keyEmpty", detail: "" }] }) as const;

	it("count the entries and name the refused ones with the reason", () => {
		const summary = importSummary({
			entries: [
				{ label: "One", outcome: "added", problems: [] },
				{ label: "Two", outcome: "unchanged", problems: [] },
				refused("Three"),
			],
			fileProblem: null,
		});
		assert.match(
			summary,
			/^Accounts: 1 added, 0 updated, 1 unchanged, 1 refused\. Three was refused: Enter the API key/,
		);
	});

	it("leave what is too much for a message to the log", () => {
		const report = { entries: ["a", "b", "c", "d", ""].map(refused), fileProblem: null };
		assert.match(importSummary(report), /2 more in the log\.$/);
		assert.equal(importLines(report).length, 5);
		assert.equal(importLines(report)[4]?.level, "warn");
		assert.match(importLines(report)[4]?.text ?? "", /^Account without a label was refused/);
	});

	it("say what is wrong with the file as a whole", () => {
		const texts = (["notJson", "notAnExport", "unknownVersion"] as const).map((fileProblem) =>
			importSummary({ entries: [], fileProblem }),
		);
		assert.equal(new Set(texts).size, 3);
		assert.match(importSummary({ entries: [], fileProblem: null }), /no account/);
	});
});
