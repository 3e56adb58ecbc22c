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
