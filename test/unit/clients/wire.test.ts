import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import { request } from "undici";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoRelays, type ProxyUnderTest, relayAt, startProxy } from "../../support/proxyUnderTest.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";
import { clientHeaders, plainRequests, send } from "../../support/wire.ts";

/** JSON that any parser reads and no serialiser would write again like this. */
const oddBody =
	'\n {\t"model" : "first" ,\r\n "n":1.0e+0, "messages":[ {"role":"user","content":"\\u00e9 é 😀 \\/ \\ud83d\\ude00"} ],\n' +
	'"big":12345678901234567890, "model":"demo-openai-large","x":[],"x":{ } }\n\n';

describe("bytes through the proxy", () => {
	let upstream: Upstream;
	let proxy: ProxyUnderTest;
	const reply = Buffer.from(' {"odd" : 1.0,\r\n"odd":"é"}\n');
	before(async () => {
		upstream = await startUpstream((_, response) => {
			response.writeHead(200, { "content-type": "application/json", "content-length": reply.length }).end(reply);
		});
		proxy = await startProxy([
			{ account: relayAt("openai", `${upstream.origin}/v1`, { label: "Büro / 1" }), apiKey: "k" },
			{ account: relayAt("gemini", `${upstream.origin}/v1beta`), apiKey: "k" },
		]);
	});
	after(async () => {
		await proxy.close();
		await upstream.close();
	});
	const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
		send(proxy.origin + path, { headers: clientHeaders(proxy.localKey, headers), body });
	const received = () => {
		const last = upstream.requests.at(-1);
		assert.ok(last);
		return last;
	};

	it("sends the request's bytes as they came", async () => {
		await post("/v1/chat/completions", oddBody);
		assert.equal(received().body.toString(), oddBody);
		assert.equal(received().url, "/v1/chat/completions");
	});

	it("gives the reply's bytes as they came", async () => {
		const { body, headers } = await post("/v1/chat/completions", oddBody);
		assert.ok(body.equals(reply));
		assert.equal(headers["content-length"], String(reply.length));
	});

	it("sends a prompt of 5 MiB whole", async () => {
		const prompt = randomBytes(Math.floor((5 * 1024 * 1024 * 3) / 4)).toString("base64");
		const body = `{"messages":[{"role":"user","content":"${prompt}"}],  "model":"demo-openai-large"}`;
		const { status } = await post("/v1/chat/completions", body);
		assert.equal(status, 200);
		assert.ok(received().body.equals(Buffer.from(body)));
	});

	it("sends a body that came in chunks with the same bytes", async () => {
		const parts = [oddBody.slice(0, 7), oddBody.slice(7, 90), oddBody.slice(90)];
		const { statusCode, body } = await request(`${proxy.origin}/v1/chat/completions`, {
			method: "POST",
			headers: clientHeaders(proxy.localKey),
			body: Readable.from(parts.map((part) => Buffer.from(part))),
		});
		await body.dump();
		assert.equal(statusCode, 200);
		assert.equal(received().body.toString(), oddBody);
	});

	it("sends a compressed body compressed", async () => {
		const compressed = gzipSync(oddBody);
		const { status } = await post("/v1/chat/completions", compressed, { "content-encoding": "gzip" });
		assert.equal(status, 200);
		assert.equal(received().headers["content-encoding"], "gzip");
		assert.ok(received().body.equals(compressed));
	});

	it("keeps the query byte for byte", async () => {
		await post("/v1/chat/completions?beta=true&a=%7e+%20&&b", oddBody);
		assert.equal(received().url, "/v1/chat/completions?beta=true&a=%7e+%20&&b");
	});

	it("keeps a Gemini model's spelling in the path", async () => {
		await post("/v1beta/models/tuned%2Fone%20x:generateContent?alt=json", "{}");
		assert.equal(received().url, "/v1beta/models/tuned%2Fone%20x:generateContent?alt=json");
	});

	it("names the account percent-encoded and counts the attempt", async () => {
		const { headers } = await post("/v1/chat/completions", oddBody);
		assert.equal(headers["x-relay-account"], encodeURIComponent("Büro / 1"));
		assert.equal(headers["x-relay-attempts"], "1");
	});
});

