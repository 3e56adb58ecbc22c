import assert from "node:assert/strict";
import "./vscodeHook.ts";
import type { AccountFacts } from "../../../src/vscode/accountItem.ts";
import { native, relay } from "./fixtures.ts";

const { accountItem, accountState } = await import("../../../src/vscode/accountItem.ts");
const { accountTooltip } = await import("../../../src/vscode/accountTooltip.ts");

const facts: AccountFacts = { hasKey: true, activity: undefined, proxy: { kind: "listening", port: 14680 } };
const formatTime = (at: number): string => `time ${at}`;

describe("an account in the tree", () => {
	it("shows its format and host", () => {
		const item = accountItem(relay({ baseUrl: "http://localhost:8080/v1", format: "anthropic" }), facts);
		assert.equal(item.label, "Work");
		assert.equal(item.description, "Anthropic · localhost:8080");
		assert.equal(item.contextValue, "relay");
		assert.equal(item.checked, true);
		assert.equal(item.accessibilityLabel, "Work, Anthropic, localhost:8080, ready");
	});

	it("says that its key is missing here, where the menu finds it", () => {
		const item = accountItem(relay(), { ...facts, hasKey: false });
		assert.equal(item.description, "key missing here · OpenAI · api.example.com");
		assert.match(item.contextValue, /^relay.*\bkeyMissing\b/);
	});

	it("says that it is disabled even when its key is missing too", () => {
		const item = accountItem(relay({ enabled: false }), { ...facts, hasKey: false });
		assert.equal(item.contextValue, "relay keyMissing disabled");
		assert.equal(item.checked, false);
		assert.match(item.accessibilityLabel, /disabled$/);
	});

	it("asks a ChatGPT login to sign in, without a checkbox", () => {
		const item = accountItem(native(), facts);
		assert.equal(item.description, "signing in is needed · home@example.com");
		assert.equal(item.contextValue, "native");
		assert.equal(item.checked, null);
	});

	it("warns when its last request failed, until one goes well", () => {
		const lastError = { at: 5, text: "500" };
		assert.equal(accountState(relay(), { ...facts, activity: { lastUsed: 5, lastError } }), "failedLast");
		assert.equal(accountState(relay(), { ...facts, activity: { lastUsed: 6, lastError } }), "ready");
	});

	it("rests while no proxy serves it", () => {
		assert.equal(accountState(relay(), { ...facts, proxy: { kind: "off" } }), "resting");
		assert.equal(accountState(relay(), { ...facts, proxy: { kind: "otherWindow", port: 1, localKey: "" } }), "ready");
	});
});

describe("an account's tooltip", () => {
	it("gives the URL called, models, priority and authentication", () => {
		const tooltip = accountTooltip(
			relay({ format: "gemini", baseUrl: "https://api.example.com/v1beta", allowedModels: ["gem-*"], priority: 3 }),
			facts,
			formatTime,
		);
		assert.match(tooltip, /`https:\/\/api\.example\.com\/v1beta\/models\/\{model\}:generateContent`/);
		assert.match(tooltip, /Models: `gem-\*`/);
		assert.match(tooltip, /Priority: 3/);
		assert.match(tooltip, /Authentication: `x-goog-api-key`/);
		assert.match(tooltip, /not yet in this window/);
		assert.match(tooltip, /port 14680/);
	});

	it("names extra headers without their values", () => {
		const tooltip = accountTooltip(relay({ headers: { "x-team": "blue" } }), facts, formatTime);
		assert.match(tooltip, /Extra headers: `x-team`/);
		assert.doesNotMatch(tooltip, /blue/);
	});

	it("cuts a long list of models", () => {
		const allowedModels = Array.from({ length: 20 }, (_, index) => `model-${index}`);
		assert.match(accountTooltip(relay({ allowedModels }), facts, formatTime), /`model-11` and 8 more/);
	});

	it("gives the last use and the last error in words", () => {
		const activity = { lastUsed: 7, lastError: { at: 7, text: "status 500" } };
		const tooltip = accountTooltip(relay(), { ...facts, activity }, formatTime);
		assert.match(tooltip, /Last used: time 7/);
		assert.match(tooltip, /Last error: time 7: status 500/);
	});

	it("leaves no markup of what an account or a relay says", () => {
		const hostile = "<b>[x](command:y)`*";
		const tooltip = accountTooltip(
			relay({ label: hostile, allowedModels: [hostile], headers: { [hostile]: "1" } }),
			{ ...facts, activity: { lastUsed: 1, lastError: { at: 1, text: hostile } } },
			formatTime,
		);
		assert.doesNotMatch(tooltip, /\]\(/);
		assert.doesNotMatch(tooltip.replaceAll(/(`+).*?\1(?!`)/g, ""), /(?<!\\)[<[]/);
	});
});
