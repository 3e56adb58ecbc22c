import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { reach } from "../../../src/accounts/reachability.ts";

describe("reach", () => {
	it("connects once, sends nothing and closes", async () => {
		const server = createServer();
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		const connected = once(server, "connection");
		assert.deepEqual(await reach(`http://127.0.0.1:${port}/v1`, 5_000), { kind: "reachable" });
		const [socket] = await connected;
		let received = 0;
		socket.on("data", (data: Buffer) => {
			received += data.length;
		});
		await once(socket, "close");
		assert.equal(received, 0);
		server.close();
	});
	it("tells that nobody listens", async () => {
		const server = createServer();
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as AddressInfo;
		server.close();
		await once(server, "close");
		assert.deepEqual(await reach(`http://127.0.0.1:${port}`, 5_000), { kind: "unreachable", code: "ECONNREFUSED" });
	});
	it("tells that there is no such host", async () => {
		const result = await reach("https://no-such-host.invalid", 5_000);
		assert.equal(result.kind, "unreachable");
		assert.match(result.kind === "unreachable" ? result.code : "", /^(?:ENOTFOUND|EAI_AGAIN)$/);
	});
	it("takes an IPv6 address", async () => {
		const result = await reach("http://[::1]:1/v1", 5_000);
		assert.match(result.kind === "unreachable" ? result.code : "", /^(?:ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT)$/);
	});
	it("gives up when the time is over", async () => {
		// RFC 5737: an address that nobody has. Some networks say so at once.
		const result = await reach("http://192.0.2.1/v1", 30);
		assert.equal(result.kind, "unreachable");
		assert.match(
			result.kind === "unreachable" ? result.code : "",
			/^(?:ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ECONNREFUSED)$/,
		);
	});
});
