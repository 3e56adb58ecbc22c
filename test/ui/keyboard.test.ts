import assert from "node:assert/strict";
import { type DemoRelay, demoKeys, startDemoRelay } from "../support/demoRelay/demoRelay.ts";
import { operableNodes } from "./support/accessibility.ts";
import { importAccounts, savedAccounts } from "./support/accounts.ts";
import { eventually, eventuallyMatches } from "./support/eventually.ts";
import { accountRow, notification, showAccounts, statusBarItem } from "./support/places.ts";
import { openBlankForm } from "./support/relayForm.ts";
import { windowForTests } from "./support/windowForTests.ts";

describe("the relay form without a mouse or without eyes", () => {
	const window = windowForTests();
	let relay: DemoRelay;

	before(async () => {
		relay = await startDemoRelay();
	});
	after(() => relay.close());

	it("is filled, tested and saved by keyboard alone", async () => {
		const { page } = window();
		const { keyboard } = page;
		const form = await openBlankForm(window());
		await eventually(form.focusedId, "label");
		await keyboard.type("By keyboard");
		await keyboard.press("Tab");
		await keyboard.type(relay.origin);
		await keyboard.press("Tab");
		await keyboard.type(demoKeys.openai);
		await keyboard.press("Tab");
		await eventually(form.focusedId, "format");
		await keyboard.press("ArrowDown");
		await eventually(() => form.chosen("format"), "OpenAI");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "pendingModel");
		// Here Enter adds the model and saves nothing.
		await keyboard.type("demo-openai-small");
		await keyboard.press("Enter");
		await form.button("Remove demo-openai-small").waitFor();
		await keyboard.press("Tab");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "fetchModels");
		await keyboard.press("Enter");
		await form.frame.locator(".model-list").waitFor();
		await eventually(form.focusedId, "fetchModels");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "modelFilter");
		await keyboard.press("Tab");
		await keyboard.press("Space");
		await form.button("Remove demo-openai-large").waitFor();
		// The list is one stop: Tab leaves it, arrows move inside it.
		await keyboard.press("Tab");
		await eventually(form.focusedId, "advanced");
		await keyboard.press("Shift+Tab");
		await keyboard.press("ArrowDown");
		await keyboard.press("Space");
		await form.button("Remove demo-openai-small").waitFor({ state: "detached" });
		await keyboard.press("ArrowUp");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "advanced");
		await keyboard.press("Enter");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "priority");
		// Tab has selected what stood there.
		await keyboard.type("5");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "maxConcurrent");
		await keyboard.type("3");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "outboundProxy");
		await keyboard.press("Tab");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "auth");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "testModel");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "test");
		await keyboard.press("Enter");
		await form.frame.locator("#test-result").getByText("It works: demo-openai-large").waitFor();
		await eventually(form.focusedId, "test");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "save");
		// The way back is the same as the way there: 16 stops, one of them the list. And Enter saves from a field, too.
		for (let steps = 0; steps < 16; steps += 1) await keyboard.press("Shift+Tab");
		await eventually(form.focusedId, "apiKey");
		await keyboard.press("Enter");
		await notification(page, "Added By keyboard").waitFor();

		const [account] = await savedAccounts(window());
		assert.equal(account?.label, "By keyboard");
		assert.equal(account?.format, "openai");
		assert.deepEqual(account?.allowedModels, ["demo-openai-large"]);
		assert.equal(account?.priority, 5);
		assert.equal(account?.maxConcurrent, 3);
	});

	it("goes from a URL that is typed on to the key, and not to an offer that is out of date", async () => {
		const { keyboard } = window().page;
		const form = await openBlankForm(window());
		await form.input("baseUrl").fill("relay.example");
		await form.button("Use https://relay.example").waitFor();
		// As while another extension blocks the one that answers.
		await form.frame.locator("html").evaluate(() => {
			addEventListener("message", (event) => event.stopImmediatePropagation(), { capture: true });
		});
		await keyboard.type("/v1");
		await keyboard.press("Tab");
		await eventually(form.focusedId, "apiKey");
	});

	it("gives every field and button a name, and its hint as description", async () => {
		const { page } = window();
		const form = await openBlankForm(window());
		await form.fill({ label: "Named", baseUrl: relay.origin, apiKey: demoKeys.openai, format: "OpenAI" });
		await form.frame.locator("#fetchModels").click();
		await form.frame.getByRole("checkbox", { name: "demo-openai-large" }).click();
		await form.frame.locator("#advanced").click();
		await form.button("Add header").click();

		const nodes = () => operableNodes(page, "Add Relay Account");
		await eventually(
			async () => (await nodes()).map(({ role, name }) => `${role} ${name}`),
			[
				"textbox Label",
				"textbox Base URL",
				"textbox API Key",
				"combobox Format",
				"button Remove demo-openai-large",
				"textbox Model name or pattern",
				"button Add",
				"button Fetch models",
				"textbox Filter models",
				"checkbox demo-openai-large",
				"checkbox demo-openai-small",
				"DisclosureTriangle Advanced",
				"textbox Priority",
				"textbox Requests at once",
				"textbox Outbound proxy",
				"textbox Name",
				"textbox Value",
				"button Remove header 1",
				"button Add header",
				"combobox Key is sent as",
				"textbox Model to test with",
				"button Test",
				"button Save",
			],
		);
		const descriptionOf = (wanted: string) => async () =>
			(await nodes()).find(({ name }) => name === wanted)?.description;
		await eventually(descriptionOf("Label"), "The name this account is shown by.");
		await eventually(descriptionOf("Base URL"), `Will call ${relay.origin}/v1/chat/completions`);
		await eventually(descriptionOf("Test"), "Sends one small real request, which may cost a token.");
		await eventually(async () => (await nodes()).filter(({ invalid }) => invalid), []);
	});

	it("marks a field with a problem as invalid and describes it by the problem", async () => {
		const { page } = window();
		const form = await openBlankForm(window());
		await form.fill({ label: "Named", baseUrl: "https://me@relay.example", apiKey: "a-key" });
		await form.save();
		const invalid = async () => (await operableNodes(page, "Add Relay Account")).filter((node) => node.invalid);
		await eventually(async () => (await invalid()).map(({ name }) => name), ["Base URL"]);
		await eventuallyMatches(
			async () => (await invalid())[0]?.description ?? "",
			/^Remove the user name and password from the URL\./,
		);
	});
});

describe("the accounts view without a mouse", () => {
	const window = windowForTests();

	it("takes the keys when it is shown for the first time, with accounts in it", async () => {
		const { page } = window();
		const relay = { format: "openai", baseUrl: "http://127.0.0.1:9" };
		await importAccounts(window(), [
			{ ...relay, label: "First", apiKey: "first-unused" },
			{ ...relay, label: "Last", apiKey: "last-unused" },
		]);
		// The window knows of them, and so does the view.
		await eventuallyMatches(
			async () => (await statusBarItem(page).getAttribute("aria-label")) ?? "",
			/Accounts that can answer now: 2 of 2\./,
		);
		await showAccounts(window());
		const last = accountRow(page, "Last");
		await last.waitFor();
		await page.keyboard.press("End");
		await last.and(page.locator(".focused")).waitFor();
	});
});
