import assert from "node:assert/strict";
import "./vscodeHook.ts";
import type { AuthFailure } from "../../../src/native/login.ts";
import type { LoginRefusal } from "../../../src/native/loginSpellings.ts";
import type { LoginFileProblem } from "../../../src/native/loginTransfer.ts";

const { authFailureText, nextStepsAfter } = await import("../../../src/vscode/authFailureText.ts");
const { loginFileProblemText, loginImportSummary, loginOutcomeText, loginRefusalText } = await import(
	"../../../src/vscode/loginImportReport.ts"
);
const { planText } = await import("../../../src/vscode/quotaText.ts");

type Failure = Exclude<AuthFailure, { readonly kind: "cancelled" }>;

/** A record, so that a failure without words in this list does not compile. */
const failures: Readonly<Record<Failure["kind"], Failure>> = {
	timedOut: { kind: "timedOut" },
	denied: { kind: "denied", code: "access_denied", description: "The person said no." },
	spent: { kind: "spent", code: "invalid_grant", description: "" },
	deactivated: { kind: "deactivated", description: "Your account was closed." },
	notSent: { kind: "notSent", host: "auth.openai.com", code: "ENOTFOUND" },
	brokenOff: { kind: "brokenOff", host: "auth.openai.com", code: "ECONNRESET" },
	unavailable: { kind: "unavailable", status: 503, seconds: 2.5, detail: "" },
	wrongCallback: { kind: "wrongCallback", detail: "" },
};
const all = Object.values(failures);

describe("the words for a sign-in that did not work", () => {
	it("are its own for each failure, with a step that leads on", () => {
		const words = all.map(authFailureText);
		assert.equal(new Set(words).size, all.length);
		for (const failure of all) assert.ok(nextStepsAfter(failure, "browser").length > 0, failure.kind);
	});

	it("lead from a device code to the browser, and the other way round", () => {
		assert.deepEqual(nextStepsAfter(failures.denied, "browser"), ["tryAgain", "deviceCode"]);
		assert.deepEqual(nextStepsAfter(failures.denied, "device"), ["tryAgain", "browser"]);
		for (const failure of all) assert.ok(!nextStepsAfter(failure, "device").includes("deviceCode"), failure.kind);
	});

	it("pass on what the server says, else its code", () => {
		assert.match(authFailureText(failures.denied), /ChatGPT says: “The person said no\.”$/);
		assert.match(authFailureText(failures.spent), /ChatGPT says: “invalid_grant”$/);
		assert.doesNotMatch(authFailureText({ kind: "deactivated", description: "" }), /says/);
	});

	it("name the host and the code of a network that failed", () => {
		for (const failure of [failures.notSent, failures.brokenOff]) {
			assert.match(authFailureText(failure), /auth\.openai\.com.+(?:ENOTFOUND|ECONNRESET)/);
		}
	});

	it("say how long the server asks to wait, and that an answer could not be read", () => {
		assert.match(authFailureText(failures.unavailable), /status 503.+3 seconds/);
		const unreadable = { kind: "unavailable", status: null, seconds: null, detail: "" } as const;
		assert.match(authFailureText(unreadable), /cannot be read/);
	});

	it("leave no link of what a server says", () => {
		const description = "[click](command:workbench.action.quit)";
		for (const kind of ["denied", "spent"] as const) {
			assert.doesNotMatch(authFailureText({ kind, code: "", description }), /\]\(/);
		}
		assert.doesNotMatch(authFailureText({ kind: "deactivated", description }), /\]\(/);
		assert.doesNotMatch(
			authFailureText({ kind: "unavailable", status: 500, seconds: null, detail: description }),
			/\]\(/,
		);
	});
});

const refusals: Readonly<Record<LoginRefusal, true>> = {
	...{ noToken: true, notJson: true, invalid: true, unreadable: true, expired: true, duplicate: true },
	...{ relay: true, otherService: true },
};
const fileProblems: Readonly<Record<LoginFileProblem, true>> = {
	...{ empty: true, notJson: true, noLogins: true, newerVersion: true, tooMany: true },
};

describe("the words for an import of logins", () => {
	it("are their own for each reason and each file that cannot be read", () => {
		const codes = Object.keys(refusals).filter((code): code is LoginRefusal => code in refusals);
		assert.equal(new Set(codes.map(loginRefusalText)).size, codes.length);
		const problems = Object.keys(fileProblems).filter((code): code is LoginFileProblem => code in fileProblems);
		assert.equal(new Set(problems.map(loginFileProblemText)).size, problems.length);
	});

	it("count how many fared how, and name the first that were refused", () => {
		const left = ["A", "B", "C", "D"].map((label) => ({ kind: "left", label, code: "expired" }) as const);
		const text = loginImportSummary([
			{ kind: "added", label: "Home" },
			{ kind: "renewed", label: "Work" },
			{ kind: "unchanged", label: "Same" },
			{ kind: "repeated", label: "Same" },
			...left,
		]);
		assert.match(text, /^ChatGPT logins: 1 added, 1 updated, 2 unchanged, 4 refused\. A was refused: It has ended/);
		assert.match(text, /C was refused.+1 more in the log\.$/);
		assert.doesNotMatch(text, /D was/);
	});

	it("name a login that has no name", () => {
		assert.match(loginOutcomeText({ kind: "left", label: "", code: "noToken" }), /^Login without a name was refused/);
	});
});

describe("the name of a plan", () => {
	it("is written for people, whatever the backend calls it", () => {
		assert.equal(planText("plus"), "Plus");
		assert.equal(planText("free_workspace"), "Free workspace");
		assert.equal(planText(""), "");
	});
});
