import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { type ProxyUnderTest, startProxy } from "../../support/proxyUnderTest.ts";

describe("the server", () => {
	let proxy: ProxyUnderTest;
	before(async () => {
		proxy = await startProxy([]);
	});
	after(() => proxy.close());

	/** Sends bytes as they are and gives the status line of the answer. */
	async function statusOf(request: string): Promise<string> {
		const socket = connect(proxy.port, "127.0.0.1");
		socket.on("error", () => undefined);
		socket.write(request);
		const [chunk] = (await once(socket, "data")) as [Buffer];
		socket.destroy();
		return chunk.toString("latin1").split("\r\n", 1)[0] ?? "";
	}

	const health = (headers: string) => `GET /health HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\n${headers}\r\n`;

	it("takes headers of up to 32 KiB and no more", async () => {
		assert.equal(await statusOf(health(`X-Long: ${"x".repeat(30 * 1024)}\r\n`)), "HTTP/1.1 200 OK");
		assert.match(await statusOf(health(`X-Long: ${"x".repeat(34 * 1024)}\r\n`)), /^HTTP\/1.1 431 /);
	});

	it("refuses a body whose length is given in two ways", async () => {
		assert.match(await statusOf(health("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n")), /^HTTP\/1.1 400 /);
		assert.match(await statusOf(health("Content-Length: 3\r\nContent-Length: 4\r\n")), /^HTTP\/1.1 400 /);
	});

	it("refuses a request that names its host twice, or whose target is another host", async () => {
		assert.match(await statusOf(health(`Host: 127.0.0.1:${proxy.port}\r\n`)), /^HTTP\/1.1 40[03] /);
		assert.match(
			await statusOf(`GET http://elsewhere.example/health HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\n\r\n`),
			/^HTTP\/1.1 400 /,
		);
	});

	it("answers a path that cannot be decoded in the caller's shape", async () => {
		const reply = await fetch(`${proxy.origin}/v1beta/models/a%zz:generateContent`, { method: "POST" });
		assert.equal(reply.status, 400);
		assert.equal(((await reply.json()) as { error: { status: string } }).error.status, "INVALID_ARGUMENT");
	});

	it("passes over the upgrade to HTTP/2 that some clients offer", async () => {
		const offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
		assert.equal(await statusOf(health(offer)), "HTTP/1.1 200 OK");
	});

	it("lets go of the port although a client keeps its end of a refused upgrade open", async () => {
		const other = await startProxy([]);
		const socket = connect({ port: other.port, host: "127.0.0.1", allowHalfOpen: true });
		socket.on("error", () => undefined);
		socket.write(
			`GET /v1/responses HTTP/1.1\r\nHost: 127.0.0.1:${other.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
		);
		const [answer] = (await once(socket, "data")) as [Buffer];
		assert.match(answer.toString(), /^HTTP\/1.1 426 /);
		await other.close();
		socket.destroy();
	});

	it("bounds how long a client without a key sends a body that was refused", async () => {
		const socket = connect(proxy.port, "127.0.0.1");
		socket.on("error", () => undefined);
		socket.write(
			`POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`,
		);
		const [answer] = (await once(socket, "data")) as [Buffer];
		assert.match(answer.toString(), /^HTTP\/1.1 401 /);
		// Never finishes the body: the server ends the connection.
		await once(socket, "close");
	}).timeout(15_000);

	it("listens on loopback only", async () => {
		const socket = connect(proxy.port, "127.0.0.1");
		await once(socket, "connect");
		assert.equal(socket.remoteAddress, "127.0.0.1");
		socket.destroy();
		const outside = connect(proxy.port, "127.0.0.2");
		const [error] = (await once(outside, "error")) as [NodeJS.ErrnoException];
		assert.equal(error.code, "ECONNREFUSED");
	});

	it("survives clients that speak no HTTP or hang up at once", async () => {
		assert.match(await statusOf("\x16\x03\x01 hello\r\n\r\n"), /^HTTP\/1.1 400 /);
		const socket = connect(proxy.port, "127.0.0.1");
		await once(socket, "connect");
		socket.resetAndDestroy();
		assert.equal((await fetch(`${proxy.origin}/health`)).status, 200);
	});
});
