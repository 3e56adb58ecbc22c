import { join } from "node:path";
import { openTestWindow, screenshotsDir, type TestWindow, type TestWindowOptions } from "./testWindow.ts";

/** Milliseconds for VS Code to start on a busy machine. */
const startTime = 120_000;
/**
 * Milliseconds for a test, for what is made ready before it and for tidying up after it; longer than any single wait in
 * them, which says more when it ends.
 */
export const testTime = 60_000;
/** Milliseconds for one wait. */
const stepTime = 15_000;

/**
 * A VS Code for the tests of one `describe`: opened before them, tidied up after each, closed at the end. What the window
 * showed when a test failed is kept beside the screenshots.
 * @returns gives the window once the tests run.
 */
export function windowForTests(options: TestWindowOptions = {}): () => TestWindow {
	let opened: TestWindow | undefined;
	const current = (): TestWindow => {
		if (opened === undefined) throw new Error("The window is open only while the tests run.");
		return opened;
	};
	before(async function () {
		this.timeout(startTime);
		opened = await openTestWindow(options);
		opened.page.setDefaultTimeout(stepTime);
	});
	beforeEach(function () {
		this.currentTest?.timeout(testTime);
	});
	afterEach(async function () {
		this.timeout(testTime);
		if (this.currentTest?.state === "failed") {
			const name = this.currentTest.fullTitle().replace(/\W+/g, "-");
			await current().screenshot(join(screenshotsDir, "failed", `${name}.png`));
		}
		await tidyUp(current());
	});
	after(async function () {
		this.timeout(testTime);
		await opened?.close();
	});
	return current;
}

/** Closes what a test left open; accounts and settings stay. */
async function tidyUp({ page, runCommand }: TestWindow): Promise<void> {
	// A dialog or a question would take the keys that are meant for the palette.
	await page.keyboard.press("Escape");
	await runCommand("View: Close All Editors");
	await runCommand("Notifications: Clear All Notifications");
}
