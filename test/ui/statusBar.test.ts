import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { freePort } from "../../scripts/host/ports.ts";
import { openWorkbench, type Workbench } from "../../scripts/host/workbench.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../support/demoRelay/demoRelay.ts";
import { importAccounts } from "./support/accounts.ts";
import { eventually } from "./support/eventually.ts";
import { askLocalPort } from "./support/localPort.ts";
import { accountRow, answerNotification, notification, showAccounts, statusBarItem } from "./support/places.ts";
import { keepSecrets } from "./support/secretStorage.ts";
import { testTime, windowForTests } from "./support/windowForTests.ts";

const allCan = "Accounts that can answer now: 1 of 1.";
const clickTurnsOff = "Click to turn the proxy off.";

describe("the status bar", () => {
	const window = windowForTests();
	let relay: DemoRelay;
	let localKey: string;

	before(async function () {
		this.timeout(testTime);
		relay = await startDemoRelay();
		await showAccounts(window());
		await importAccounts(window(), [
			{ label: "Demo", format: "openai", baseUrl: relay.origin, apiKey: demoKeys.openai },
		]);
		await accountRow(window().page, "Demo").waitFor();
		localKey = await window().copyWith("Relay Accounts: Copy Local Key");
	});
	after(() => relay.close());

	const item = ({ page }: Workbench = window()) => statusBarItem(page);
	const shown = (workbench?: Workbench) => async () => (await item(workbench).innerText()).trim();
	/** What a screen reader hears. */
	const heard = (workbench?: Workbench) => () => item(workbench).getAttribute("aria-label");
	const icon = (name: string, workbench?: Workbench) => item(workbench).locator(`.codicon-${name}`);
	const answers = (port: number, key: string = localKey) =>
		askLocalPort({ port, localKey: key }, { model: "demo-openai-large", prompt: "Say hello." });
	const isServed = (port: number) =>
		fetch(`http://127.0.0.1:${port}/health`).then(
			({ ok }) => ok,
			() => false,
		);

	it("says that the proxy is on, and on which port", async () => {
		const { port } = window();
		await eventually(shown(), String(port));
		await icon("radio-tower").waitFor();
		// The accounts are counted when they have settled, a moment after their rows are there.
		await eventually(heard(), `Relay Accounts: The proxy answers on port ${port}. ${allCan} ${clickTurnsOff}`);
		assert.equal((await answers(port)).status, 200);
	});

	it("turns the proxy off with a click, and nothing listens; another click turns it on again", async () => {
		const { port } = window();
		await item().click();
		await eventually(shown(), "Relay off");
		await icon("circle-slash").waitFor();
		await eventually(heard(), "Relay Accounts: The proxy is off. Click to turn the proxy on.");
		await eventually(() => isServed(port), false);

		await item().click();
		await eventually(shown(), String(port));
		assert.equal((await answers(port)).status, 200);
	});

	it("follows the port when the setting changes", async () => {
		const { port, changeSettings } = window();
		const other = await freePort();
		await changeSettings({ "relayAccounts.port": other });
		await eventually(shown(), String(other));
		assert.equal((await answers(other)).status, 200);
		assert.equal(await isServed(port), false);
		await changeSettings({ "relayAccounts.port": port });
		await eventually(shown(), String(port));
	});

	it("says that another program holds the port, and serves a free one when told to", async () => {
		const { page, port, changeSettings } = window();
		const stranger = createServer((_request, response) => response.end("not yours")).listen(0, "127.0.0.1");
		await once(stranger, "listening");
		const address = stranger.address();
		assert.ok(address !== null && typeof address === "object");
		try {
			await changeSettings({ "relayAccounts.port": address.port });
			await eventually(shown(), String(address.port));
			await icon("warning").waitFor();
			const sentence = `Port ${address.port} is used by another program.`;
			await eventually(heard(), `Relay Accounts: ${sentence} ${clickTurnsOff}`);

			await answerNotification(page, sentence, "Pick a Free Port");
			const said = notification(page, /The port is now \d+\. Clients need the new base URL\./);
			const [, picked] = /now (\d+)/.exec(await said.innerText()) ?? [];
			await eventually(shown(), picked ?? "");
			await icon("radio-tower").waitFor();
			assert.equal((await answers(Number(picked))).status, 200);
		} finally {
			stranger.close();
			await changeSettings({ "relayAccounts.port": port });
		}
		await eventually(shown(), String(port));
	});

	describe("of a second window", () => {
		let second: Workbench;

		before(async function () {
			this.timeout(60_000);
			// A browser of its own: it shares the machine with the first window, and no secret.
			second = await openWorkbench(window().browser, window().server.entrance, {
				folder: null,
				payload: [],
				prepare: keepSecrets,
			});
		});
		after(() => second?.close());

		it("says that the port is served by another window, without a popup", async () => {
			const { port } = window();
			await eventually(shown(second), String(port));
			await icon("link", second).waitFor();
			// How the accounts stand is told a moment later.
			await eventually(
				heard(second),
				`Relay Accounts: Port ${port} is served by another window. ${allCan} ${clickTurnsOff}`,
			);
			assert.deepEqual(await second.notifications(), []);
			assert.equal(await shown()(), String(port));
		});

		it("gives the local key that works on that port", async () => {
			const key = await second.copyWith("Relay Accounts: Copy Local Key");
			assert.equal(key, localKey);
			assert.equal((await answers(window().port, key)).status, 200);
		});

		it("turns the proxy off and on with the first window, whichever of them is clicked", async () => {
			const { port } = window();
			await item(second).click();
			await eventually(shown(second), "Relay off");
			await eventually(shown(), "Relay off");
			await eventually(() => isServed(port), false);

			await item().click();
			await eventually(shown(), String(port));
			await eventually(shown(second), String(port));
			await icon("link", second).waitFor();
			assert.equal((await answers(port)).status, 200);
		});
	});
});
