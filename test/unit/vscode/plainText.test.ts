import assert from "node:assert/strict";
import { codeSpan, escapeMarkdown } from "../../../src/vscode/markdown.ts";
import { errorText, pickText, plainText } from "../../../src/vscode/plainText.ts";

describe("plain text", () => {
	it("makes one line of many, without control and direction characters", () => {
		assert.equal(plainText(" a\r\n\tb\u0000c\u2028d\u202ee "), "a b c d e");
		for (const mark of "\u061c\u200e\u200f\u202a\u2069") assert.equal(plainText(`a${mark}b`), "a b");
	});

	it("leaves no link that could run a command", () => {
		assert.doesNotMatch(plainText("[ok](command:workbench.action.quit)"), /\]\(/);
	});

	it("cuts long text by whole characters", () => {
		assert.equal(plainText("😀😀😀😀", 3), "😀😀…");
		assert.equal(plainText("😀😀😀", 3), "😀😀😀");
	});

	it("leaves no icon in the label of a quick pick", () => {
		assert.equal(pickText("$(trash) x"), "\\$(trash) x");
	});

	it("takes the message of an error, and the text of anything else", () => {
		assert.equal(errorText(new Error("no\nroom")), "no room");
		assert.equal(errorText(42), "42");
	});
});

describe("foreign text in Markdown", () => {
	it("escapes every mark", () => {
		assert.equal(escapeMarkdown("**b** <i> `c` $(x)"), "\\*\\*b\\*\\* \\<i\\> \\`c\\` \\$\\(x\\)");
	});

	it("leaves no link, image or bare address", () => {
		assert.doesNotMatch(escapeMarkdown("![x](https://e.com) [y](command:z)"), /(?<!\\)[[\]()!:]/);
	});

	it("keeps words, digits and other scripts as they are", () => {
		assert.equal(escapeMarkdown("Büro 2 中文"), "Büro 2 中文");
	});

	it("closes backticks into a longer fence", () => {
		assert.equal(codeSpan("a"), "`a`");
		assert.equal(codeSpan("a``b"), "```a``b```");
		assert.equal(codeSpan("`a"), "`` `a ``");
		assert.equal(codeSpan("  "), "");
	});
});
