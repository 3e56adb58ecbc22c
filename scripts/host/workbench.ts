import type { Browser, Locator, Page } from "playwright-core";

/** Milliseconds for a step of the workbench; its first start on a slow machine takes the longest. */
const startPatience = 90_000;
const stepPatience = 30_000;

/** Pairs of the address that a window reads; a built VS Code heeds them only with its test driver on. */
export type WindowPayload = readonly (readonly [name: string, value: string])[];

export interface WorkbenchOptions {
	/** The folder to open; null opens an empty window. */
	readonly folder: string | null;
	readonly payload: WindowPayload;
	/** Called before the page is opened, for example to expose functions to it. */
	readonly prepare: (page: Page) => Promise<void>;
}

/** One VS Code window in a headless browser, used as a person uses it. */
export interface Workbench {
	readonly page: Page;
	/** F1, the title as the palette shows it ("Category: Title"), Enter. */
	runCommand(title: string): Promise<void>;
	/** The texts of the notifications that are on screen. */
	notifications(): Promise<readonly string[]>;
	clipboard(): Promise<string>;
	/** Runs a command that copies something. @returns what it copied. */
	copyWith(title: string): Promise<string>;
	/** @param file a PNG; its folder is made. */
	screenshot(file: string): Promise<void>;
	/** Resolves when the workbench takes commands, for example after the page was loaded anew. */
	untilReady(): Promise<void>;
	close(): Promise<void>;
}

/**
 * The address of a window, to be opened in any browser. VS Code takes the token out of it: it answers with the rest of the
 * address and a cookie.
 * @param entrance the server's.
 */
export function windowAddress(entrance: string, folder: string | null, payload: WindowPayload): string {
	const address = new URL(entrance);
	if (folder === null) {
		address.searchParams.set("ew", "true");
	} else {
		address.searchParams.set("folder", folder);
	}
	if (payload.length > 0) {
		address.searchParams.set("payload", JSON.stringify(payload));
	}
	return address.href;
}

/** A file's address as a window sees it whose server runs at `origin`. */
export function remoteUri(origin: string, path: string): string {
	return `vscode-remote://${new URL(origin).host}${path}`;
}

/**
 * Opens a window in a browser profile of its own; resolves when the workbench takes commands.
 * @param entrance the server's.
 */
export async function openWorkbench(browser: Browser, entrance: string, options: WorkbenchOptions): Promise<Workbench> {
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
	await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(entrance).origin });
	const page = await context.newPage();
	page.setDefaultTimeout(stepPatience);
	await options.prepare(page);
	await page.goto(windowAddress(entrance, options.folder, options.payload), { timeout: startPatience });
	const untilReady = () =>
		page.locator(".monaco-workbench .part.statusbar .statusbar-item").first().waitFor({ timeout: startPatience });
	await untilReady();
	return {
		page,
		runCommand: (title) => runCommand(page, title),
		notifications: () => page.locator(".notifications-toasts .notification-list-item-message").allInnerTexts(),
		clipboard: () => readClipboard(page),
		copyWith: (title) => copyWith(page, title),
		screenshot: async (file) => {
			await page.screenshot({ path: file });
		},
		untilReady,
		close: () => context.close(),
	};
}

function readClipboard(page: Page): Promise<string> {
	return page.evaluate(() => navigator.clipboard.readText());
}

async function copyWith(page: Page, title: string): Promise<string> {
	const before = `before ${crypto.randomUUID()}`;
	await page.evaluate((text) => navigator.clipboard.writeText(text), before);
	await runCommand(page, title);
	const copied = await page.evaluate(
		async ({ old, patience }) => {
			const deadline = performance.now() + patience;
			while (performance.now() < deadline) {
				const now = await navigator.clipboard.readText();
				// Chromium shows an empty clipboard for a moment while a new text is written.
				if (now !== "" && now !== old) {
					return now;
				}
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
			return null;
		},
		{ old: before, patience: stepPatience },
	);
	if (copied === null) {
		throw new Error(`"${title}" copied nothing.`);
	}
	return copied;
}

/**
 * The palette lists the commands that were known when it was opened, and a window takes a moment to learn those of its
 * extensions: so it is opened anew until it offers the command.
 */
async function runCommand(page: Page, title: string): Promise<void> {
	const palette = page.locator(".quick-input-widget");
	const label = page.locator(".label-name", { hasText: new RegExp(`^${escapePattern(title)}$`) });
	const row = palette.locator(".monaco-list-row").filter({ has: label }).first();
	const deadline = performance.now() + stepPatience;
	for (;;) {
		await page.keyboard.press("F1");
		// The palette closes when something else, such as a page that is just being drawn, takes the focus.
		const typed = palette.locator("input").first().fill(`>${title}`, { timeout: 1000 });
		const isChosen = await typed
			.then(() => row.waitFor({ timeout: 1000 }))
			.then(() => moveTo(page, row))
			.then(
				() => true,
				() => false,
			);
		if (isChosen) {
			await page.keyboard.press("Enter");
			return;
		}
		if (performance.now() > deadline) {
			throw new Error(`The command palette does not offer "${title}".`);
		}
		await page.keyboard.press("Escape");
	}
}

/** Enter goes to the row with the focus; titles that hold the wanted one may stand above it. */
async function moveTo(page: Page, row: Locator): Promise<void> {
	const focused = row.and(page.locator(".focused"));
	const rows = await page.locator(".quick-input-widget .monaco-list-row").count();
	for (let pressed = 0; pressed < rows && (await focused.count()) === 0; pressed += 1) {
		await page.keyboard.press("ArrowDown");
	}
	await focused.waitFor({ timeout: 1000 });
}

function escapePattern(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
