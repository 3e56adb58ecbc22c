import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { freePort, isFree } from "../../scripts/host/ports.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../support/demoRelay/demoRelay.ts";
import { eventually, eventuallyMatches } from "./support/eventually.ts";
import { areaOf, hide, type ThemeName, takePicture, untilThemed, widenSideBar } from "./support/picture.ts";
import { accountRow, quickInput, showAccounts, showTooltip, showTooltipOf, statusBarItem } from "./support/places.ts";
import { openPoolScene, type PoolScene, sceneAccounts } from "./support/poolScene.ts";
import { openBlankForm, type RelayFormPage } from "./support/relayForm.ts";
import { screenshotsDir } from "./support/testWindow.ts";
import { testTime, windowForTests } from "./support/windowForTests.ts";

/** The ports that people see in the pictures, unless a program of this machine has them. */
const proxyPort = 14680;
const relayPort = 4000;
/** Bytes; the README's pictures are loaded with it. */
const largestPicture = 300 * 1024;

const allThemes = [
	{ theme: "Default Light Modern", name: "light" },
	{ theme: "Default Dark Modern", name: "dark" },
	{ theme: "Default High Contrast", name: "high-contrast" },
] as const satisfies readonly { readonly theme: ThemeName; readonly name: string }[];

/** CSS pixels, for the pictures of the workbench. A tooltip gets half the height, and what is more has to be scrolled. */
const windowSize = { width: 740, height: 900 };

const workTooltip = [
	/^Work relay — rate limited$/m,
	/^Cooling: rate limited until .+, status 429, “.+rate limit\.”$/m,
	/^Today: requests \d\d, .+tokens in/m,
	/^30 days: requests \d\d\d, .+tokens in/m,
	/^Passed over: Team relay \(busy\), Work relay \(tried before\)$/m,
	/^Passed over \(other format\): Gemini relay, .+, Old relay$/m,
	/^Last choice: .+: Backup relay for demo-anthropic-large$/m,
];
const statusTooltip = [
	/^Accounts that can answer now: 3 of 9\.$/m,
	/^Work relay: rate limited until /m,
	/^Disabled or without a key: 2$/m,
];

describe("pictures", () => {
	let scene: PoolScene;
	const window = windowForTests({
		env: async () => {
			scene = await openPoolScene();
			return scene.env;
		},
		settings: {
			"window.commandCenter": false,
			"workbench.layoutControl.enabled": false,
			// What fades away would be caught half-way.
			"workbench.reduceMotion": "on",
		},
	});
	let relay: DemoRelay;
	let port: number;

	before(async function () {
		this.timeout(testTime);
		relay = await startDemoRelay({ port: (await isFree(relayPort)) ? relayPort : 0 });
		port = (await isFree(proxyPort)) ? proxyPort : await freePort();
		await window().changeSettings({ "relayAccounts.port": port });
		await window().runCommand("View: Close Primary Side Bar");
	});
	after(async () => {
		await scene?.close();
		await relay?.close();
	});

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

	for (const { theme, name } of allThemes) {
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

			await form.frame.locator("#advanced").click();
			await form.input("maxConcurrent").fill("4");
			await form.input("outboundProxy").fill("http://proxy.example:8080");
			await form.input("outboundProxy").blur();
			await page.setViewportSize({ width: 800, height: 1900 });
			const advanced = await areaOf(form.frame.locator("details"), 16);
			await takePicture(page, advanced, join(screenshotsDir, `form-advanced-${name}.png`));
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
		before(async function () {
			this.timeout(testTime);
			const { page, copyWith } = window();
			await page.setViewportSize(windowSize);
			await showAccounts(window());
			await scene.addAccounts(window());
			await widenSideBar(page, 440);
			await scene.ask({ port, localKey: await copyWith("Relay Accounts: Copy Local Key") });
		});

		const heard = (label: string) => async () =>
			(await accountRow(window().page, label).getAttribute("aria-label")) ?? "";

		/** Everything stands in the tree as the pictures are to show it. */
		async function untilAtWork(): Promise<void> {
			for (const account of sceneAccounts) await eventuallyMatches(heard(account.label), account.heard);
			await readyForPicture();
			await hide(window().page.locator('.part.statusbar .statusbar-item:not([id^="relay-accounts"])'));
			await hide(window().page.locator(".editor-group-watermark"));
		}

		/** From below the title bar to a bit below what the picture is about; without that, to the window's end. */
		async function takeWindow(name: string, last: Locator | null, width: number = windowSize.width): Promise<void> {
			const { page } = window();
			const file = join(screenshotsDir, `${name}.png`);
			const { y } = await areaOf(page.locator(".part.sidebar"));
			const shown = last === null ? null : await areaOf(last, 16);
			const end = shown === null ? windowSize.height : shown.y + shown.height;
			await takePicture(page, { x: 0, y, width, height: end - y }, file);
			await expectSmall(file);
		}

		async function hideTooltip(): Promise<void> {
			const { page } = window();
			await page.keyboard.press("Escape");
			await page.mouse.move(0, 0);
			await page.locator(".workbench-hover").waitFor({ state: "detached" });
		}

		/** Shows a tooltip until everything is in it: what is counted and chosen is told a moment after how accounts stand. */
		async function untilTold(show: () => Promise<Locator>, patterns: readonly RegExp[]): Promise<void> {
			const missing = async () => {
				const words = await (await show()).innerText();
				const wanting = patterns.filter((pattern) => !pattern.test(words));
				if (wanting.length > 0) await hideTooltip();
				return wanting;
			};
			await eventually(missing, []);
		}

		for (const { theme, name } of allThemes) {
			it(`show them at work in ${theme}`, async () => {
				const { page } = window();
				await useTheme(theme);
				await untilAtWork();

				await untilTold(() => showTooltip(accountRow(page, "Work relay")), workTooltip);
				await takeWindow(`tree-${name}`, page.locator(".workbench-hover"));
				await hideTooltip();

				await untilTold(() => showTooltipOf(statusBarItem(page)), statusTooltip);
				await takeWindow(`status-${name}`, null);
				await hideTooltip();
			});
		}

		it("show them in a narrow side bar", async () => {
			const { page } = window();
			await useTheme("Default Light Modern");
			await widenSideBar(page, 300);
			await untilAtWork();
			await takeWindow("tree-narrow", accountRow(page, "Work relay"), 360);
		});
	});
});
