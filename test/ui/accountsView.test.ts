import assert from "node:assert/strict";
import type { NativeAccount } from "../../src/accounts/account.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../support/demoRelay/demoRelay.ts";
import { relayAccount } from "../support/relayAccount.ts";
import { importAccounts, saveAccounts, savedAccounts } from "./support/accounts.ts";
import { eventually, eventuallyMatches } from "./support/eventually.ts";
import { askLocalPort, type LocalReply } from "./support/localPort.ts";
import {
	accountRow,
	accountRows,
	answerDialog,
	answerStep,
	chooseFromContextMenu,
	clickRowAction,
	dialog,
	enabledBox,
	listedNotification,
	listNotifications,
	notification,
	quickInput,
	showAccounts,
	tooltipOf,
} from "./support/places.ts";
import { shownForm } from "./support/relayForm.ts";
import { testTime, windowForTests } from "./support/windowForTests.ts";

const login: NativeAccount = {
	...{ id: "login", type: "native", label: "Personal", email: "me@example.com", accountId: null, userId: null },
	...{ planType: "plus", format: null, baseUrl: null, allowedModels: null, priority: 0, enabled: true },
	addedAt: "2026-01-01T00:00:00.000Z",
};

describe("the accounts view", () => {
	const window = windowForTests();
	let relay: DemoRelay;
	let host: string;
	let localKey: string;

	before(async function () {
		this.timeout(testTime);
		relay = await startDemoRelay();
		host = new URL(relay.origin).host;
		await showAccounts(window());
	});
	after(() => relay.close());

	const row = (label: string) => accountRow(window().page, label);
	/** What a screen reader hears for a row. */
	const heard = (label: string) => row(label).getAttribute("aria-label");
	const described = (label: string) => row(label).locator(".label-description").innerText();
	/** The line of a row's tooltip that begins so. It is told of a request only after the client has its answer. */
	const toldLine = (label: string, beginning: string) => async () =>
		(await tooltipOf(row(label))).find((line) => line.startsWith(beginning)) ?? "";
	const listed = () => accountRows(window().page).locator(".label-name").allInnerTexts();
	const openai = (label: string, more: object = {}) => ({
		...{ label, format: "openai", baseUrl: relay.origin, apiKey: demoKeys.openai },
		...more,
	});

	function ask(model: string): Promise<LocalReply> {
		return askLocalPort({ port: window().port, localKey }, { model, prompt: "Say hello." });
	}

	it("shows a group only when it has members, and the accounts in it with format and host", async () => {
		await importAccounts(window(), [
			openai("First", { allowedModels: ["demo-openai-large"], priority: 2, headers: { "x-team": "blue" } }),
			{ label: "Second", format: "gemini", baseUrl: relay.origin, apiKey: demoKeys.gemini },
		]);
		await eventually(listed, ["Relay", "First", "Second"]);
		await eventually(() => described("First"), `OpenAI · ${host}`);
		await eventually(() => described("Second"), `Gemini · ${host}`);
		await eventually(() => heard("First"), `First, OpenAI, ${host}, ready`);

		await saveAccounts(window(), [...(await savedAccounts(window())), login]);
		await eventually(listed, ["ChatGPT", "Personal", "Relay", "First", "Second"]);
		await eventually(() => heard("Personal"), "Personal, Plus, me@example.com, signed out");

		await saveAccounts(
			window(),
			(await savedAccounts(window())).filter(({ id }) => id !== login.id),
		);
		await eventually(listed, ["Relay", "First", "Second"]);
		localKey = await window().copyWith("Relay Accounts: Copy Local Key");
	});

	it("tells in the tooltip what an account calls, serves and last did", async () => {
		const { port } = window();
		assert.deepEqual(await tooltipOf(row("First")), [
			"First — ready",
			"30 days: no requests",
			"Last used: not yet in this window",
			"Format: OpenAI",
			`URL called: ${relay.origin}/v1/chat/completions`,
			"Models: demo-openai-large",
			"Priority: 2",
			"Authentication: Authorization: Bearer",
			"Extra headers: x-team",
			`The proxy answers on port ${port}.`,
		]);
		assert.equal((await ask("demo-openai-large")).account, "First");
		await eventuallyMatches(toldLine("First", "Last used:"), /^Last used: \w+ \d+, \d{4}, \d+:\d\d:\d\d [AP]M$/);
	});

	it("tells the last error in words", async () => {
		await importAccounts(window(), [openai("Refused", { apiKey: "wrong-key", allowedModels: ["refused-model"] })]);
		await eventually(() => heard("Refused"), `Refused, OpenAI, ${host}, ready`);
		assert.equal((await ask("refused-model")).status, 401);
		await eventually(() => heard("Refused"), `Refused, OpenAI, ${host}, key refused`);
		await eventually(toldLine("Refused", "Refused"), "Refused — key refused");
		await eventuallyMatches(toldLine("Refused", "Last error:"), /^Last error: .+: .*401/);
	});

	it("disables an account by its box: a request then says why nobody answers; and enables it again", async () => {
		await enabledBox(row("First")).click();
		await eventually(() => heard("First"), `First, OpenAI, ${host}, disabled`);
		assert.equal(await enabledBox(row("First")).getAttribute("aria-checked"), "false");
		const refused = await ask("demo-openai-large");
		assert.equal(refused.status, 503);
		assert.match(JSON.parse(refused.text).error.message, /“First” is disabled/);

		await enabledBox(row("First")).click();
		await eventually(() => heard("First"), `First, OpenAI, ${host}, ready`);
		assert.equal((await ask("demo-openai-large")).account, "First");
	});

	it("says that a key is missing here, and takes it with the row's own action", async () => {
		const { page } = window();
		const keyless = relayAccount({
			id: "keyless",
			label: "Keyless",
			baseUrl: `${relay.origin}/v1`,
			allowedModels: ["demo-openai-small"],
		});
		await saveAccounts(window(), [...(await savedAccounts(window())), keyless]);
		await eventually(() => described("Keyless"), `key missing here · OpenAI · ${host}`);
		const refused = await ask("demo-openai-small");
		assert.equal(refused.status, 503);
		assert.match(JSON.parse(refused.text).error.message, /“Keyless” has no key in this VS Code window/);

		await clickRowAction(row("Keyless"), "Enter API Key");
		await answerStep(page, "API Key of Keyless", "");
		await quickInput(page).getByText("Enter the API key that the relay gave you.").waitFor();
		await answerStep(page, "API Key of Keyless", demoKeys.openai);
		await notification(page, "The key of Keyless was saved.").waitFor();
		await eventually(() => heard("Keyless"), `Keyless, OpenAI, ${host}, ready`);
		await eventually(() => described("Keyless"), `OpenAI · ${host}`);
		assert.equal((await ask("demo-openai-small")).account, "Keyless");
	});

	it("tests an account from its row and says what came of it", async () => {
		const { page } = window();
		await clickRowAction(row("First"), "Test Relay Account (May Cost a Token)");
		const words = /First: It works: demo-openai-large answered in \d+ ms: “Hello from demo-openai-large: Say hello in/;
		await notification(page, words).waitFor();
	});

	it("says when a test's key was refused, with a way to enter another", async () => {
		const { page } = window();
		await listNotifications(page);
		await clickRowAction(row("Refused"), "Test Relay Account (May Cost a Token)");
		const said = listedNotification(page, "Refused: The relay refused the API key (status 401). Enter a valid key.");
		await said.hover();
		await said.getByRole("button", { name: "Enter Key" }).click();
		await quickInput(page).getByText("API Key of Refused").waitFor();
	});

	it("renames an account, and not to a label that is taken", async () => {
		const { page } = window();
		await chooseFromContextMenu(row("Refused"), "Rename Account");
		await answerStep(page, "Rename Refused", "first");
		await quickInput(page).getByText("Another account has this label already.").waitFor();
		await answerStep(page, "Rename Refused", "Renamed");
		await row("Renamed").waitFor();
		await row("Refused").waitFor({ state: "detached" });
	});

	it("duplicates an account into a form that asks for the key", async () => {
		const { page } = window();
		await chooseFromContextMenu(row("First"), "Duplicate Relay Account");
		const form = await shownForm(page);
		assert.equal(await form.valueOf("label"), "First copy");
		assert.equal(await form.valueOf("baseUrl"), `${relay.origin}/v1`);
		assert.equal(await form.valueOf("apiKey"), "");
		assert.deepEqual(await form.frame.locator(".chip > span").allInnerTexts(), ["demo-openai-large"]);
		await form.save();
		await eventually(() => form.problemsOf("apiKey"), ["Enter the API key that the relay gave you."]);
	});

	it("copies an account's base URL", async () => {
		const { page } = window();
		await chooseFromContextMenu(row("Second"), "Copy Base URL of Account");
		await notification(page, "The base URL of Second was copied.").waitFor();
		assert.equal(await window().clipboard(), `${relay.origin}/v1beta`);
	});

	it("removes an account only after a question that names it", async () => {
		const { page } = window();
		await chooseFromContextMenu(row("Renamed"), "Remove Account");
		await dialog(page).getByText("Remove the account “Renamed”?").waitFor();
		await answerDialog(page, "Cancel");
		await row("Renamed").waitFor();

		await chooseFromContextMenu(row("Renamed"), "Remove Account");
		await answerDialog(page, "Remove");
		await row("Renamed").waitFor({ state: "detached" });
		assert.deepEqual(
			(await savedAccounts(window())).map(({ label }) => label),
			["First", "Second", "Keyless"],
		);
	});
});
