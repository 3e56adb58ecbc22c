import assert from "node:assert/strict";
import { type DemoRelay, demoKeys, startDemoRelay } from "../support/demoRelay/demoRelay.ts";
import { eventually } from "./support/eventually.ts";
import { askLocalPort } from "./support/localPort.ts";
import { accountRow, notification, showAccounts, viewTitleAction } from "./support/places.ts";
import { openBlankForm, shownForm } from "./support/relayForm.ts";
import { windowForTests } from "./support/windowForTests.ts";

describe("the relay form", () => {
	const window = windowForTests();
	let relay: DemoRelay;

	before(async () => {
		relay = await startDemoRelay();
	});
	after(() => relay.close());

	/** The form as it is opened in some way: blank, and ready to be typed into. */
	async function expectBlankForm(): Promise<void> {
		const form = await shownForm(window().page);
		await form.frame.getByRole("heading", { name: "Add Relay Account" }).waitFor();
		await eventually(form.focusedId, "label");
		assert.equal(await form.valueOf("label"), "");
		await eventually(() => form.chosen("format"), "Codex");
	}

	it("is opened by the palette", async () => {
		await openBlankForm(window());
		await expectBlankForm();
	});

	it("is opened by the plus button of the view", async () => {
		await showAccounts(window());
		await viewTitleAction(window().page, "Add Relay Account").click();
		await expectBlankForm();
	});

	it("is opened by the welcome view's button while there is no account", async () => {
		const { page } = window();
		await showAccounts(window());
		await page.locator(".part.sidebar .welcome-view").getByRole("button", { name: "Add Relay Account" }).click();
		await expectBlankForm();
	});

	it("is the same one when it is asked for again", async () => {
		const { page } = window();
		const form = await openBlankForm(window());
		await form.fill({ label: "Half typed" });
		await openBlankForm(window());
		assert.equal(await page.locator(".tab", { hasText: "Add Relay Account" }).count(), 1);
		assert.equal(await form.valueOf("label"), "Half typed");
	});

	it("shows the URL that will be called while the base URL is typed and when the format changes", async () => {
		const form = await openBlankForm(window());
		const called = () => form.frame.locator("#called-url").innerText();
		const typed: readonly (readonly [string, string])[] = [
			["https://relay.example", "https://relay.example/v1/responses"],
			["/", "https://relay.example/v1/responses"],
			["api", "https://relay.example/api/responses"],
			["/v1/responses", "https://relay.example/api/v1/responses"],
		];
		for (const [piece, url] of typed) {
			await form.input("baseUrl").pressSequentially(piece);
			await eventually(called, url);
		}
		await form.fill({ baseUrl: "https://chat.example/backend-api" });
		await eventually(called, "https://chat.example/backend-api/codex/responses");
		await form.fill({ baseUrl: "https://relay.example" });
		for (const [format, url] of [
			["OpenAI", "https://relay.example/v1/chat/completions"],
			["Anthropic", "https://relay.example/v1/messages"],
			["Gemini", "https://relay.example/v1beta/models/{model}:generateContent"],
			["Codex", "https://relay.example/v1/responses"],
		] as const) {
			await form.choose("format", format);
			await eventually(called, url);
		}
	});

	it("adds an OpenAI relay, and a streaming request through the local port is answered by it", async () => {
		const { page, port, copyWith } = window();
		const form = await openBlankForm(window());
		await form.fill({ label: "Form relay", baseUrl: relay.origin, apiKey: demoKeys.openai, format: "OpenAI" });
		await form.save();
		await notification(page, "Added Form relay").waitFor();
		await page.locator(".tab", { hasText: "Add Relay Account" }).waitFor({ state: "detached" });
		await showAccounts(window());
		await accountRow(page, "Form relay").waitFor();

		const localKey = await copyWith("Relay Accounts: Copy Local Key");
		const sentBefore = relay.requests.length;
		const reply = await askLocalPort({ port, localKey }, { model: "demo-openai-small", prompt: "Say hello." });

		assert.equal(reply.status, 200);
		assert.equal(reply.account, "Form relay");
		assert.equal(reply.words, "Hello from demo-openai-small: Say hello.");
		assert.match(reply.text, /\ndata: \[DONE\]\n\n$/);
		const [sent, ...others] = relay.requests.slice(sentBefore);
		assert.equal(others.length, 0);
		assert.equal(sent?.url, "/v1/chat/completions");
		assert.equal(sent?.headers.authorization, `Bearer ${demoKeys.openai}`);
		assert.equal(JSON.parse(String(sent?.body)).stream, true);
	});
});
