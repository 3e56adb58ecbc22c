import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoRelays, type ProxyUnderTest, relayAt, startProxy } from "../../support/proxyUnderTest.ts";
import { clientHeaders, errorWord, plainRequests, rawExchange, send } from "../../support/wire.ts";

/** Paths as clients are seen to write them, with the path that the relay must see. */
const spellings: Readonly<Record<Format, readonly (readonly [called: string, relayPath: string])[]>> = {
	openai: ["/v1", "", "/v1/v1"].map((prefix) => [`${prefix}/chat/completions`, "/v1/chat/completions"] as const),
	anthropic: ["/v1", "", "/v1/v1"].flatMap((prefix) => [
		[`${prefix}/messages`, "/v1/messages"] as const,
		[`${prefix}/messages/count_tokens`, "/v1/messages/count_tokens"] as const,
	]),
	gemini: ["/v1beta", "/v1", "/v1/v1beta", "/v1beta/v1beta", "/v1/v1"].map(
		(prefix) =>
			[
				`${prefix}/models/demo-gemini-large:generateContent`,
				"/v1beta/models/demo-gemini-large:generateContent",
			] as const,
	),
	codex: ["/v1", "", "/v1/v1"].map((prefix) => [`${prefix}/responses`, "/backend-api/codex/responses"] as const),
};

