import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { Format } from "../../../src/accounts/account.ts";
import type { RequestRecord } from "../../../src/bridge/protocol.ts";
import type { AddressRules } from "../../../src/proxy/publicConnect.ts";
import { type ProxyUnderTest, startProxy } from "../../support/proxyUnderTest.ts";
import { servedRelay } from "../../support/relayAccount.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";
import { clientHeaders, plainRequests, send, type WireReply } from "../../support/wire.ts";

/** A reply of Chat Completions with one message. */
function completion(message: object): string {
	return JSON.stringify({
		id: "chatcmpl-1",
		object: "chat.completion",
		choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: null, ...message } }],
	});
}

/** JSON that can be parsed, and nests deeper than it can be written. */
const tooDeep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
const deepCall = completion({
	tool_calls: [{ id: "call_1", type: "function", function: { name: "look", arguments: tooDeep } }],
});

const key = "sk-Secret-key-of-the-relay";
const json = { "content-type": "application/json" };
const events = { "content-type": "text/event-stream" };

describe("a translated request", () => {
	let upstream: Upstream;
	let proxy: ProxyUnderTest;
	let answer: (response: ServerResponse) => void;
	before(async () => {
		upstream = await startUpstream((_, response) => answer(response));
		proxy = await startProxy([servedRelay({ label: "one", baseUrl: `${upstream.origin}/v1` }, key)]);
	});
	after(async () => {
		await proxy.close();
		await upstream.close();
	});
	afterEach(() => proxy.proxy.clearCooldown(null));

	interface Asked extends WireReply {
		readonly record: RequestRecord;
	}
	const askWith = async (client: Format, body: string): Promise<Asked> => {
		const headers = clientHeaders(proxy.localKey);
		const reply = await send(proxy.origin + plainRequests[client].path, { headers, body });
		return { ...reply, record: await proxy.nextRecord() };
	};
	const ask = (client: Format, more: object = {}): Promise<Asked> =>
		askWith(client, JSON.stringify({ ...JSON.parse(plainRequests[client].body), ...more }));
	const answerWith = (body: string | Buffer, headers: Readonly<Record<string, string>> = json) => {
		answer = (response) => response.writeHead(200, headers).end(body);
	};

	describe("with members that the client has made up", () => {
		before(() => answerWith(completion({ content: "hello" })));

		it("is answered, and names them in ASCII", async () => {
			const { status, headers } = await ask("anthropic", { "😀": 1, "a\r\nb: c": 1, "\ud800": 1 });
			assert.equal(status, 200);
			assert.equal(headers["x-relay-dropped"], "%F0%9F%98%80, a%0D%0Ab:%20c, %EF%BF%BD");
		});

		it("names no more of them, and no more of each, than headers and logs hold", async () => {
			const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, place) => [`name${place}`, 1]));
			for (const more of [many, { ["n".repeat(300_000)]: 1 }, { ["é".repeat(300)]: 1, second: 1 }]) {
				const { status, headers, record } = await ask("anthropic", more);
				assert.equal(status, 200);
				const told = String(headers["x-relay-dropped"]);
				assert.ok(told.length <= 1100 && /(?:\.\.\.|second)$/.test(told), told.slice(-100));
				const { dropped } = record;
				assert.ok(dropped.join("").length <= 1100, `${dropped.length} names`);
			}
		});
	});

	describe("whose reply cannot be written in the client's format", () => {
		for (const client of ["anthropic", "gemini"] as const) {
			for (const compressed of [false, true]) {
				it(`is a failure of the account, for ${client}${compressed ? ", compressed too" : ""}`, async () => {
					if (compressed) answerWith(gzipSync(deepCall), { ...json, "content-encoding": "gzip" });
					else answerWith(deepCall);
					const { status, text } = await ask(client);
					assert.equal(status, 502);
					assert.match(JSON.parse(text).error.message, /could not be read/);
				});
			}
		}
	});

	it("that nests too deep to be written is a 400 that says so", async () => {
		answerWith(completion({ content: "hello" }));
		for (const client of ["anthropic", "gemini", "codex"] as const) {
			const tools = {
				anthropic: `[{"name":"f","input_schema":${tooDeep}}]`,
				gemini: `[{"functionDeclarations":[{"name":"f","parametersJsonSchema":${tooDeep}}]}]`,
				codex: `[{"type":"function","name":"f","parameters":${tooDeep}}]`,
			}[client];
			const body = plainRequests[client].body.replace(/\}$/, `,"tools":${tools}}`);
			const { status, text } = await askWith(client, body);
			assert.equal(status, 400, text);
			assert.match(JSON.parse(text).error.message, /deep/);
		}
	});

	it("for a count of what nests too deep is a 400 too", async () => {
		for (const more of [
			`"tools":[{"name":"f","input_schema":${tooDeep}}],"messages":[{"role":"user","content":"hi"}]`,
			`"messages":[{"role":"user","content":[{"type":"of_tomorrow","value":${tooDeep}}]}]`,
		]) {
			const url = `${proxy.origin}/v1/messages/count_tokens`;
			const reply = await send(url, { headers: clientHeaders(proxy.localKey), body: `{"model":"m",${more}}` });
			await proxy.nextRecord();
			assert.equal(reply.status, 400, reply.text);
		}
	});

	it("is answered as soon as the account has said that it is done, though it leaves the connection open", async () => {
		const chunk = (choice: object) =>
			`data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", choices: [{ index: 0, ...choice }] })}\n\n`;
		answer = (response) => {
			response.writeHead(200, events);
			response.write(
				`${chunk({ delta: { content: "hello" } })}${chunk({ delta: {}, finish_reason: "stop" })}data: [DONE]\n\n`,
			);
		};
		const { status, text, record } = await ask("anthropic");
		assert.deepEqual([status, JSON.parse(text).content[0].text, record.error], [200, "hello", null]);
		const streamed = await ask("anthropic", { stream: true });
		assert.match(streamed.text, /message_stop/);
		assert.equal(streamed.record.error, null);
	});

	it("is answered from a stream that calls itself something else", async () => {
		const stream =
			'data: {"choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
		for (const headers of [{ "content-type": "text/plain" }, json, undefined]) {
			answer = (response) => {
				response.writeHead(200, headers).write("\n");
				response.end(stream);
			};
			const { status, text } = await ask("anthropic");
			assert.deepEqual([status, JSON.parse(text).content?.[0].text], [200, "hello"]);
			const streamed = await ask("anthropic", { stream: true });
			assert.match(streamed.text, /"hello"[\s\S]*message_stop/);
		}
	});

	it("is refused as soon as the account has said that it failed, though it leaves the connection open", async () => {
		answer = (response) => {
			response.writeHead(200, events);
			response.write('data: {"choices":[{"index":0,"delta":{"content":"hel"}}]}\n\n');
			response.write('data: {"error":{"message":"It broke.","type":"server_error"}}\n\n');
		};
		const { status, text } = await ask("anthropic");
		assert.deepEqual([status, JSON.parse(text).error.message], [500, "It broke."]);
		proxy.proxy.clearCooldown(null);
		const streamed = await ask("anthropic", { stream: true });
		assert.match(streamed.text, /event: error\ndata: .*It broke\./);
	});

	it("is refused without the account's key, wherever the account quotes it", async () => {
		const error = { message: `Wrong: ${key}`, code: key, type: key, status: key };
		for (const client of ["anthropic", "gemini", "codex"] as const) {
			for (const status of [400, 401, 429, 500]) {
				proxy.proxy.clearCooldown(null);
				answer = (response) =>
					response.writeHead(status, { ...json, "x-request-id": key }).end(JSON.stringify({ error }));
				const { text, headers, record } = await ask(client);
				assert.match(text, /Wrong: •••/);
				assert.ok(!JSON.stringify([text, headers, record]).toLowerCase().includes(key.toLowerCase()), text);
			}
			for (const stream of [false, true]) {
				proxy.proxy.clearCooldown(null);
				const begun = 'data: {"choices":[{"index":0,"delta":{"content":"hel"}}]}';
				answerWith(`${begun}\n\ndata: ${JSON.stringify({ error })}\n\n`, { ...events, "x-request-id": key });
				const { text, headers, record } = await ask(client, { stream });
				assert.match(text, /Wrong: •••/);
				assert.ok(!JSON.stringify([text, headers, record]).toLowerCase().includes(key.toLowerCase()), text);
			}
		}
	});

	it("whose client leaves while its media are fetched calls no account, and leaves it free", async () => {
		const anywhere: AddressRules = { addressesOf: async () => ["127.0.0.1"], isAllowed: () => true };
		let begin = () => {};
		const begun = new Promise<void>((resolve) => {
			begin = resolve;
		});
		const pictures = await startUpstream(() => begin());
		const baseUrl = `${upstream.origin}/v1beta`;
		const account = servedRelay({ label: "one", format: "gemini", baseUrl, maxConcurrent: 1 });
		const own = await startProxy([account], {}, undefined, anywhere);
		const called = upstream.requests.length;
		const headers = clientHeaders(own.localKey);
		const url = own.origin + plainRequests.openai.path;
		const image_url = { url: `http://pictures.example:${pictures.port}/slow.png` };
		const content = [{ type: "image_url", image_url }];
		const leaving = new AbortController();
		const body = JSON.stringify({ model: "m", messages: [{ role: "user", content }] });
		const asked = fetch(url, { method: "POST", headers, body, signal: leaving.signal });
		await begun;
		leaving.abort();
		await assert.rejects(asked, { name: "AbortError" });
		const { status, error, calls } = await own.nextRecord();
		assert.deepEqual([status, error, calls, upstream.requests.length], [499, null, [], called]);
		answerWith('{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}]}');
		assert.equal((await send(url, { headers, body: plainRequests.openai.body })).status, 200);
		await own.close();
		await pictures.close();
	});
});
