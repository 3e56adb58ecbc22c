import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { callbackPage, pageHeaders } from "../../../src/native/callbackPage.ts";

describe("the page after signing in", () => {
	it("shows its text as text", () => {
		const html = callbackPage({ title: `<b>"A" & 'b'</b>`, detail: "<script>alert(1)</script>" }, `en"><script>`);
		assert.doesNotMatch(html, /<script|<b>/);
		assert.match(html, /&#60;script&#62;alert\(1\)&#60;\/script&#62;/);
	});

	it("says its language and both colour schemes", () => {
		const html = callbackPage({ title: "已登录", detail: "" }, "zh-cn");
		assert.match(html, /<html lang="zh-cn">/);
		assert.match(html, /prefers-color-scheme:dark/);
	});

	it("may load nothing but its own style", () => {
		const html = callbackPage({ title: "", detail: "" }, "en");
		const style = /<style>(.*)<\/style>/s.exec(html)?.[1] ?? "";
		const hash = createHash("sha256").update(style).digest("base64");
		assert.match(pageHeaders["content-security-policy"] ?? "", /^default-src 'none'; /);
		assert.ok(pageHeaders["content-security-policy"]?.includes(`style-src 'sha256-${hash}';`));
		assert.doesNotMatch(html, /https?:|src=/);
	});
});