describe("routes at the local port", () => {
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

	for (const format of formats) {
		for (const [called, relayPath] of spellings[format]) {
			it(`take POST ${called} to ${relayPath}`, async () => {
				const reply = await send(`${proxy.origin}${called}?x=1`, {
					headers: clientHeaders(proxy.localKey),
					body: plainRequests[format].body,
				});
				assert.equal(reply.status, 200, reply.text);
				assert.equal(relay.requests.at(-1)?.url, `${relayPath}?x=1`);
			});
		}
	}

	const unknown: readonly (readonly [path: string, format: Format, headers: Record<string, string>])[] = [
		["/v1/nothing", "openai", {}],
		["/v1/messages/batches", "anthropic", {}],
		["/v1/files", "anthropic", { "anthropic-version": "2023-06-01" }],
		["/v1beta/files", "gemini", {}],
		["/v1/responses/resp_1/cancel", "codex", {}],
	];
	for (const [path, format, headers] of unknown) {
		it(`answer POST ${path} with 404 in ${format}'s shape`, async () => {
			const reply = await send(proxy.origin + path, { headers: clientHeaders(proxy.localKey, headers), body: "{}" });
			assert.equal(reply.status, 404);
			assert.ok(errorWord(format, reply.text));
		});
	}

	for (const path of ["/v1/responses", "/responses", "/v1/v1/responses", "/v1/responses?x=1"]) {
		it(`answer a WebSocket upgrade at ${path} with 426 at once`, async () => {
			const reply = await rawExchange(proxy.port, upgrade(path, proxy));
			assert.match(reply, /^HTTP\/1\.1 426 /);
			assert.match(reply, /\r\nconnection: close\r\n/i);
			assert.match(reply, /\r\nx-relay-attempts: 0\r\n/i);
			const [, body = ""] = reply.split("\r\n\r\n");
			assert.ok(JSON.parse(body).error.message);
		});
	}

	it("refuse a WebSocket upgrade from a web page with 403", async () => {
		const reply = await rawExchange(proxy.port, upgrade("/v1/responses", proxy, "origin: https://evil.example\r\n"));
		assert.match(reply, /^HTTP\/1\.1 403 /);
	});

	it("answer a WebSocket upgrade elsewhere with an error, too", async () => {
		assert.match(await rawExchange(proxy.port, upgrade("/v1/chat/completions", proxy)), /^HTTP\/1\.1 4\d\d /);
	});

	it("answer HEAD like GET without a body", async () => {
		const get = await send(`${proxy.origin}/v1/models`, { method: "GET", headers: clientHeaders(proxy.localKey) });
		const head = await send(`${proxy.origin}/v1/models`, { method: "HEAD", headers: clientHeaders(proxy.localKey) });
		assert.equal(get.status, 200);
		assert.equal(head.status, 200);
		assert.equal(head.headers["content-length"], get.headers["content-length"]);
		assert.equal(head.text, "");
	});

	it("answer HEAD of nothing with 404 and no body", async () => {
		const head = await send(`${proxy.origin}/v1/nothing`, { method: "HEAD", headers: clientHeaders(proxy.localKey) });
		assert.equal(head.status, 404);
		assert.equal(head.text, "");
	});

	it("answer OPTIONS with what is allowed, given the key", async () => {
		const options = (headers: Record<string, string>) =>
			send(`${proxy.origin}/v1/chat/completions`, { method: "OPTIONS", headers });
		const reply = await options(clientHeaders(proxy.localKey));
		assert.equal(reply.status, 204);
		assert.match(String(reply.headers["allow"]), /POST/);
		assert.equal((await options({})).status, 401);
	});

	it("list each caller's models in its own shape at the shared path", async () => {
		const list = async (headers: Record<string, string>, query = "") =>
			JSON.parse(
				(
					await send(`${proxy.origin}/v1/models${query}`, {
						method: "GET",
						headers: clientHeaders(proxy.localKey, headers),
					})
				).text,
			);
		const openai = await list({});
		assert.equal(openai.object, "list");
		assert.equal((await list({ "anthropic-version": "2023-06-01" })).has_more, false);
		assert.ok((await list({}, "?client_version=0.169.0")).models[0].slug);
		assert.match((await list({ "x-goog-api-key": proxy.localKey })).models[0].name, /^models\//);
	});
});

describe("a request that no account can take", () => {
	const words: Readonly<Record<Format, readonly [unavailable: string, modelNotFound: string]>> = {
		openai: ["server_error", "model_not_found"],
		codex: ["server_error", "model_not_found"],
		anthropic: ["overloaded_error", "not_found_error"],
		gemini: ["UNAVAILABLE", "NOT_FOUND"],
	};
	for (const format of formats) {
		const { path, body } = plainRequests[format];

		it(`is a 503 in ${format}'s shape that says how to add an account, when there is none`, async () => {
			const proxy = await startProxy([]);
			try {
				const reply = await send(proxy.origin + path, { headers: clientHeaders(proxy.localKey), body });
				assert.equal(reply.status, 503);
				assert.equal(errorWord(format, reply.text), words[format][0]);
				assert.match(reply.text, /Add Relay Account/);
				assert.equal(reply.headers["x-relay-attempts"], "0");
				assert.equal(reply.headers["x-relay-account"], undefined);
			} finally {
				await proxy.close();
			}
		});

		it(`is a 404 in ${format}'s shape when no account allows the model`, async () => {
			const account = relayAt(format, "http://127.0.0.1:1/v1", { allowedModels: ["another-*"] });
			const proxy = await startProxy([{ account, apiKey: demoKeys[format] }]);
			try {
				const reply = await send(proxy.origin + path, { headers: clientHeaders(proxy.localKey), body });
				assert.equal(reply.status, 404);
				assert.equal(errorWord(format, reply.text), words[format][1]);
				assert.match(reply.text, new RegExp(`demo-${format}-large`));
			} finally {
				await proxy.close();
			}
		});
	}

	it("is told apart by accounts that are disabled or lack their key", async () => {
		const disabled = relayAt("openai", "http://127.0.0.1:1/v1", { id: "1", label: "Off", enabled: false });
		const keyless = relayAt("openai", "http://127.0.0.1:1/v1", { id: "2", label: "Keyless" });
		const proxy = await startProxy([
			{ account: disabled, apiKey: "k" },
			{ account: keyless, apiKey: null },
		]);
		try {
			const { path, body } = plainRequests.openai;
			const reply = await send(proxy.origin + path, { headers: clientHeaders(proxy.localKey), body });
			assert.equal(reply.status, 503);
			assert.match(reply.text, /Off.*disabled/);
			assert.match(reply.text, /Keyless.*key/);
		} finally {
			await proxy.close();
		}
	});
});

function upgrade(path: string, proxy: ProxyUnderTest, more = ""): string {
	return [
		`GET ${path} HTTP/1.1`,
		`host: 127.0.0.1:${proxy.port}`,
		`authorization: Bearer ${proxy.localKey}`,
		"connection: upgrade",
		"upgrade: websocket",
		"sec-websocket-version: 13",
		"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
		"openai-beta: responses_websockets=2026-02-06",
		`${more}\r\n`,
	].join("\r\n");
}
