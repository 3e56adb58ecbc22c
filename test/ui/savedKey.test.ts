import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { type DemoRelay, startDemoRelay } from "../support/demoRelay/demoRelay.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";
import { importAccounts, savedAccounts } from "./support/accounts.ts";
import { eventually } from "./support/eventually.ts";
import { filesHolding, placesHolding, recordMessages } from "./support/leaks.ts";
import { askLocalPort } from "./support/localPort.ts";
import { accountRow, clickRowAction, notification, showAccounts } from "./support/places.ts";
import { openBlankForm, type RelayFormPage, shownForm } from "./support/relayForm.ts";
import { testTime, windowForTests } from "./support/windowForTests.ts";

describe("a saved key", () => {
	const window = windowForTests();
	/** Nowhere else in the world, so that each place that holds it got it from here. */
	const key = `sk-${randomBytes(16).toString("hex")}`;
	const newKey = `sk-${randomBytes(16).toString("hex")}`;
	let relay: DemoRelay;
	let quoting: Upstream;
	let localKey: string;

	before(async function () {
		this.timeout(testTime);
		relay = await startDemoRelay({ keys: { openai: key } });
		quoting = await startUpstream(({ headers }, response) => {
			const message = `${headers.authorization} is not a key of ours.`;
			response.writeHead(401, { "content-type": "application/json" }).end(JSON.stringify({ error: { message } }));
		});
		await importAccounts(window(), [
			{
				...{ label: "Quoting", format: "openai", baseUrl: quoting.origin, apiKey: key },
				...{ allowedModels: ["quoting-model"], priority: 9 },
			},
		]);
		const form = await openBlankForm(window());
		await form.fill({ label: "Keyed", baseUrl: relay.origin, apiKey: key, format: "OpenAI" });
		await form.save();
		await notification(window().page, "Added Keyed").waitFor();
		// Frames that are open have heard the key being typed; from here on nothing may bring it back.
		await recordMessages(window().page);
		await window().reload();
		await showAccounts(window());
		await accountRow(window().page, "Keyed").waitFor();
		localKey = await window().copyWith("Relay Accounts: Copy Local Key");
	});
	after(() => Promise.all([relay.close(), quoting.close()]));

	async function openEditForm(): Promise<RelayFormPage> {
		await clickRowAction(accountRow(window().page, "Keyed"), "Edit Relay Account");
		return shownForm(window().page);
	}

	/** Sends a request through the local port. @returns the status, and the key that reached the relay. */
	async function keyOfRequest(): Promise<{ readonly status: number; readonly key: string | undefined }> {
		const { port } = window();
		const { status } = await askLocalPort({ port, localKey }, { model: "demo-openai-small", prompt: "Say hello." });
		return { status, key: relay.requests.at(-1)?.headers.authorization };
	}

	it("outlives the window", async () => {
		await accountRow(window().page, "Keyed").and(window().page.locator('[aria-label$=", ready"]')).waitFor();
		assert.deepEqual(await keyOfRequest(), { status: 200, key: `Bearer ${key}` });
	});

	it("stays as it is when another field is edited and the empty key field is left alone", async () => {
		const form = await openEditForm();
		await form.frame.getByRole("heading", { name: "Edit Keyed" }).waitFor();
		assert.equal(await form.valueOf("label"), "Keyed");
		assert.equal(await form.valueOf("baseUrl"), `${relay.origin}/v1`);
		await eventually(() => form.chosen("format"), "OpenAI");
		assert.equal(await form.valueOf("apiKey"), "");
		assert.equal(await form.input("apiKey").getAttribute("placeholder"), "saved – leave empty to keep");
		await form.frame.getByText("A key is saved. Leave empty to keep it.").waitFor();

		await form.frame.locator("#advanced").click();
		await form.input("priority").fill("3");
		await form.save();
		await notification(window().page, "Updated Keyed").waitFor();

		assert.equal((await savedAccounts(window())).find(({ label }) => label === "Keyed")?.priority, 3);
		assert.deepEqual(await keyOfRequest(), { status: 200, key: `Bearer ${key}` });
	});

	it("is used by the form's test while its field is empty", async () => {
		const form = await openEditForm();
		await form.frame.locator("#test").click();
		await form.frame.locator("#test-result").getByText("It works: ").waitFor();
	});

	it("goes to no other host: the form asks for one", async () => {
		const form = await openEditForm();
		await form.fill({ baseUrl: "https://elsewhere.example" });
		await form.frame
			.getByText("The saved key belongs to another host and is not sent to this one. Enter the key for it.")
			.waitFor();
		await form.save();
		await eventually(() => form.problemsOf("apiKey"), ["Enter the API key that the relay gave you."]);
	});

	it("is nowhere in the page, the files and the logs, also after a relay that refused it has quoted it", async () => {
		const { page, port, userDataDir } = window();
		await clickRowAction(accountRow(page, "Quoting"), "Edit Relay Account");
		const form = await shownForm(page);
		await form.frame.locator("#test").click();
		await form.frame.locator("#test-result").getByText("The relay refused the API key (status 401).").waitFor();
		// An account that is named never hands the request on.
		const request = { model: "Quoting/quoting-model", prompt: "Say hello." };
		assert.equal((await askLocalPort({ port, localKey }, request)).status, 401);
		// The log is written a moment later.
		const holding = async () => (await filesHolding(userDataDir, "quoting-model")).map((file) => basename(file));
		await eventually(async () => (await holding()).includes("Relay Accounts.log"), true);

		// SecretStorage itself is one entry of localStorage, where it is sealed: so that entry is searched like all others.
		const entry = await page.evaluate(() => localStorage.getItem("secrets.provider"));
		assert.ok(entry, "SecretStorage is not where it was when this test was written");
		for (const secret of [key, localKey]) {
			assert.deepEqual(await placesHolding(page, secret), []);
			assert.deepEqual(await filesHolding(userDataDir, secret), []);
		}
		// The search finds what is there.
		assert.notDeepEqual(await placesHolding(page, quoting.origin), []);
		assert.ok((await holding()).includes("accounts.json"));
	});

	it("is replaced when a new one is typed", async () => {
		const form = await openEditForm();
		await form.fill({ apiKey: newKey });
		await form.save();
		await notification(window().page, "Updated Keyed").waitFor();
		assert.deepEqual(await keyOfRequest(), { status: 401, key: `Bearer ${newKey}` });
		assert.deepEqual(await filesHolding(window().userDataDir, newKey), []);
	});
});
