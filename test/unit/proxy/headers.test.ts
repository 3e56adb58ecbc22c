import assert from "node:assert/strict";
import type { RelayAccount } from "../../../src/accounts/account.ts";
import { replyHeaders, requestHeaders } from "../../../src/proxy/headers.ts";
import { relayAccount } from "../../support/relayAccount.ts";

function sent(
	client: readonly string[],
	account: Partial<RelayAccount> = {},
	dropped: readonly string[] = [],
): Map<string, string> {
	const flat = requestHeaders(client, { account: relayAccount(account), apiKey: "the-key" }, dropped);
	return new Map(
		Array.from({ length: flat.length / 2 }, (_, index) => [flat[index * 2] ?? "", flat[index * 2 + 1] ?? ""]),
	);
}

describe("headers to a relay", () => {
	it("leave out what belongs to the connection, the page and the local key", () => {
		const names = [
			"Connection",
			"Keep-Alive",
			"Proxy-Authorization",
			"Proxy-Connection",
			"TE",
			"Trailer",
			"Transfer-Encoding",
			"Upgrade",
			"Host",
			"Content-Length",
			"Expect",
			"Cookie",
			"Origin",
			"Referer",
			"Sec-Fetch-Mode",
			"sec-ch-ua",
			"Authorization",
			"X-Api-Key",
			"X-Goog-Api-Key",
		];
		const headers = sent(
			names.flatMap((name) => [name, name === "Connection" ? "close" : "client"]),
			{ format: "openai" },
		);
		assert.deepEqual([...headers], [["authorization", "Bearer the-key"]]);
	});

	it("leave out what Connection names", () => {
		const headers = sent(["Connection", "close, X-Secret-Hop", "X-Secret-Hop", "1", "X-Other", "2"]);
		assert.equal(headers.has("X-Secret-Hop"), false);
		assert.equal(headers.get("X-Other"), "2");
	});

	it("keep everything else as it was written, in its order", () => {
		const client = [
			"User-Agent",
			"cli/1",
			"anthropic-beta",
			"a,b",
			"X-Stainless-Lang",
			"js",
			"Accept-Encoding",
			"gzip, br",
			"OpenAI-Organization",
			"org",
		];
		const flat = requestHeaders(client, { account: relayAccount({ format: "openai" }), apiKey: "k" });
		assert.deepEqual(flat.slice(0, client.length), client);
	});

	it("carry the key as the format asks, or as the account says", () => {
		assert.equal(sent([], { format: "codex" }).get("authorization"), "Bearer the-key");
		assert.equal(sent([], { format: "anthropic" }).get("x-api-key"), "the-key");
		assert.equal(sent([], { format: "gemini" }).get("x-goog-api-key"), "the-key");
		assert.equal(sent([], { format: "anthropic", auth: "bearer" }).get("authorization"), "Bearer the-key");
		const azure = sent(["Api-Key", "the client's own"], { format: "openai", auth: "api-key" });
		assert.deepEqual([...azure], [["api-key", "the-key"]]);
	});

	it("carry a version for Anthropic where the client sent none, and the client's where it did", () => {
		assert.equal(sent([], { format: "anthropic" }).get("anthropic-version"), "2023-06-01");
		const own = sent(["Anthropic-Version", "2026-10-21"], { format: "anthropic" });
		assert.equal(own.get("Anthropic-Version"), "2026-10-21");
		assert.equal(own.has("anthropic-version"), false);
	});

	it("let the account's own headers take the place of the client's", () => {
		const headers = sent(["User-Agent", "cli", "x-title", "a"], { headers: { "user-agent": "relay" } });
		assert.equal(headers.has("User-Agent"), false);
		assert.equal(headers.get("user-agent"), "relay");
		assert.equal(headers.get("x-title"), "a");
	});

	it("lose the encoding of a body that went in clear", () => {
		assert.equal(sent(["Content-Encoding", "gzip"], {}, ["content-encoding"]).has("Content-Encoding"), false);
		assert.equal(sent(["Content-Encoding", "gzip"]).get("Content-Encoding"), "gzip");
	});
});

describe("headers to a client", () => {
	it("leave out what belongs to the relay's connection and host, and keep repeated ones", () => {
		const headers = replyHeaders([
			"Content-Type",
			"text/event-stream",
			"Transfer-Encoding",
			"chunked",
			"Connection",
			"keep-alive",
			"Set-Cookie",
			"a=1",
			"Alt-Svc",
			"h3",
			"X-Request-Id",
			"r1",
			"Link",
			"1",
			"Link",
			"2",
		]);
		assert.deepEqual(headers, ["Content-Type", "text/event-stream", "X-Request-Id", "r1", "Link", "1", "Link", "2"]);
	});
});
