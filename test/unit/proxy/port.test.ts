import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { PortState, ProxyConfig } from "../../../src/bridge/protocol.ts";
import { LocalProxy } from "../../../src/proxy/proxy.ts";
import { freePort } from "../../support/proxyUnderTest.ts";

/** A window's proxy, and each state of the port as it comes. */
class Window {
	readonly states: PortState[] = [];
	readonly proxy = new LocalProxy((event) => {
		if (event.type !== "port") return;
		this.states.push(event.state);
		for (const look of this.#looking) look();
	});
	readonly #looking = new Set<() => void>();

	async start(port: number, given: Partial<ProxyConfig> = {}): Promise<PortState | undefined> {
		await this.proxy.configure({
			port,
			bodyLimit: 1024,
			allowedOrigins: [],
			localKey: "key",
			controlToken: "token",
			relays: [],
			...given,
		});
		await this.proxy.serve(true);
		return this.states.at(-1);
	}

	/** Settles when the port's state is of this kind; the test's own time limit is the only one. */
	becomes(kind: PortState["kind"]): Promise<void> {
		return new Promise((resolve) => {
			const look = () => {
				if (this.states.at(-1)?.kind !== kind) return;
				this.#looking.delete(look);
				resolve();
			};
			this.#looking.add(look);
			look();
		});
	}
}

describe("the port", () => {
	const open: Window[] = [];
	const window = (): Window => {
		const made = new Window();
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
