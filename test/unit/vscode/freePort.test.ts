import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { findFreePort } from "../../../src/vscode/freePort.ts";

async function listening(port: number): Promise<{ readonly server: Server; readonly port: number }> {
	const server = createServer().listen(port, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	assert.ok(address !== null && typeof address === "object");
	return { server, port: address.port };
}

describe("a free port", () => {
	it("can be listened on", async () => {
		const found = await findFreePort(14680);
		const { server, port } = await listening(found);
		assert.equal(port, found);
		server.close();
	});

	it("is any other when the preferred ones are taken", async () => {
		const { server, port } = await listening(0);
		const found = await findFreePort(14680, { first: port, last: port });
		assert.notEqual(found, port);
		assert.ok(found >= 1024);
		server.close();
	});

	it("is not the one to avoid", async () => {
		const { server, port } = await listening(0);
		server.close();
		await once(server, "close");
		assert.notEqual(await findFreePort(port, { first: port, last: port }), port);
	});
});
