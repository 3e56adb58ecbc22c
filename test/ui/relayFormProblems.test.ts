import assert from "node:assert/strict";
import { freePort } from "../../scripts/host/ports.ts";
import { relayAccount } from "../support/relayAccount.ts";
import { saveAccounts, savedAccounts } from "./support/accounts.ts";
import { eventually } from "./support/eventually.ts";
import { notification } from "./support/places.ts";
import { openBlankForm, type RelayFormPage, shownForm } from "./support/relayForm.ts";
import { windowForTests } from "./support/windowForTests.ts";

const labelEmpty = "Enter a label: the name under which this account is shown.";
const urlEmpty = "Enter the base URL of the relay, for example https://api.example.com.";
const keyEmpty = "Enter the API key that the relay gave you.";

describe("the relay form's messages", () => {
	const window = windowForTests();

	const complete = {
		label: "Complete",
		baseUrl: "https://relay.example",
		apiKey: "key-of-complete",
		format: "OpenAI",
	} as const;

	/** What a problem must not change. */
	async function contentOf(form: RelayFormPage): Promise<unknown> {
		return {
			label: await form.valueOf("label"),
			baseUrl: await form.valueOf("baseUrl"),
			apiKey: await form.valueOf("apiKey"),
			format: await form.chosen("format"),
			models: await form.frame.locator(".chip > span").allInnerTexts(),
			pendingModel: await form.valueOf("pendingModel"),
			priority: await form.valueOf("priority"),
			headers: await form.frame
				.locator(".header-row input")
				.evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value)),
			auth: await form.chosen("auth"),
			testModel: await form.valueOf("testModel"),
		};
	}

	async function fillEverything(form: RelayFormPage): Promise<void> {
		await form.fill(complete);
		await form.input("pendingModel").fill("gpt-*, o3");
		await form.input("pendingModel").press("Enter");
		await form.input("pendingModel").fill("not added yet");
		await form.frame.locator("#advanced").click();
		await form.input("priority").fill("7");
		await form.button("Add header").click();
		await form.input("header-name-1").fill("x-team");
		await form.input("header-value-1").fill("blue");
		await form.choose("auth", "api-key");
		await form.input("testModel").fill("gpt-9");
	}

	it("stand at each empty field that is required, and the first of them has the focus", async () => {
		const form = await openBlankForm(window());
		await form.save();
		await eventually(() => form.problemsOf("label"), [labelEmpty]);
		await eventually(() => form.problemsOf("baseUrl"), [urlEmpty]);
		await eventually(() => form.problemsOf("apiKey"), [keyEmpty]);
		assert.deepEqual(await form.problems(), [labelEmpty, urlEmpty, keyEmpty]);
		await eventually(form.focusedId, "label");
	});

	it("go away for the field that is mended, and for no other", async () => {
		const form = await openBlankForm(window());
		await form.save();
		await eventually(form.problems, [labelEmpty, urlEmpty, keyEmpty]);
		await form.fill({ label: "Mended" });
		await eventually(form.problems, [urlEmpty, keyEmpty]);
	});

	for (const [what, baseUrl, message] of [
		[
			"a URL with user info",
			"https://me:secret@relay.example",
			"Remove the user name and password from the URL. The key belongs in the API key field.",
		],
		["a URL that is none", "https://", "This is not a URL. A base URL looks like https://api.example.com/v1."],
		[
			"a URL of another scheme",
			"ftp://relay.example",
			"A base URL begins with https://, or with http:// on this machine; ftp is not possible.",
		],
		[
			"http to another machine",
			"http://relay.example",
			"Over http:// the API key and all texts travel to relay.example unencrypted. Use https://, or allow it explicitly.",
		],
	] as const) {
		it(`name the fault of ${what}`, async () => {
			const form = await openBlankForm(window());
			await form.fill({ ...complete, baseUrl });
			await form.save();
			await eventually(form.problems, [message]);
			assert.deepEqual(await form.problemsOf("baseUrl"), [message]);
			assert.equal(await form.valueOf("baseUrl"), baseUrl);
			await eventually(form.focusedId, "baseUrl");
		});
	}

	it("suggest https for a URL without a scheme, and one click takes the suggestion", async () => {
		const form = await openBlankForm(window());
		await form.fill({ ...complete, baseUrl: "relay.example/v1" });
		await form.save();
		await eventually(form.problems, ["The base URL must begin with https://. Did you mean https://relay.example/v1?"]);
		await form.button("Use https://relay.example/v1").click();
		await eventually(form.problems, []);
		await eventually(() => form.frame.locator("#called-url").innerText(), "https://relay.example/v1/chat/completions");
		await eventually(() => form.valueOf("baseUrl"), "https://relay.example/v1");
	});

	it("ask for an explicit yes to http on another machine, which holds for that URL alone", async () => {
		const form = await openBlankForm(window());
		const consent = form.frame.locator("#allowPlainHttp");
		const isTicked = () => consent.getAttribute("aria-checked");
		await form.fill({ ...complete, baseUrl: "http://relay.example" });
		await form.frame
			.getByText("relay.example is another machine and this URL is not encrypted: others on the way can read the key.")
			.waitFor();
		assert.equal(await isTicked(), "false");
		await consent.click();
		await eventually(isTicked, "true");
		await form.fill({ baseUrl: "http://other.example" });
		await form.frame.getByText("other.example is another machine").waitFor();
		await eventually(isTicked, "false");
	});

	it("say that a label is taken", async () => {
		await saveAccounts(window(), [relayAccount({ id: "taken", label: "Taken" })]);
		const form = await openBlankForm(window());
		await form.fill({ ...complete, label: "taken", baseUrl: "https://elsewhere.example" });
		await form.save();
		await eventually(form.problems, ["Another account has this label already. Choose a different one."]);
		assert.equal((await form.problemsOf("label")).length, 1);
		await saveAccounts(window(), []);
	});

	it("say that nobody answers at the host, and save it anyway when told to", async () => {
		const { page } = window();
		const host = `127.0.0.1:${await freePort()}`;
		const form = await openBlankForm(window());
		await form.fill({ ...complete, label: "Nobody there", baseUrl: `http://${host}` });
		await form.save();
		await eventually(form.problems, [
			`${host} could not be reached. Check the base URL for a typing mistake, and your network.`,
		]);
		assert.deepEqual(await savedAccounts(window()), []);
		await form.button("Save anyway").click();
		await notification(page, "Added Nobody there").waitFor();
		assert.deepEqual(
			(await savedAccounts(window())).map(({ label }) => label),
			["Nobody there"],
		);
	});

	it("leave everything as it was typed", async () => {
		const form = await openBlankForm(window());
		await fillEverything(form);
		const typed = await contentOf(form);
		await form.fill({ label: "" });
		await form.save();
		await eventually(() => form.problemsOf("label"), [labelEmpty]);
		assert.deepEqual(await contentOf(form), { ...(typed as object), label: "" });
	});

	it("and everything typed are there again after another editor covered the form", async () => {
		const { page, runCommand } = window();
		const form = await openBlankForm(window());
		await fillEverything(form);
		await form.fill({ apiKey: "" });
		await form.save();
		await eventually(() => form.problemsOf("apiKey"), [keyEmpty]);
		await form.fill({ label: "Typed after that" });
		const typed = await contentOf(form);
		const problems = await form.problems();

		await runCommand("File: New Untitled Text File");
		await page.locator("iframe.webview").waitFor({ state: "detached" });
		await page.locator(".tab", { hasText: "Add Relay Account" }).click();

		const shown = await shownForm(page);
		await eventually(() => contentOf(shown), typed);
		assert.deepEqual(await shown.problems(), problems);
		assert.equal(await shown.frame.locator("details").getAttribute("open"), "");
	});
});