describe("a mapped model through the proxy", () => {
	let upstream: Upstream;
	let proxy: ProxyUnderTest;
	const modelMap = { "demo-openai-large": 'the relay\'s "own" ñame', alias: "real/name" };
	before(async () => {
		upstream = await startUpstream((_, response) => void response.end("{}"));
		proxy = await startProxy([
			{ account: relayAt("openai", `${upstream.origin}/v1`, { modelMap }), apiKey: "k" },
			{ account: relayAt("gemini", `${upstream.origin}/v1beta`, { modelMap }), apiKey: "k" },
		]);
	});
	after(async () => {
		await proxy.close();
		await upstream.close();
	});
	const bodyFor = async (body: string | Buffer, headers: Record<string, string> = {}) => {
		await send(`${proxy.origin}/v1/chat/completions`, { headers: clientHeaders(proxy.localKey, headers), body });
		return upstream.requests.at(-1);
	};

	it("is replaced in place, every other byte kept", async () => {
		const changed = oddBody.replace('"demo-openai-large"', JSON.stringify(modelMap["demo-openai-large"]));
		assert.equal((await bodyFor(oddBody))?.body.toString(), changed);
	});

	it("is found behind escapes and left alone where it is nested or text", async () => {
		const body = '{"a":{"model":"alias"},"mod\\u0065l":"al\\u0069as","s":"\\"model\\":\\"alias\\""}';
		assert.equal(
			(await bodyFor(body))?.body.toString(),
			'{"a":{"model":"alias"},"mod\\u0065l":"real/name","s":"\\"model\\":\\"alias\\""}',
		);
	});

	it("is replaced in a compressed body, which then goes in clear", async () => {
		const sent = await bodyFor(gzipSync('{"model":"alias", "x":1}'), { "content-encoding": "gzip" });
		assert.equal(sent?.body.toString(), '{"model":"real/name", "x":1}');
		assert.equal(sent?.headers["content-encoding"], undefined);
	});

	it("leaves a body with another model as it came", async () => {
		const body = '{ "model" : "other" }';
		assert.equal((await bodyFor(body))?.body.toString(), body);
	});

	it("is replaced in a Gemini path", async () => {
		await send(`${proxy.origin}/v1beta/models/alias:countTokens?x=1`, {
			headers: clientHeaders(proxy.localKey),
			body: ' {"model":"alias"}',
		});
		const sent = upstream.requests.at(-1);
		assert.equal(sent?.url, "/v1beta/models/real%2Fname:countTokens?x=1");
		assert.equal(sent?.body.toString(), ' {"model":"alias"}');
	});
});

describe("the demo relay's replies through the proxy", () => {
	let relay: DemoRelay;
	let proxy: ProxyUnderTest;
	before(async () => {
		relay = await startDemoRelay();
		proxy = await startProxy(demoRelays(relay.origin));
	});
	after(async () => {
		await proxy.close();
		await relay.close();
	});

	const direct: Readonly<Record<string, Record<string, string>>> = {
		openai: { authorization: `Bearer ${demoKeys.openai}` },
		codex: { authorization: `Bearer ${demoKeys.codex}` },
		anthropic: { "x-api-key": demoKeys.anthropic, "anthropic-version": "2023-06-01" },
		gemini: { "x-goog-api-key": demoKeys.gemini },
	};

	for (const format of ["openai", "anthropic", "gemini", "codex"] as const) {
		it(`are those of the ${format} relay itself, byte for byte, whole and streamed`, async () => {
			const { path, body } = plainRequests[format];
			const streamed =
				format === "gemini"
					? { path: path.replace(/:.*/, ":streamGenerateContent?alt=sse"), body }
					: { path, body: body.replace("{", '{"stream":true,') };
			for (const asked of [{ path, body }, streamed]) {
				const viaProxy = await send(proxy.origin + asked.path, {
					headers: clientHeaders(proxy.localKey),
					body: asked.body,
				});
				const asItIs = await send(relay.origin + asked.path, {
					headers: { ...direct[format], "content-type": "application/json" },
					body: asked.body,
				});
				assert.equal(asItIs.status, 200);
				assert.equal(viaProxy.text, asItIs.text);
				assert.equal(viaProxy.headers["content-type"], asItIs.headers["content-type"]);
			}
		});

		it(`stay compressed where the ${format} relay compressed them`, async () => {
			const { path, body } = plainRequests[format];
			const viaProxy = await send(proxy.origin + path, {
				headers: clientHeaders(proxy.localKey, { "accept-encoding": "gzip" }),
				body: body.replace('"hi"', '"hi [gzip]"'),
			});
			assert.equal(viaProxy.headers["content-encoding"], "gzip");
			assert.match(gunzipSync(viaProxy.body).toString(), /Hello from demo-/);
		});
	}

	it("are recorded without anything that was said", async () => {
		const own = await startProxy(demoRelays(relay.origin));
		try {
			const { path, body } = plainRequests.openai;
			const { body: reply } = await send(`${own.origin}${path}?secret=1`, {
				headers: clientHeaders(own.localKey),
				body,
			});
			const { at, milliseconds, ...record } = await own.nextRecord();
			assert.ok(at > 0 && milliseconds >= 0);
			assert.deepEqual(record, {
				method: "POST",
				path,
				format: "openai",
				model: "demo-openai-large",
				account: { id: "relay-openai", label: "Demo openai" },
				dropped: [],
				calls: [
					{
						accountId: "relay-openai",
						label: "Demo openai",
						model: "demo-openai-large",
						status: 200,
						error: null,
						usage: { input: 19, output: 8, cached: 0, reasoning: 0 },
					},
				],
				status: 200,
				bytes: reply.length,
				error: null,
			});
		} finally {
			await own.close();
		}
	});
});
