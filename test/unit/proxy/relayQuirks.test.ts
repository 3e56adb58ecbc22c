import assert from "node:assert/strict";
import { type ProxyUnderTest, startProxy } from "../../support/proxyUnderTest.ts";
import { servedRelay } from "../../support/relayAccount.ts";
import {
	clientHeaders,
	plainRequests,
	type RawUpstream,
	send,
	startRawUpstream,
	type WireReply,
} from "../../support/wire.ts";

const { path, body } = plainRequests.openai;

describe("a relay that answers oddly", () => {
	let upstream: RawUpstream;
	let proxy: ProxyUnderTest;
	let reply: string;
	before(async () => {
		upstream = await startRawUpstream((socket) => socket.once("data", () => socket.end(Buffer.from(reply, "utf8"))));
		proxy = await startProxy([servedRelay({ label: "odd", baseUrl: `${upstream.origin}/v1` })], {
			allowedOrigins: ["https://page.example"],
		});
	});
	after(async () => {
		await proxy.close();
		await upstream.close();
	});

	// What one test does to the account is not the next one's.
	afterEach(() => proxy.proxy.clearCooldown(null));

	const ask = (headers: Record<string, string> = {}): Promise<WireReply> =>
		send(proxy.origin + path, { headers: clientHeaders(proxy.localKey, headers), body });

	it("in another script is passed on with the standard reason phrase", async () => {
		reply = 'HTTP/1.1 401 密钥无效\r\ncontent-length: 9\r\nconnection: close\r\n\r\n{"a":"b"}';
		const { status, text } = await ask();
		assert.deepEqual([status, text], [401, '{"a":"b"}']);
		const { error, account } = await proxy.nextRecord();
		assert.deepEqual([error, account?.label], ['The account “odd” could not answer. {"a":"b"}', "odd"]);
	});

	it("with a web page is a 502 in the client's shape, whatever the status", async () => {
		for (const status of [200, 403, 503]) {
			proxy.proxy.clearCooldown(null);
			reply = `HTTP/1.1 ${status} X\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: 6\r\n\r\n<html>`;
			const answered = await ask();
			assert.equal(answered.status, 502);
			assert.match(
				JSON.parse(answered.text).error.message,
				new RegExp(`“odd”.*web page came .* \\(status ${status}\\)`),
			);
			assert.equal(answered.headers["x-relay-account"], "odd");
		}
	});

	it("with a redirect is a 502 that leads the client nowhere", async () => {
		for (const status of [301, 302, 303, 307, 308]) {
			proxy.proxy.clearCooldown(null);
			reply = `HTTP/1.1 ${status} X\r\nlocation: https://elsewhere.example/v1\r\ncontent-length: 0\r\n\r\n`;
			const answered = await ask();
			assert.deepEqual([answered.status, answered.headers["location"]], [502, undefined]);
			assert.match(answered.text, new RegExp(`redirects to elsewhere.example \\(status ${status}\\)`));
		}
	});

	it("below HTTP is a 502 that says so", async () => {
		reply = "SSH-2.0-OpenSSH\r\n\r\n";
		const answered = await ask();
		assert.equal(answered.status, 502);
		assert.match(answered.text, /no valid HTTP/);
	});

	it("after early hints is passed on", async () => {
		reply =
			"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
		assert.deepEqual([(await ask()).status, (await ask()).text], [200, "{}"]);
	});

	// Joining what is held at each of them takes half a minute.
	it("byte by byte is read without looking at each byte again and again", async () => {
		const start = '{"error":{"message":"';
		reply =
			"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n" +
			`${start.length.toString(16)}\r\n${start}\r\n${"1\r\na\r\n".repeat(40_000)}3\r\n"}}\r\n0\r\n\r\n`;
		const { text } = await ask();
		assert.equal(text.length, start.length + 40_003);
	}).timeout(8_000);

	it("without a body is passed on without one", async () => {
		reply = "HTTP/1.1 204 No Content\r\nx-request-id: 7\r\n\r\n";
		const answered = await ask();
		assert.deepEqual([answered.status, answered.text, answered.headers["x-request-id"]], [204, "", "7"]);
	});

	it("with headers of its own for pages does not decide which page reads the reply", async () => {
		reply =
			"HTTP/1.1 200 OK\r\naccess-control-allow-origin: https://other.example\r\naccess-control-allow-credentials: true\r\n" +
			"vary: accept-encoding\r\ncontent-length: 2\r\n\r\n{}";
		const plain = await ask();
		assert.equal(plain.headers["access-control-allow-origin"], undefined);
		const fromPage = await ask({ origin: "https://page.example" });
		assert.equal(fromPage.headers["access-control-allow-origin"], "https://page.example");
		assert.equal(fromPage.headers["access-control-allow-credentials"], undefined);
		assert.deepEqual(fromPage.headers["vary"], ["accept-encoding", "origin"]);
	});

	it("that names itself in our headers is not believed", async () => {
		reply = "HTTP/1.1 200 OK\r\nx-relay-account: somebody\r\nx-relay-attempts: 9\r\ncontent-length: 2\r\n\r\n{}";
		const { headers } = await ask();
		assert.deepEqual([headers["x-relay-account"], headers["x-relay-attempts"]], ["odd", "1"]);
	});
});
