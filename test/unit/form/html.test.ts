import assert from "node:assert/strict";
import { relayFormHtml } from "../../../src/vscode/relayFormHtml.ts";

const frame = {
	scriptUri: "https://files.example/relayForm.js?a=1&b=2",
	styleUri: "https://files.example/relayForm.css",
	cspSource: "https://files.example",
	nonce: "bm9uY2U+/w==",
	language: "en",
};

describe("skeleton of the relay form's page", () => {
	const html = relayFormHtml(frame);
	const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";

	it("allows one script by its nonce, one source of style sheets and nothing else", () => {
		const rules = policy.split("; ").map((rule) => rule.split(" ")[0]);
		assert.deepEqual(rules, ["default-src", "script-src", "style-src", "form-action", "base-uri"]);
		assert.match(policy, /^default-src 'none'; script-src 'nonce-bm9uY2U\+\/w=='; style-src https:\/\/files\.example /);
		assert.doesNotMatch(policy, /unsafe/);
		assert.match(html, /<script nonce="bm9uY2U\+\/w==" src="https:\/\/files\.example\/relayForm\.js\?a=1&amp;b=2">/);
	});

	it("has no inline script, style or handler", () => {
		assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|javascript:/);
		assert.equal(html.match(/<script/g)?.length, 1);
	});

	it("cannot be broken out of", () => {
		assert.doesNotMatch(relayFormHtml({ ...frame, language: '"><script>' }), /"><script>/);
	});
});
