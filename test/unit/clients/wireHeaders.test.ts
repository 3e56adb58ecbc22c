import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { type ProxyUnderTest, relayAt, startProxy } from "../../support/proxyUnderTest.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";
import { clientHeaders, plainRequests, rawExchange, send } from "../../support/wire.ts";

const relayKey = "the-relays-own-key";

/** Where each format's key stands when a relay is called as the format asks. */
const keyPlaces: Readonly<Record<Format, readonly [name: string, value: string]>> = {
	openai: ["authorization", `Bearer ${relayKey}`],
	codex: ["authorization", `Bearer ${relayKey}`],
	anthropic: ["x-api-key", relayKey],
	gemini: ["x-goog-api-key", relayKey],
};

describe("headers through the proxy", () => {
	let upstream: Upstream;
	let proxy: ProxyUnderTest;
	before(async () => {
		upstream = await startUpstream((_, response) => {
			response.writeHead(200, "Fine", [
				...[
					"content-type",
					"application/json",
					"x-request-id",
					"req_1",
					"X-Cased-Name",
					"Kept As Is",
					"x-name",
					"café",
				],
				...["connection", "keep-alive, x-per-hop", "keep-alive", "timeout=9", "x-per-hop", "1", "trailer", "x-late"],
				...["proxy-authenticate", "Basic", "set-cookie", "a=1", "set-cookie", "b=2", "alt-svc", 'h3=":443"'],
				...["x-ratelimit-remaining-requests", "9", "retry-after-ms", "5", "anthropic-organization-id", "org"],
			]);
			response.end("{}");
		});
		proxy = await startProxy(
			formats.map((format) => ({
				account: relayAt(format, `${upstream.origin}${format === "gemini" ? "/v1beta" : "/v1"}`),
				apiKey: relayKey,
			})),
		);
	});
	after(async () => {
		await proxy.close();
		await upstream.close();
	});
	const post = async (format: Format, headers: Record<string, string>, query = "") => {
		const { path, body } = plainRequests[format];
		const all = { "content-type": "application/json", ...headers };
		const reply = await send(proxy.origin + path + query, { headers: all, body });
		assert.equal(reply.status, 200, reply.text);
		const sent = upstream.requests.at(-1);
		assert.ok(sent);
		return { reply, sent };
	};

	for (const format of formats) {
		it(`give a ${format} relay its own key in the place that its format asks for`, async () => {
			const { sent } = await post(format, { authorization: `Bearer ${proxy.localKey}` });
			const [name, value] = keyPlaces[format];
			assert.equal(sent.headers[name], value);
			const keys = sent.rawHeaders.filter(([, sentValue]) => sentValue.includes(relayKey));
			assert.equal(keys.length, 1);
		});

		const places: Readonly<Record<string, (key: string) => readonly [Record<string, string>, string]>> = {
			"Authorization: Bearer": (key) => [{ authorization: `Bearer ${key}` }, ""],
			"x-api-key": (key) => [{ "x-api-key": key }, ""],
			"x-goog-api-key": (key) => [{ "x-goog-api-key": key }, ""],
			"?key=": (key) => [{}, `?key=${key}`],
		};
		for (const [place, put] of Object.entries(places)) {
			it(`never forward the local key that a ${format} client sends as ${place}`, async () => {
				const { sent } = await post(format, ...put(proxy.localKey));
				const everything = [sent.url, ...sent.rawHeaders.flat(), sent.body.toString()].join("\n");
				assert.ok(!everything.includes(proxy.localKey));
				assert.ok(!everything.includes("key="));
			});
		}
	}

	it("never forward a key in any place when the local key stands in several", async () => {
		const { sent } = await post(
			"openai",
			{ authorization: `Bearer ${proxy.localKey}`, "x-api-key": "someone-elses", "x-goog-api-key": proxy.localKey },
			`?key=${proxy.localKey}`,
		);
		assert.equal(sent.headers["x-api-key"], undefined);
		assert.equal(sent.headers["x-goog-api-key"], undefined);
		assert.equal(sent.headers.authorization, `Bearer ${relayKey}`);
		assert.equal(sent.url, "/v1/chat/completions");
	});

	it("lose ?key= from the query and nothing else", async () => {
		const { sent } = await post("gemini", {}, `?alt=json&key=${proxy.localKey}&b=%20%7e+x&&monkey=1&keys`);
		assert.equal(sent.url, "/v1beta/models/demo-gemini-large:generateContent?alt=json&b=%20%7e+x&&monkey=1&keys");
	});

	it("keep what the client says about itself and its request", async () => {
		const kept = {
			"user-agent": "Some-Client/1.2 (test)",
			accept: "text/event-stream, */*;q=0.1",
			"accept-encoding": "br;q=0.9, zstd",
			"accept-language": "en-GB",
			"anthropic-beta": "one,two",
			"anthropic-version": "2026-10-21",
			"openai-beta": "responses=v1",
			"x-stainless-lang": "js",
			"x-stainless-retry-count": "0",
			"x-claude-code-session-id": "s-1",
			"session-id": "s-2",
			originator: "codex_cli_rs",
			traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
			"x-odd-value": "tab\there",
			"x-name": "café",
		};
		const { sent } = await post("anthropic", { authorization: `Bearer ${proxy.localKey}`, ...kept });
		for (const [name, value] of Object.entries(kept)) assert.equal(sent.headers[name], value, name);
	});

	it("keep a content type with its parameters", async () => {
		const { sent } = await post(
			"openai",
			clientHeaders(proxy.localKey, { "content-type": "application/json; charset=utf-8" }),
		);
		assert.equal(sent.headers["content-type"], "application/json; charset=utf-8");
	});

	it("lose what is about the connection, a browser or a cookie jar", async () => {
		const { path, body } = plainRequests.openai;
		const lost = {
			"x-per-hop": "1",
			"keep-alive": "timeout=5",
			"proxy-authorization": "Basic eDp5",
			"proxy-connection": "keep-alive",
			te: "trailers",
			cookie: "session=1",
			referer: "http://127.0.0.1/page",
			"sec-fetch-mode": "cors",
			"sec-ch-ua": '"Chromium"',
		};
		const lines = Object.entries({ ...clientHeaders(proxy.localKey), ...lost }).map(
			([name, value]) => `${name}: ${value}`,
		);
		const reply = await rawExchange(
			proxy.port,
			[
				`POST ${path} HTTP/1.1`,
				`host: 127.0.0.1:${proxy.port}`,
				"connection: close, x-per-hop",
				`content-length: ${body.length}`,
				...lines,
				"",
				body,
			].join("\r\n"),
		);
		assert.match(reply, /^HTTP\/1\.1 200 /);
		const sent = upstream.requests.at(-1);
		for (const name of Object.keys(lost)) assert.equal(sent?.headers[name], undefined, name);
		assert.equal(sent?.headers.host, upstream.origin.slice("http://".length));
	});

	it("add nothing of their own where the client sent little", async () => {
		const { sent } = await post("openai", { authorization: `Bearer ${proxy.localKey}` });
		assert.deepEqual(Object.keys(sent.headers).sort(), [
			"authorization",
			"connection",
			"content-length",
			"content-type",
			"host",
		]);
	});

	it("add the version that Anthropic requires where the client sent none", async () => {
		const { sent } = await post("anthropic", { "x-api-key": proxy.localKey });
		assert.equal(sent.headers["anthropic-version"], "2023-06-01");
	});

	it("come back as the relay sent them, but for the connection's, cookies and alt-svc", async () => {
		const { reply } = await post("openai", { authorization: `Bearer ${proxy.localKey}` });
		assert.equal(reply.headers["x-request-id"], "req_1");
		assert.equal(reply.headers["x-cased-name"], "Kept As Is");
		assert.equal(reply.headers["x-name"], "café");
		assert.equal(reply.headers["x-ratelimit-remaining-requests"], "9");
		assert.equal(reply.headers["anthropic-organization-id"], "org");
		for (const name of ["set-cookie", "alt-svc", "x-per-hop", "proxy-authenticate", "trailer"]) {
			assert.equal(reply.headers[name], undefined, name);
		}
		assert.ok(!String(reply.headers["keep-alive"]).includes("timeout=9"));
	});

	it("carry the account's extra headers and its chosen auth style", async () => {
		const own = await startProxy([
			{
				account: relayAt("openai", `${upstream.origin}/v1`, {
					auth: "api-key",
					headers: { "x-title": "mine", "user-agent": "Replaced/1" },
				}),
				apiKey: relayKey,
			},
		]);
		try {
			const { path, body } = plainRequests.openai;
			await send(own.origin + path, { headers: clientHeaders(own.localKey, { "user-agent": "Client/1" }), body });
			const sent = upstream.requests.at(-1);
			assert.equal(sent?.headers["api-key"], relayKey);
			assert.equal(sent?.headers.authorization, undefined);
			assert.equal(sent?.headers["x-title"], "mine");
			assert.equal(sent?.headers["user-agent"], "Replaced/1");
		} finally {
			await own.close();
		}
	});
});
