import assert from "node:assert/strict";
import { freePort } from "../../scripts/host/ports.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../support/demoRelay/demoRelay.ts";
import { savedAccounts } from "./support/accounts.ts";
import { askLocalPort } from "./support/localPort.ts";
import { answerStep, notification, quickInput } from "./support/places.ts";
import { windowForTests } from "./support/windowForTests.ts";

describe("adding a relay step by step", () => {
	const window = windowForTests();
	let relay: DemoRelay;

	before(async () => {
		relay = await startDemoRelay();
	});
	after(() => relay.close());

	/** Moves to an item of the list that is asked and takes it, by keyboard alone. */
	async function chooseByKey(question: string | RegExp, label: string): Promise<void> {
		const { page } = window();
		const asked = quickInput(page);
		await asked.getByPlaceholder(question).waitFor();
		const rows = asked.locator(".monaco-list-row");
		const wanted = rows.filter({ has: page.locator(".label-name", { hasText: label }) });
		await wanted.waitFor();
		const focused = wanted.and(page.locator(".focused"));
		for (let moves = await rows.count(); moves > 0 && (await focused.count()) === 0; moves -= 1) {
			await page.keyboard.press("ArrowDown");
		}
		await focused.waitFor();
		await page.keyboard.press("Enter");
	}

	it("needs the keyboard alone, shows what is wrong at each step, and the relay answers", async () => {
		const { page, port, runCommand, copyWith } = window();
		const said = (words: string | RegExp) => quickInput(page).getByText(words).waitFor();
		await runCommand("Relay Accounts: Add Relay Account (Step by Step)");
		await chooseByKey("Which format does the relay speak?", "OpenAI");
		await answerStep(page, /^Label/, "");
		await said("Enter a label: the name under which this account is shown.");
		await answerStep(page, /^Label/, "By steps");
		await answerStep(page, /^Base URL/, "relay.example");
		await said("The base URL must begin with https://. Did you mean https://relay.example?");
		await quickInput(page).locator("input").first().fill(relay.origin);
		await said(`Will call ${relay.origin}/v1/chat/completions`);
		await page.keyboard.press("Enter");
		await answerStep(page, "API key", demoKeys.openai);
		await chooseByKey("Which models may this account answer?", "Pick from the relay's list");
		await quickInput(page).getByPlaceholder("Choose the allowed models").waitFor();
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Space");
		await page.keyboard.press("Enter");
		await chooseByKey("Save By steps, or test it first", "Test");
		await said(/^It works: demo-openai-\w+ answered in \d+ ms/);
		await chooseByKey("Save By steps, or test it first", "Save");
		await notification(page, "By steps was added.").waitFor();

		const [account] = await savedAccounts(window());
		assert.equal(account?.label, "By steps");
		const [model, ...others] = account?.allowedModels ?? [];
		assert.match(model ?? "", /^demo-openai-/);
		assert.deepEqual(others, []);
		const localKey = await copyWith("Relay Accounts: Copy Local Key");
		const reply = await askLocalPort({ port, localKey }, { model: model ?? "", prompt: "Say hello." });
		assert.equal(reply.account, "By steps");
		assert.equal(reply.words, `Hello from ${model}: Say hello.`);
	});

	it("warns once about a host that nobody answers at, and goes on when told again", async () => {
		const { page, runCommand } = window();
		const host = `127.0.0.1:${await freePort()}`;
		await runCommand("Relay Accounts: Add Relay Account (Step by Step)");
		await chooseByKey("Which format does the relay speak?", "Codex");
		await answerStep(page, /^Label/, "Nobody there");
		await answerStep(page, /^Base URL/, `http://${host}`);
		await quickInput(page).getByText(`${host} could not be reached.`).waitFor();
		await page.keyboard.press("Enter");
		await quickInput(page).getByPlaceholder("API key").waitFor();
		assert.equal(await quickInput(page).locator("input").first().getAttribute("type"), "password");
	});
});
