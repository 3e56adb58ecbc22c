import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BroadcastChannel } from "node:worker_threads";
import type { AccountLive, SavedRest } from "../../../src/bridge/accountLive.ts";
import type { ProxyConfig, ProxyState } from "../../../src/bridge/protocol.ts";
import { WorkerProxy } from "../../../src/bridge/workerProxy.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoRelays, freePort } from "../../support/proxyUnderTest.ts";
import { startUpstream } from "../../support/upstream.ts";
import { windowConfig } from "../../support/windowUnderTest.ts";

const script = fileURLToPath(new URL("../../support/mortalWorker.ts", import.meta.url));

describe("the proxy in a worker thread", () => {
	const channel = new BroadcastChannel("relay-accounts-test-death");
	let relay: DemoRelay;
	let port: number;
	let proxy: WorkerProxy;
	let states: ProxyState["kind"][];
	let log: string[];
	let savedRests: readonly SavedRest[];
	const others: WorkerProxy[] = [];
	const openProxy = () =>
		new WorkerProxy({
			script,
			log: (level, message) => log.push(`${level} ${message}`),
			savedRests: () => savedRests,
			fetchHere: (_, port) => port.close(),
		});
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
		savedRests = [];
		proxy = openProxy();
		proxy.onDidChangeState(({ kind }) => states.push(kind));
		proxy.configure(config());
	});
	afterEach(() => {
		for (const each of [proxy, ...others.splice(0)]) each.dispose();
	});

	const config = (given: Partial<ProxyConfig> = {}): ProxyConfig =>
		windowConfig(port, { localKey: "local", accounts: demoRelays(relay.origin), ...given });

	/** Another window, with what this one knows. */
	function anotherWindow(): WorkerProxy {
		const other = openProxy();
		others.push(other);
		other.configure(config());
		return other;
	}

	/** Settles at the next change to this state. */
	function nextState(kind: ProxyState["kind"], of = proxy): Promise<void> {
		return new Promise((resolve) => {
			const subscription = of.onDidChangeState((state) => {
				if (state.kind !== kind) return;
				subscription.dispose();
				resolve();
			});
		});
	}

	/** Settles when it has been told how an account stands, and it stands like that. */
	function standsSo(accountId: string, judge: (live: AccountLive) => boolean, of = proxy): Promise<void> {
		return new Promise((resolve) => {
			const look = (live: ReadonlyMap<string, AccountLive>) => {
				const one = live.get(accountId);
				if (!one || !judge(one)) return;
				subscription.dispose();
				resolve();
			};
			const subscription = of.onDidChangeLive(look);
			look(of.live);
		});
	}

	/** The port is let go when the other windows have heard of it, a moment after they show so. */
	async function untilNobodyAnswers(): Promise<void> {
		while (await fetch(`http://127.0.0.1:${port}/health`).catch(() => null)) await turn();
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
		proxy.configure(config({ accounts: [] }));
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

	it("shows how the accounts stand while it answers, and nothing while it does not", async () => {
		assert.equal(proxy.live.size, 0);
		await turnOn();
		await standsSo("relay-openai", ({ hasKey, rest }) => hasKey && rest === null);
		assert.equal(proxy.live.size, 4);
		proxy.serve(false);
		assert.equal(proxy.live.size, 0);
	});

	it("begins with the rests that were saved, and ends them when a person says so", async () => {
		const rest = { reason: "outOfQuota", until: Date.now() + 100_000, status: 402, detail: "no credit" } as const;
		savedRests = [{ accountId: "relay-openai", rest, model: null }];
		await turnOn();
		await standsSo("relay-openai", (live) => live.rest?.reason === "outOfQuota");
		assert.equal((await chat()).status, 429);
		// What the thread told last goes before what was saved.
		savedRests = [];
		channel.postMessage("die");
		await nextState("listening");
		await standsSo("relay-openai", (live) => live.rest?.detail === "no credit");
		proxy.clearCooldown("relay-openai");
		await standsSo("relay-openai", (live) => live.rest === null);
		assert.equal((await chat()).status, 200);
	});

	it("ends rests that are cleared while it is off", async () => {
		const rest = { reason: "outOfQuota", until: Date.now() + 100_000, status: 402, detail: "" } as const;
		savedRests = ["relay-openai", "relay-gemini"].map((accountId) => ({ accountId, rest, model: null }));
		proxy.clearCooldown("relay-openai");
		await turnOn();
		await standsSo("relay-gemini", (live) => live.rest !== null);
		assert.equal(proxy.live.get("relay-openai")?.rest, null);
		proxy.serve(false);
		proxy.clearCooldown(null);
		await turnOn();
		await standsSo("relay-gemini", (live) => live.rest === null);
	});

	it("is turned on and off in all windows at once", async () => {
		const other = anotherWindow();
		await turnOn();
		await nextState("otherWindow", other);
		await standsSo("relay-openai", ({ hasKey }) => hasKey, other);
		const off = nextState("off");
		other.serve(false);
		await off;
		assert.equal(other.state.kind, "off");
		await untilNobodyAnswers();
		other.serve(true);
		await nextState("otherWindow");
		assert.equal(other.state.kind, "listening");
		const otherOff = nextState("off", other);
		other.serve(false);
		await otherOff;
		await nextState("off");
	});

	it("is taken over by another window when this one closes, with the rests that it had", async () => {
		const rest = { reason: "rateLimited", until: Date.now() + 100_000, status: 429, detail: "" } as const;
		savedRests = [{ accountId: "relay-openai", rest, model: null }];
		await turnOn();
		savedRests = [];
		const other = anotherWindow();
		await standsSo("relay-openai", (live) => live.rest !== null, other);
		const taken = nextState("listening", other);
		const closedAt = performance.now();
		proxy.dispose();
		await taken;
		assert.ok(performance.now() - closedAt < 2_000);
		await standsSo("relay-openai", (live) => live.rest?.until === rest.until, other);
		other.clearCooldown(null);
		await standsSo("relay-openai", (live) => live.rest === null, other);
		assert.equal((await chat()).status, 200);
	});

	it("learns the key of an account that was added in another window", async () => {
		proxy.configure(config({ accounts: demoRelays(relay.origin).map(({ account }) => ({ account, apiKey: null })) }));
		await turnOn();
		const learnt = new Promise((resolve) => {
			proxy.onDidLearnKey(({ accountId, apiKey }) => {
				if (accountId === "relay-openai") resolve(apiKey);
			});
		});
		assert.equal((await chat()).status, 503);
		anotherWindow();
		assert.equal(await learnt, demoKeys.openai);
		assert.equal((await chat()).status, 200);
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
