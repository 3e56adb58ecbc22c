import assert from "node:assert/strict";
import { formats } from "../../../src/accounts/account.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoRelays, type ProxyUnderTest, startProxy } from "../../support/proxyUnderTest.ts";
import { clientHeaders, errorWord, plainRequests, rawExchange, send, type WireReply } from "../../support/wire.ts";

const allowed = "https://app.example";
const { path, body } = plainRequests.openai;

function corsHeaders({ headers }: WireReply): readonly string[] {
	return Object.keys(headers).filter((name) => name.startsWith("access-control-"));
}

describe("the guard at the local port", () => {
	let relay: DemoRelay;
	let proxy: ProxyUnderTest;
	before(async () => {
		relay = await startDemoRelay();
		proxy = await startProxy(demoRelays(relay.origin), { allowedOrigins: [allowed], bodyLimit: 1024 * 1024 });
	});
	after(async () => {
		await proxy.close();
		await relay.close();
	});
	const post = (headers: Record<string, string>, sent: string | Buffer = body) =>
		send(proxy.origin + path, { headers, body: sent });

	/** Runs a request and makes sure that the relay never heard of it. */
	const keptOut = async (run: () => Promise<WireReply>): Promise<WireReply> => {
		const before = relay.requests.length;
		const reply = await run();
		assert.equal(relay.requests.length, before);
		return reply;
	};

	describe("Host", () => {
		for (const host of ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", "127.0.0.1.nip.io"]) {
			it(`refuses ${host}, the right key notwithstanding`, async () => {
				const reply = await keptOut(() => post(clientHeaders(proxy.localKey, { host })));
				assert.equal(reply.status, 403);
			});
		}

		for (const name of ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"]) {
			it(`takes ${name} with its own port`, async () => {
				const reply = await post(clientHeaders(proxy.localKey, { host: `${name}:${proxy.port}` }));
				assert.equal(reply.status, 200);
			});
		}

		it("refuses a second Host and a target that names another host", async () => {
			const own = `host: 127.0.0.1:${proxy.port}\r\n`;
			const rest = `authorization: Bearer ${proxy.localKey}\r\nconnection: close\r\n\r\n`;
			assert.match(
				await rawExchange(proxy.port, `GET /v1/models HTTP/1.1\r\n${own}host: evil.example\r\n${rest}`),
				/^HTTP\/1\.1 4\d\d /,
			);
			assert.match(
				await rawExchange(proxy.port, `GET http://evil.example/v1/models HTTP/1.1\r\n${own}${rest}`),
				/^HTTP\/1\.1 4\d\d /,
			);
		});

		it("is judged before the key and on every path", async () => {
			const reply = await send(`${proxy.origin}/health`, { method: "GET", headers: { host: "evil.example" } });
			assert.equal(reply.status, 403);
		});
	});

	describe("Origin", () => {
		for (const origin of [
			"https://evil.example",
			"null",
			"http://localhost:3000",
			"https://app.example.evil.example",
		]) {
			it(`refuses ${origin} without a CORS header, the right key notwithstanding`, async () => {
				const reply = await keptOut(() => post(clientHeaders(proxy.localKey, { origin })));
				assert.equal(reply.status, 403);
				assert.deepEqual(corsHeaders(reply), []);
			});
		}

		it("refuses a foreign preflight without a CORS header", async () => {
			const reply = await send(proxy.origin + path, {
				method: "OPTIONS",
				headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
			});
			assert.equal(reply.status, 403);
			assert.deepEqual(corsHeaders(reply), []);
		});

		it("refuses its own address as an origin", async () => {
			const reply = await keptOut(() => post(clientHeaders(proxy.localKey, { origin: proxy.origin })));
			assert.equal(reply.status, 403);
		});

		it("answers the preflight of an origin that is allowed, for that origin only", async () => {
			const { status, headers, text } = await send(proxy.origin + path, {
				method: "OPTIONS",
				headers: {
					origin: allowed,
					"access-control-request-method": "POST",
					"access-control-request-headers": "authorization,content-type",
				},
			});
			assert.equal(status, 204);
			assert.equal(text, "");
			assert.equal(headers["access-control-allow-origin"], allowed);
			assert.match(String(headers["access-control-allow-headers"]), /authorization/i);
			assert.match(String(headers["access-control-allow-methods"]), /POST/);
			assert.match(String(headers["vary"]), /origin/i);
		});

		it("lets an allowed origin read replies, and still asks it for the key", async () => {
			const answered = await post(clientHeaders(proxy.localKey, { origin: allowed }));
			assert.equal(answered.status, 200);
			assert.equal(answered.headers["access-control-allow-origin"], allowed);
			assert.equal(relay.requests.at(-1)?.headers.origin, undefined);
			const refused = await post({ "content-type": "application/json", origin: allowed });
			assert.equal(refused.status, 401);
			assert.equal(refused.headers["access-control-allow-origin"], allowed);
		});
	});

	describe("local key", () => {
		const words = {
			openai: "invalid_api_key",
			codex: "invalid_api_key",
			anthropic: "authentication_error",
			gemini: "UNAUTHENTICATED",
		} as const;
		for (const format of formats) {
			it(`is asked for in ${format}'s error shape, when missing and when wrong`, async () => {
				const { path: formatPath, body: formatBody } = plainRequests[format];
				const wrong = {
					authorization: `Bearer ${proxy.localKey}x`,
					"x-api-key": "",
					"x-goog-api-key": demoKeys.gemini,
				};
				for (const headers of [{}, wrong]) {
					const reply = await keptOut(() =>
						send(proxy.origin + formatPath, {
							headers: { "content-type": "application/json", ...headers },
							body: formatBody,
						}),
					);
					assert.equal(reply.status, 401);
					assert.equal(errorWord(format, reply.text), words[format]);
					assert.ok(!reply.text.includes(proxy.localKey));
				}
			});
		}

		it("may stand in any of its four places, also beside another key", async () => {
			const key = proxy.localKey;
			for (const [headers, query] of [
				[{ authorization: `Bearer ${key}` }, ""],
				[{ authorization: `bearer ${key}` }, ""],
				[{ "x-api-key": key }, ""],
				[{ "x-goog-api-key": key }, ""],
				[{}, `?key=${key}`],
				[{ "x-api-key": key, authorization: "Bearer sk-something-else" }, ""],
			] as const) {
				const reply = await send(proxy.origin + path + query, {
					headers: { "content-type": "application/json", ...headers },
					body,
				});
				assert.equal(reply.status, 200);
			}
		});

		it("counts from the moment it is changed", async () => {
			const own = await startProxy(demoRelays(relay.origin));
			try {
				await own.proxy.configure({ ...own.config, localKey: "a-new-key" });
				const ask = (key: string) => send(own.origin + path, { headers: clientHeaders(key), body });
				assert.equal((await ask(own.localKey)).status, 401);
				assert.equal((await ask("a-new-key")).status, 200);
			} finally {
				await own.close();
			}
		});
	});

	describe("body", () => {
		for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", null]) {
			it(`refuses a POST as ${type ?? "nothing in particular"} with 415`, async () => {
				const headers = { authorization: `Bearer ${proxy.localKey}`, ...(type && { "content-type": type }) };
				assert.equal((await keptOut(() => post(headers))).status, 415);
			});
		}

		it("refuses what is over the limit with 413, in the client's shape", async () => {
			const large = `{"model":"m","x":"${"y".repeat(2 * 1024 * 1024)}"}`;
			for (const format of ["openai", "anthropic", "codex"] as const) {
				const reply = await keptOut(() =>
					send(proxy.origin + plainRequests[format].path, { headers: clientHeaders(proxy.localKey), body: large }),
				);
				assert.equal(reply.status, 413);
				assert.ok(errorWord(format, reply.text));
			}
		});

		it("refuses what grows over the limit without having said its length", async () => {
			const chunk = `${(512 * 1024).toString(16)}\r\n${"y".repeat(512 * 1024)}\r\n`;
			const head = Object.entries(clientHeaders(proxy.localKey)).map(([name, value]) => `${name}: ${value}\r\n`);
			const reply = await rawExchange(
				proxy.port,
				`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${proxy.port}\r\nconnection: close\r\n${head.join("")}transfer-encoding: chunked\r\n\r\n${chunk.repeat(3)}0\r\n\r\n`,
			);
			assert.match(reply, /^HTTP\/1\.1 413 /);
		});

		it("refuses what is no JSON object, or names no model, with 400", async () => {
			for (const bad of ["", "[]", "{", '{"messages":[]}', '{"model":7}', '{"model":"a"} x']) {
				const reply = await keptOut(() => post(clientHeaders(proxy.localKey), bad));
				assert.equal(reply.status, 400, bad);
				assert.equal(errorWord("openai", reply.text), "invalid_request_error");
			}
		});
	});

	describe("HTTP", () => {
		const framing = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n`;

		it("refuses two framings of one body", async () => {
			const reply = await rawExchange(
				proxy.port,
				`${framing}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
			);
			assert.match(reply, /^HTTP\/1\.1 400 /);
		});

		it("refuses headers above 32 KiB", async () => {
			const reply = await rawExchange(proxy.port, `${framing}x-long: ${"y".repeat(40 * 1024)}\r\n\r\n`);
			assert.match(reply, /^HTTP\/1\.1 431 /);
		});
	});

	it("lets probes through without a key, says nothing and records nothing", async () => {
		const own = await startProxy(demoRelays(relay.origin));
		try {
			for (const [method, probe] of [
				["HEAD", "/"],
				["HEAD", "/api/hello"],
				["GET", "/api/hello"],
				["GET", "/health"],
			] as const) {
				const reply = await send(own.origin + probe, { method });
				assert.equal(reply.status, 200, `${method} ${probe}`);
				assert.doesNotMatch(reply.text, /relay|demo|account|version|\d/i);
			}
			assert.deepEqual(own.records, []);
		} finally {
			await own.close();
		}
	});
});
