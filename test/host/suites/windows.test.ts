import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DemoRelay, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoRelays, type ProxyUnderTest, startProxy } from "../../support/proxyUnderTest.ts";
import { demoEntry, importAccounts, removeAccounts } from "../support/accounts.ts";
import { isAnswering } from "../support/client.ts";
import { client, localKey, localPort, untilServing } from "../support/localPort.ts";
import { hearMessages } from "../support/person.ts";
import { changeSetting, savedSetting } from "../support/settings.ts";
import { barText, type StatusBarWatch, watchStatusBar } from "../support/statusBar.ts";
import { storageFolder } from "../support/storage.ts";
import { until } from "../support/until.ts";

describe("a window that finds its port held by another window of the same person", () => {
	let relay: DemoRelay;
	let owner: ProxyUnderTest;
	let port: number;
	let savedPort: unknown;
	let bar: StatusBarWatch;
	let messages: ReturnType<typeof hearMessages>;
	before(async () => {
		await untilServing();
		port = localPort();
		savedPort = savedSetting("port");
		relay = await startDemoRelay();
		await importAccounts([demoEntry("openai", relay.origin)]);
		// What makes it one of ours is that it can read the token in the storage folder.
		const controlToken = await readFile(join(storageFolder(), "control-token"), "utf8");
		owner = await startProxy(demoRelays(relay.origin), { controlToken, localKey: "key-of-the-other-window" });
		messages = hearMessages();
		bar = watchStatusBar();
		await changeSetting("port", owner.port);
	});
	after(async () => {
		bar.stop();
		messages.stop();
		await changeSetting("port", savedPort);
		await until(() => isAnswering(port));
		await removeAccounts();
		await owner.close();
		await relay.close();
	});

	it("says so in its status bar, and with nothing else", async () => {
		await until(() => bar.text() === barText.otherWindow(owner.port));
		assert.deepEqual(messages.heard, []);
	});

	it("gives out the key that this port asks for, so that its clients are answered", async () => {
		assert.equal(await localKey(), owner.localKey);
		assert.equal((await (await client("openai")).chat("say hi")).status, 200);
	});

	it("takes the port over when the other window is closed, and its clients keep their key", async () => {
		await owner.close();
		await until(() => bar.text() === barText.listening(owner.port));
		assert.equal(await localKey(), owner.localKey);
		assert.equal((await (await client("openai")).chat("say hi")).status, 200);
	});
});
