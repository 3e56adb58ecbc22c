import assert from "node:assert/strict";
import { readOutboundProxy, withoutLogin } from "../../../src/accounts/outboundProxyRules.ts";

describe("an account's own proxy", () => {
	it("is a URL without a login, or direct, or nothing", () => {
		for (const [typed, read] of [
			["", null],
			[" Direct ", "direct"],
			["http://Proxy.example:8080/", "http://proxy.example:8080"],
			["socks5h://[::1]:1080", "socks5h://[::1]:1080"],
		] as const) {
			assert.deepEqual(readOutboundProxy(typed), { ok: true, value: read });
		}
		for (const typed of [
			"proxy.example",
			"ftp://proxy.example",
			"http://u:p@proxy.example",
			"http://proxy.example/x",
			1,
		]) {
			assert.equal(readOutboundProxy(typed).ok, false, String(typed));
		}
	});

	it("is shown without the login that a file edited by hand may hold, however it is written", () => {
		for (const [held, shown] of [
			["http://proxy.example:8080", "http://proxy.example:8080"],
			["direct", "direct"],
			["http://me:secret@proxy.example:8080", "http://proxy.example:8080"],
			["me:secret@proxy.example:8080", "proxy.example:8080"],
			["socks5://me:secret@proxy.example:port", "socks5://proxy.example:port"],
			["http://me:se@cret@proxy.example", "http://proxy.example"],
			["http:me:secret@proxy.example", "proxy.example"],
			["http://me:se/cret@proxy.example", "http://proxy.example"],
		] as const) {
			assert.equal(withoutLogin(held), shown);
		}
		assert.equal(withoutLogin(null), null);
	});
});
