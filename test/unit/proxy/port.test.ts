import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createRawServer } from "node:net";
import { freePort } from "../../support/proxyUnderTest.ts";
import { WindowUnderTest } from "../../support/windowUnderTest.ts";

describe("the port", () => {
	const open: WindowUnderTest[] = [];
	const window = (): WindowUnderTest => {
		const made = new WindowUnderTest();
		open.push(made);
		return made;
	};
	afterEach(async () => {
		await Promise.all(open.splice(0).map(({ proxy }) => proxy.close()));
	});

	it("is held by the first window; the second finds that out and learns the first one's key", async () => {
		const port = await freePort();
		assert.deepEqual(await window().start(port, { localKey: "first" }), { kind: "listening", port });
		assert.deepEqual(await window().start(port, { localKey: "second" }), {
			kind: "otherWindow",
			port,
			localKey: "first",
		});
	});

	it("is told from a window of another installation, which is another program", async () => {
		const port = await freePort();
		await window().start(port, { controlToken: "theirs" });
		assert.deepEqual(await window().start(port), { kind: "portTaken", port });
	});

	it("is reported as taken when another program has it, whatever that program answers", async () => {
		const server = createServer((_, response) => response.end('{"proof":"x","localKey":"y"}')).listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as { port: number };
		const mine = window();
		assert.deepEqual(await mine.start(port), { kind: "portTaken", port });
		server.close();
		await mine.becomes("listening");
	});

	it("is reported as taken when its holder hangs up on whoever comes", async () => {
		const server = createRawServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as { port: number };
		assert.deepEqual(await window().start(port), { kind: "portTaken", port });
		server.close();
	});

	it("is reported as taken when its holder says nothing", async () => {
		const server = createRawServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		const { port } = server.address() as { port: number };
		assert.deepEqual(await window().start(port), { kind: "portTaken", port });
		server.close();
	});

	it("passes to the second window when the first lets go", async () => {
		const port = await freePort();
		const [first, second] = [window(), window()];
		await first.start(port);
		await second.start(port);
		await first.proxy.close();
		await second.becomes("listening");
	});

	it("is let go when the proxy is turned off, and taken again when it is turned on", async () => {
		const port = await freePort();
		const mine = window();
		await mine.start(port);
		await mine.proxy.serve(false);
		await assert.rejects(fetch(`http://127.0.0.1:${port}/health`));
		await mine.proxy.serve(true);
		assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
		assert.deepEqual(
			mine.states.map(({ kind }) => kind),
			["listening", "closed", "listening"],
		);
	});

	it("moves when the setting changes", async () => {
		const [before, after] = [await freePort(), await freePort()];
		const mine = window();
		await mine.start(before);
		await mine.start(after);
		await assert.rejects(fetch(`http://127.0.0.1:${before}/health`));
		assert.equal((await fetch(`http://127.0.0.1:${after}/health`)).status, 200);
	});

	it("has one owner when many windows start at the same moment", async () => {
		const port = await freePort();
		const windows = Array.from({ length: 8 }, () => window());
		const states = await Promise.all(windows.map((each) => each.start(port)));
		assert.equal(states.filter((state) => state?.kind === "listening").length, 1);
		await Promise.all(
			windows.filter((each) => each.states.at(-1)?.kind !== "listening").map((each) => each.becomes("otherWindow")),
		);
	});
});
