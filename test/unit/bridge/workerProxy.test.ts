import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { BroadcastChannel } from "node:worker_threads";
import type { ProxyConfig, ProxyState } from "../../../src/bridge/protocol.ts";
import { WorkerProxy } from "../../../src/bridge/workerProxy.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoRelays, freePort } from "../../support/proxyUnderTest.ts";
import { startUpstream } from "../../support/upstream.ts";

const script = fileURLToPath(new URL("../../support/mortalWorker.ts", import.meta.url));

describe("the proxy in a worker thread", () => {
	const channel = new BroadcastChannel("relay-accounts-test-death");
	let relay: DemoRelay;
	let port: number;
	let proxy: WorkerProxy;
	let states: ProxyState["kind"][];
	let log: string[];
	before(async () => {
		relay = await startDemoRelay();
	});
	after(async () => {
		channel.close();
		await relay.close();
	});
	beforeEach(async () => {
		port = await freePort();
		log = [];
		states = [];
		proxy = new WorkerProxy(script, (level, message) => log.push(`${level} ${message}`));
		proxy.onDidChangeState(({ kind }) => states.push(kind));
		proxy.configure(config());
	});
	afterEach(() => proxy.dispose());

	const config = (given: Partial<ProxyConfig> = {}): ProxyConfig => ({
		port,
		bodyLimit: 1024 * 1024,
		allowedOrigins: [],
		localKey: "local",
		controlToken: "token",
		relays: demoRelays(relay.origin),
		...given,
	});

	/** Settles at the next change to this state. */
	function nextState(kind: ProxyState["kind"]): Promise<void> {
		return new Promise((resolve) => {
			const subscription = proxy.onDidChangeState((state) => {
				if (state.kind !== kind) return;
				subscription.dispose();
				resolve();
			});
		});
	}

	async function turnOn(): Promise<void> {
		const listening = nextState("listening");
		proxy.serve(true);
		await listening;
	}

	const chat = () =>
		fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
			method: "POST",
			headers: { authorization: "Bearer local", "content-type": "application/json" },
			body: JSON.stringify({ model: "demo-openai-large", messages: [{ role: "user", content: "hi" }] }),
		});

	it("answers when it is on, tells of each request, and does not listen when it is off", async () => {
		assert.equal(proxy.state.kind, "off");
		await turnOn();
		const finished = new Promise<string | undefined>((resolve) => {
			proxy.onDidFinishRequest(({ account }) => resolve(account?.label));
		});
		assert.equal((await chat()).status, 200);
		assert.equal(await finished, "Demo openai");
		proxy.serve(false);
		assert.deepEqual(states, ["starting", "listening", "off"]);
		await turnOn();
		assert.equal((await chat()).status, 200);
	});

	it("is back after its thread died, and has said so meanwhile", async () => {
		await turnOn();
		const back = nextState("listening");
		channel.postMessage("die");
		await back;
		assert.deepEqual(states, ["starting", "listening", "restarting", "listening"]);
		assert.equal((await chat()).status, 200);
		assert.match(log.join("\n"), /thread ended \(code 3\)/);
	});

	it("waits longer after each death", async () => {
		await turnOn();
		const delays: number[] = [];
		proxy.onDidChangeState((state) => {
			if (state.kind === "restarting") delays.push(state.after);
		});
		for (let deaths = 0; deaths < 3; deaths += 1) {
			const back = nextState("listening");
			channel.postMessage("die");
			await back;
		}
		assert.deepEqual(delays, [100, 200, 400]);
	});

	it("takes a new account for the next request", async () => {
		proxy.configure(config({ relays: [] }));
		await turnOn();
		assert.equal((await chat()).status, 503);
		proxy.configure(config());
		assert.equal((await chat()).status, 200);
	});

	it("tests a relay while it is off, and listens nowhere for that", async () => {
		const [served] = demoRelays(relay.origin).filter(({ account }) => account.format === "openai");
		assert.ok(served);
		const target = { ...served.account, apiKey: demoKeys.openai };
		const report = await proxy.testRelay(target, null, new AbortController().signal);
		assert.equal(report.kind, "ok");
		const models = await proxy.listModels(target, new AbortController().signal);
		assert.equal(models.kind, "ok");
		assert.equal(proxy.state.kind, "off");
		await assert.rejects(fetch(`http://127.0.0.1:${port}/health`));
	});

	it("ends a question when it is cancelled, and when the thread dies", async () => {
		const asked = Promise.withResolvers<void>();
		const silent = await startUpstream(() => asked.resolve());
		const target = { ...demoRelays(silent.origin)[1]?.account, apiKey: "k" } as Parameters<
			WorkerProxy["listModels"]
		>[0];
		const controller = new AbortController();
		const cancelled = proxy.listModels(target, controller.signal);
		await asked.promise;
		controller.abort();
		assert.deepEqual(await cancelled, { kind: "cancelled" });
		await turnOn();
		const lost = proxy.listModels(target, new AbortController().signal);
		channel.postMessage("die");
		assert.deepEqual(await lost, { kind: "proxyRestarted" });
		await silent.close();
	});

	it("says nothing any more once it is disposed", async () => {
		await turnOn();
		proxy.dispose();
		const before = states.length;
		channel.postMessage("die");
		proxy.serve(false);
		assert.equal(states.length, before);
	});
});
