import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { type DemoRelay, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoEntry, importAccounts, removeAccounts } from "../support/accounts.ts";
import { isAnswering } from "../support/client.ts";
import { type Client, client, localPort, turnProxyOff, turnProxyOn, untilServing } from "../support/localPort.ts";
import { barText, type StatusBarWatch, watchStatusBar } from "../support/statusBar.ts";
import { followLog } from "../support/storage.ts";
import { keepThreads } from "../support/threads.ts";
import { until } from "../support/until.ts";

/** Milliseconds from a thread's first death to the next one's start. */
const firstDelay = 100;

describe("the proxy's thread, killed in the middle of a stream,", () => {
	let relay: DemoRelay;
	let openai: Client;
	let threads: ReturnType<typeof keepThreads>;
	let bar: StatusBarWatch;
	before(async () => {
		await untilServing();
		relay = await startDemoRelay();
		await importAccounts([demoEntry("openai", relay.origin)]);
		openai = await client("openai");
	});
	after(async () => {
		await removeAccounts();
		await relay.close();
	});
	beforeEach(async () => {
		bar = watchStatusBar();
		threads = keepThreads();
		// The thread that runs now was started before anybody kept it; and a new one has not died before. Turned on again
		// before it has ended, it goes on.
		while (threads.kept.length === 0) {
			await turnProxyOff();
			await turnProxyOn();
		}
		await until(() => bar.text() === listening());
	});
	afterEach(async () => {
		// A test that failed may have left it so.
		if (bar.text() === barText.off) await turnProxyOn();
		threads.stop();
		bar.stop();
	});

	const listening = () => barText.listening(localPort());

	function thread(): Worker {
		const newest = threads.kept.at(-1);
		assert.ok(newest, "the proxy runs in no thread");
		return newest;
	}

	/** @returns the code. The extension hears of it first: it listened first. */
	const exitOf = (worker: Worker) => new Promise<number>((resolve) => worker.once("exit", resolve));

	async function openStream() {
		const open = await openai.stream("[long 1000] [slow 20]");
		await until(() => open.text().includes("word5"));
		return open;
	}

	it("breaks the stream, so that no client takes the half for the whole", async () => {
		const open = await openStream();
		void thread().terminate();
		assert.equal(await open.ended, "broken");
		assert.doesNotMatch(open.text(), /\[DONE\]|"finish_reason":"/);
		await until(() => isAnswering(localPort()));
	});

	it("lets go of the relay", async () => {
		await openStream();
		void thread().terminate();
		assert.equal(await relay.requests.at(-1)?.aborted, true);
		await until(() => isAnswering(localPort()));
	});

	it("is back within two seconds, and the next request is answered", async function () {
		const open = await openStream();
		const killed = performance.now();
		void thread().terminate();
		await open.ended;
		const reply = await until(() => openai.chat("say hi").catch(() => null));
		const milliseconds = Math.round(performance.now() - killed);
		assert.equal(reply.status, 200);
		assert.ok(milliseconds < 2000, `it took ${milliseconds} ms`);
		if (this.test) this.test.title += ` (${milliseconds} ms)`;
	});

	it("is back as soon when it dies of a fault of its own", async () => {
		const log = followLog();
		await openStream();
		const dead = exitOf(thread());
		const killed = performance.now();
		// No configuration at all: the code that takes it throws.
		thread().postMessage({ type: "configure", config: null });
		assert.equal(await dead, 1);
		await until(() => isAnswering(localPort()));
		assert.ok(performance.now() - killed < 2000);
		await until(() => log.text().includes("The proxy's thread ended (code 1)"));
	});

	it("is never shown as serving while it is dead", async () => {
		await openStream();
		const before = bar.texts.length;
		const dead = exitOf(thread());
		void thread().terminate();
		await dead;
		assert.equal(bar.text(), barText.starting);
		await until(async () => {
			const shown = bar.text();
			const answers = await isAnswering(localPort());
			assert.ok(answers || shown !== listening(), `the status bar says “${shown}”, and nobody answers`);
			return answers && shown === listening();
		});
		assert.deepEqual(bar.texts.slice(before), [barText.starting, listening()]);
	});

	it("is shown as off, and stays off, when the proxy was turned off while it was dead", async () => {
		const dead = exitOf(thread());
		void thread().terminate();
		await dead;
		const count = threads.kept.length;
		await turnProxyOff();
		assert.equal(bar.text(), barText.off);
		// A dead thread is started again by a timer of this length; one that is set later fires later.
		await pause(firstDelay);
		assert.equal(threads.kept.length, count);
		assert.equal(bar.text(), barText.off);
		await turnProxyOn();
	});
});
