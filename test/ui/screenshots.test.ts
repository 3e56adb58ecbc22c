import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { freePort, isFree } from "../../scripts/host/ports.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../support/demoRelay/demoRelay.ts";
import { relayAccount } from "../support/relayAccount.ts";
import { importAccounts, saveAccounts, savedAccounts } from "./support/accounts.ts";
import { eventually } from "./support/eventually.ts";
import { areaOf, hide, type ThemeName, takePicture, untilThemed, widenSideBar } from "./support/picture.ts";
import { accountRow, quickInput, showTooltip, statusBarItem } from "./support/places.ts";
import { openBlankForm, type RelayFormPage } from "./support/relayForm.ts";
import { screenshotsDir } from "./support/testWindow.ts";
import { windowForTests } from "./support/windowForTests.ts";

/** The ports that people see in the pictures, unless a program of this machine has them. */
const proxyPort = 14680;
const relayPort = 4000;
/** Bytes; the README's pictures are loaded with it. */
const largestPicture = 300 * 1024;

const themes = [
	{ theme: "Default Light Modern", name: "light" },
	{ theme: "Default Dark Modern", name: "dark" },
] as const satisfies readonly { readonly theme: ThemeName; readonly name: string }[];

describe("pictures", () => {
	const window = windowForTests({
		settings: {
			"window.commandCenter": false,
			"workbench.layoutControl.enabled": false,
			// What fades away would be caught half-way.
			"workbench.reduceMotion": "on",
		},
	});
	let relay: DemoRelay;

	before(async () => {
		relay = await startDemoRelay({ port: (await isFree(relayPort)) ? relayPort : 0 });
		const port = (await isFree(proxyPort)) ? proxyPort : await freePort();
		await window().changeSettings({ "relayAccounts.port": port });
		await window().runCommand("View: Close Primary Side Bar");
	});
	after(() => relay.close());

	async function useTheme(theme: ThemeName): Promise<void> {
		await window().changeSettings({ "workbench.colorTheme": theme });
		await untilThemed(window().page, theme);
	}

	/** Takes away messages, the palette and what the mouse does to whatever is under it. */
	async function readyForPicture(): Promise<void> {
		const { page, runCommand } = window();
		await runCommand("Notifications: Clear All Notifications");
		await quickInput(page).waitFor({ state: "hidden" });
		await page.mouse.move(0, 0);
	}

	/** A form in which everything went well, and nothing around it. */
	async function filledForm(): Promise<RelayFormPage> {
		const form = await openBlankForm(window());
		await form.fill({ label: "Work relay", baseUrl: relay.origin, apiKey: demoKeys.openai, format: "OpenAI" });
		await form.frame.locator("#fetchModels").click();
		await form.frame.getByRole("checkbox", { name: "demo-openai-large" }).click();
		await form.frame.locator("#test").click();
		await form.frame.locator("#test-result").getByText("It works: ").waitFor();
		await readyForPicture();
		return form;
	}

	/** Its file is small enough for the README. */
	async function expectSmall(file: string): Promise<void> {
		const { size } = await stat(file);
		assert.ok(size < largestPicture, `${file} has ${size} bytes`);
	}

	for (const { theme, name } of [...themes, { theme: "Default High Contrast", name: "high-contrast" } as const]) {
		it(`show the form in ${theme}`, async () => {
			const { page } = window();
			await page.setViewportSize({ width: 800, height: 1300 });
			await useTheme(theme);
			const form = await filledForm();
			// Neither a caret nor a scrolled page in the picture.
			await form.frame.locator("html").evaluate((html) => {
				if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
				html.scrollTo(0, 0);
			});
			const file = join(screenshotsDir, `form-${name}.png`);
			const { x, y, width, height } = await areaOf(form.frame.locator("main"));
			// What is above and below the fields is empty, at the sides the page's own margin.
			await takePicture(page, { x: x - 16, y, width: width + 32, height: height - 24 }, file);
			await expectSmall(file);
		});
	}

	it("show the form at 200 % zoom, where nothing is cut off at the side", async () => {
		const { page } = window();
		// Zoomed to 200 %, a window of 1280 by 800 pixels has half of each for its page.
		await page.setViewportSize({ width: 640, height: 400 });
		await useTheme("Default Light Modern");
		const form = await filledForm();
		await form.frame.locator("#advanced").click();
		await form.button("Add header").click();
		assert.equal(await form.frame.locator("html").evaluate((html) => html.scrollWidth <= html.clientWidth), true);
		for (const [number, id] of ["label", "apiKey", "fetchModels", "advanced", "testModel"].entries()) {
			await form.frame.locator(`#${id}`).evaluate((element) => element.scrollIntoView({ block: "start" }));
			const area = { x: 0, y: 0, width: 640, height: 400 };
			await takePicture(page, area, join(screenshotsDir, `form-zoomed-${number + 1}.png`));
		}
	});

	describe("of the accounts and the status bar", () => {
		before(async () => {
			const { page, runCommand } = window();
			await importAccounts(window(), [
				{ label: "Gemini relay", format: "gemini", baseUrl: "https://gemini.example", apiKey: "key-1", enabled: false },
				{ label: "Claude relay", format: "anthropic", baseUrl: "https://claude.example", apiKey: "key-2" },
				{ label: "Work relay", format: "openai", baseUrl: "https://relay.example", apiKey: "key-3" },
			]);
			await page.setViewportSize({ width: 760, height: 420 });
			await runCommand("Relay Accounts: Show Accounts");
			await accountRow(page, "Work relay").waitFor();
			const codex = relayAccount({ label: "Codex relay", format: "codex", baseUrl: "https://codex.example/v1" });
			await saveAccounts(window(), [codex, ...(await savedAccounts(window()))]);
			await accountRow(page, "Codex relay").waitFor();
			await widenSideBar(page, 430);
		});

		for (const { theme, name } of themes) {
			it(`show them in ${theme}`, async () => {
				const { page } = window();
				await useTheme(theme);
				await eventually(
					() => accountRow(page, "Codex relay").locator(".label-description").innerText(),
					"key missing here · Codex · codex.example",
				);
				await eventually(
					() => accountRow(page, "Work relay").getAttribute("aria-label"),
					"Work relay, OpenAI, relay.example, ready",
				);
				await readyForPicture();
				await hide(page.locator('.part.statusbar .statusbar-item:not([id^="relay-accounts"])'));
				await hide(page.locator(".editor-group-watermark"));
				await showTooltip(accountRow(page, "Work relay"));
				const file = join(screenshotsDir, `tree-${name}.png`);
				const { y } = await areaOf(page.locator(".part.sidebar"));
				await takePicture(page, { x: 0, y, width: 760, height: 420 - y }, file);
				await takePicture(page, await areaOf(statusBarItem(page), 4), join(screenshotsDir, `status-${name}.png`));
				await expectSmall(file);
			});
		}
	});
});
