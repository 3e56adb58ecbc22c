import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ProxyConfig } from "../../../src/bridge/protocol.ts";
import { ControlLink } from "../../../src/proxy/controlLink.ts";
import { freePort, relayAt } from "../../support/proxyUnderTest.ts";
import { startUpstream } from "../../support/upstream.ts";

const program = fileURLToPath(new URL("../../support/windowProcess.ts", import.meta.url));

/** A window in a process of its own. */
class WindowProcess {
	readonly child: ChildProcess;
	readonly #lines: Interface;
	readonly kinds: string[] = [];

	constructor(port: number, given: Partial<ProxyConfig> = {}) {
		this.child = spawn(process.execPath, [program, String(port), JSON.stringify(given)], {
			stdio: ["pipe", "pipe", "inherit"],
		});
		assert.ok(this.child.stdout);
		this.#lines = createInterface({ input: this.child.stdout });
		this.#lines.on("line", (line) => this.kinds.push(JSON.parse(line).kind));
	}

	tell(word: "on" | "off" | "close"): void {
		this.child.stdin?.write(`${word}\n`);
	}

	/** Settles when it is in one of these states. */
	async becomes(...kinds: readonly string[]): Promise<string> {
		for (;;) {
			const kind = this.kinds.at(-1) ?? "";
			if (kinds.includes(kind)) return kind;
			await once(this.#lines, "line");
		}
	}

	async kill(): Promise<void> {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		const ended = once(this.child, "exit");
		this.child.kill("SIGKILL");
		await ended;
	}
}

describe("windows in processes of their own", () => {
	let port: number;
	const open: WindowProcess[] = [];
	async function openWindows(count: number, given: Partial<ProxyConfig> = {}): Promise<WindowProcess[]> {
		const windows = Array.from({ length: count }, () => new WindowProcess(port, given));
		open.push(...windows);
		await Promise.all(windows.map((window) => window.becomes("ready")));
		return windows;
	}
	beforeEach(async () => {
		port = await freePort();
	});
	afterEach(() => Promise.all(open.splice(0).map((window) => window.kill())));

	it("take the port over from one that is killed within two seconds, and answer the next request", async () => {
		const upstream = await startUpstream((_, response) => void response.end(`{"choices":[]}`));
		const relays = [{ account: relayAt("openai", `${upstream.origin}/v1`), apiKey: "k" }];
		const [owner, attached] = await openWindows(2, { accounts: relays });
		owner?.tell("on");
		await owner?.becomes("listening");
		attached?.tell("on");
		await attached?.becomes("otherWindow");
		const killedAt = performance.now();
		owner?.child.kill("SIGKILL");
		await attached?.becomes("listening");
		assert.ok(performance.now() - killedAt < 2_000);
		const reply = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
			method: "POST",
			headers: { authorization: "Bearer key", "content-type": "application/json" },
			body: '{"model":"m","messages":[]}',
		});
		assert.equal(reply.status, 200);
		await upstream.close();
	});

	it("have one owner after each of twenty starts at the same moment, and none after each end", async function () {
		this.timeout(60_000);
		const windows = await openWindows(3);
		for (let round = 0; round < 20; round += 1) {
			for (const window of windows) window.tell("on");
			const kinds = await Promise.all(windows.map((window) => window.becomes("listening", "otherWindow")));
			assert.deepEqual(kinds.sort(), ["listening", "otherWindow", "otherWindow"]);
			assert.equal((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
			windows[round % windows.length]?.tell("off");
			await Promise.all(windows.map((window) => window.becomes("closed")));
			await assert.rejects(fetch(`http://127.0.0.1:${port}/health`));
		}
		assert.ok(windows.every(({ kinds }) => !kinds.includes("portTaken") && !kinds.includes("failed")));
	});

	it("have an owner again each time it is killed", async function () {
		this.timeout(60_000);
		const windows = await openWindows(5);
		for (const window of windows) window.tell("on");
		for (let left = windows.length; left > 1; left -= 1) {
			const living = windows.filter(({ child }) => child.signalCode === null);
			const owner = await Promise.race(
				living.map(async (window) => {
					await window.becomes("listening");
					return window;
				}),
			);
			await owner.kill();
		}
		const [last] = windows.filter(({ child }) => child.signalCode === null);
		await last?.becomes("listening");
	});

	it("notice that the owner has stopped, and that it goes on", async () => {
		const [owner] = await openWindows(1);
		owner?.tell("on");
		await owner?.becomes("listening");
		const attach = () => {
			const heard = Promise.withResolvers<string>();
			const ended = Promise.withResolvers<void>();
			const link = new ControlLink({
				controlToken: "token",
				port,
				onMessage: ({ type }) => heard.resolve(type),
				onEnd: () => ended.resolve(),
			});
			return { link, heard: heard.promise, ended: ended.promise };
		};
		const first = attach();
		assert.equal(await first.heard, "localKey");
		owner?.child.kill("SIGSTOP");
		await first.ended;
		const second = attach();
		owner?.child.kill("SIGCONT");
		assert.equal(await second.heard, "localKey");
		second.link.close();
	});
});
