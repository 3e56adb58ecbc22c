import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { commands } from "vscode";
import { freePort } from "../../../scripts/host/ports.ts";
import { formats } from "../../../src/accounts/account.ts";
import { type DemoRelay, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoEntry, importAccounts, removeAccounts } from "../support/accounts.ts";
import { isAnswering, isClosed } from "../support/client.ts";
import {
	client,
	demoModels,
	localPort,
	turnProxyOff,
	turnProxyOn,
	untilServing,
	wordsOf,
} from "../support/localPort.ts";
import { hearMessages } from "../support/person.ts";
import { changeSetting, savedSetting } from "../support/settings.ts";
import { barText, type StatusBarWatch, watchStatusBar } from "../support/statusBar.ts";
import { until } from "../support/until.ts";

describe("the proxy", () => {
	let relay: DemoRelay;
	let port: number;
	let savedPort: unknown;
	let bar: StatusBarWatch;
	before(async () => {
		await untilServing();
		port = localPort();
		savedPort = savedSetting("port");
		relay = await startDemoRelay();
		await importAccounts(formats.map((format) => demoEntry(format, relay.origin)));
	});
	after(async () => {
		await removeAccounts();
		await relay.close();
	});
	beforeEach(() => {
		bar = watchStatusBar();
	});
	afterEach(async () => {
		// A test that failed may have left it so.
		if (bar.text() === barText.off) await turnProxyOn();
		bar.stop();
		await changeSetting("port", savedPort);
		await until(() => isAnswering(port));
	});

	for (const format of formats) {
		it(`brings a streaming ${format} request to the relay and the answer back`, async () => {
			const { chat } = await client(format);
			const before = relay.requests.length;
			const reply = await chat("say hi");
			assert.equal(reply.status, 200);
			assert.equal(reply.headers["x-relay-account"], encodeURIComponent(`Demo ${format}`));
			assert.match(wordsOf(format, reply.text), new RegExp(`Hello from ${demoModels[format]}: say hi`));
			assert.equal(relay.requests.length, before + 1);
		});
	}

	it("listens nowhere when it is off, and answers again when it is on", async () => {
		const { chat } = await client("openai");
		await turnProxyOff();
		assert.equal(bar.text(), barText.off);
		await assert.rejects(chat("say hi"), { code: "ECONNREFUSED" });
		await turnProxyOn();
		await until(() => bar.text() === barText.listening(port));
		assert.deepEqual(bar.texts, [barText.off, barText.starting, barText.listening(port)]);
		assert.equal((await chat("say hi")).status, 200);
	});

	it("ends the streams that are open when it is turned off, and the relay is told", async () => {
		const { stream } = await client("openai");
		const open = await stream("[long 1000] [slow 20]");
		await until(() => open.text().includes("word3"));
		await turnProxyOff();
		assert.equal(await open.ended, "broken");
		assert.equal(await relay.requests.at(-1)?.aborted, true);
		await turnProxyOn();
	});

	it("is as the last of several quick clicks says", async () => {
		for (let click = 0; click < 6; click += 1) void commands.executeCommand("relayAccounts.toggleProxy");
		await until(() => bar.texts.filter((text) => text === barText.off).length === 3);
		await until(() => bar.text() === barText.listening(port));
		assert.equal(await isAnswering(port), true);
	});

	it("moves to another port when the setting changes", async () => {
		const other = await freePort();
		await changeSetting("port", other);
		await until(() => isAnswering(other));
		await until(() => isClosed(port));
		await until(() => bar.text() === barText.listening(other));
		assert.equal((await (await client("openai")).chat("say hi")).status, 200);
	});

	it("moves without waiting for the streams that are open", async () => {
		const { stream } = await client("openai");
		const open = await stream("[long 1000] [slow 20]");
		await until(() => open.text().includes("word3"));
		const other = await freePort();
		await changeSetting("port", other);
		await until(() => isAnswering(other));
		assert.doesNotMatch(open.text(), /\[DONE\]/);
		open.leave();
	});

	describe("whose port another program has", () => {
		const other = createServer((socket) => socket.destroy());
		let taken: number;
		beforeEach(async () => {
			taken = await freePort();
			other.listen(taken, "127.0.0.1");
			await once(other, "listening");
		});
		afterEach(async () => {
			await commands.executeCommand("notifications.clearAll");
			if (!other.listening) return;
			other.close();
			await once(other, "close");
		});

		it("says so, once and in words", async () => {
			const messages = hearMessages();
			try {
				await changeSetting("port", taken);
				await until(() => bar.text() === barText.portTaken(taken));
				await until(() => messages.heard.length > 0);
				assert.deepEqual(messages.heard, [`Port ${taken} is used by another program.`]);
			} finally {
				messages.stop();
			}
		});

		it("takes it as soon as it is free", async () => {
			await changeSetting("port", taken);
			await until(() => bar.text() === barText.portTaken(taken));
			other.close();
			await until(() => isAnswering(taken));
			await until(() => bar.text() === barText.listening(taken));
		});

		it("moves to a free one when it is asked to", async () => {
			await changeSetting("port", taken);
			await until(() => bar.text() === barText.portTaken(taken));
			await commands.executeCommand("relayAccounts.pickFreePort");
			await until(() => localPort() !== taken);
			await until(() => isAnswering(localPort()));
			assert.equal((await (await client("openai")).chat("say hi")).status, 200);
		});
	});
});
