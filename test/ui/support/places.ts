import type { FrameLocator, Locator, Page } from "playwright-core";
import type { Workbench } from "../../../scripts/host/workbench.ts";

/** The status bar item of the proxy. */
export function statusBarItem(page: Page): Locator {
	return page.locator('.part.statusbar .statusbar-item[id^="relay-accounts.relay-accounts"]');
}

/**
 * Shows the accounts view; resolves when it has the focus. It takes it a second after its command when it is drawn for the
 * first time, and a palette that was opened meanwhile would close.
 */
export async function showAccounts({ page, runCommand }: Pick<Workbench, "page" | "runCommand">): Promise<void> {
	await runCommand("Relay Accounts: Show Accounts");
	await page.locator(`${accountsPane}:focus-within`).waitFor();
}

const accountsPane = '.pane:has(.pane-header[aria-label*="Accounts"])';

/** All rows of the accounts view, groups included. The view must be shown. */
export function accountRows(page: Page): Locator {
	return page.locator(`${accountsPane} .monaco-list-row`);
}

/** The row of an account or a group by its label. */
export function accountRow(page: Page, label: string): Locator {
	return accountRows(page).filter({ has: page.locator(".label-name", { hasText: label }) });
}

/** A button on a row of the accounts view; rows show theirs when the mouse is over them. */
export async function clickRowAction(row: Locator, title: string): Promise<void> {
	await row.hover();
	await row.getByRole("button", { name: title }).click();
}

/** Opens a row's context menu and chooses from it. */
export async function chooseFromContextMenu(row: Locator, title: string): Promise<void> {
	const page = row.page();
	await row.click({ button: "right" });
	const items = page.locator(".monaco-menu .action-item").filter({ hasText: title });
	await items.first().hover();
	await page.locator(".monaco-menu .action-item.focused").filter({ hasText: title }).waitFor();
	// By key: a menu does not heed the mouse's button in the first moment after it was opened.
	await page.keyboard.press("Enter");
}

/** A button in the accounts view's title bar. */
export function viewTitleAction(page: Page, title: string): Locator {
	return page.locator(".part.sidebar .title-actions, .part.sidebar .pane-header").getByRole("button", { name: title });
}

/** The content of the webview that is shown. */
export function webview(page: Page): FrameLocator {
	return page.locator("iframe.webview.ready").locator("visible=true").contentFrame().frameLocator("#active-frame");
}

/** The modal dialog; VS Code draws its own in a browser. */
export function dialog(page: Page): Locator {
	return page.locator(".monaco-dialog-box");
}

export async function answerDialog(page: Page, button: string): Promise<void> {
	await dialog(page).getByRole("button", { name: button }).click();
	await dialog(page).waitFor({ state: "detached" });
}

/** The palette, and what the step-by-step flows ask in. */
export function quickInput(page: Page): Locator {
	return page.locator(".quick-input-widget");
}

/**
 * Types an answer into the question whose title or prompt holds the text, then Enter.
 * @param question what is on screen when this very step is asked: a title, a prompt or a placeholder.
 */
export async function answerStep(page: Page, question: string | RegExp, answer: string): Promise<void> {
	await untilAsked(page, question);
	await quickInput(page).locator("input[type=text], input[type=password]").first().fill(answer);
	await page.keyboard.press("Enter");
}

/** Chooses the item with this label in the list that is asked. */
export async function pickStep(page: Page, question: string | RegExp, label: string): Promise<void> {
	await untilAsked(page, question);
	await quickInput(page)
		.locator(".monaco-list-row")
		.filter({ has: page.locator(".label-name", { hasText: label }) })
		.first()
		.click();
}

async function untilAsked(page: Page, question: string | RegExp): Promise<void> {
	const byText = quickInput(page).getByText(question).first();
	const byPlaceholder = quickInput(page).getByPlaceholder(question).first();
	await byText.or(byPlaceholder).first().waitFor();
}

/**
 * A notification by a part of its text, as it pops up. VS Code lets at most three of them pop up within 800 ms; one that comes
 * in such a crowd is looked for with `listNotifications` and `listedNotification`.
 */
export function notification(page: Page, text: string | RegExp): Locator {
	return page.locator(".notifications-toasts .notification-list-item").filter({ hasText: text });
}

/** Opens the notification centre by the status bar's bell: nothing pops up any more, everything is listed. */
export async function listNotifications(page: Page): Promise<void> {
	await page.locator('.part.statusbar [id="status.notifications"]').click();
	await page.locator(".notifications-center.visible").waitFor();
}

/**
 * A notification in the notification centre, which must be open. The centre closes by itself when the last one in it goes,
 * as a progress does before its result comes: then that pops up, and in no crowd.
 */
export function listedNotification(page: Page, text: string | RegExp): Locator {
	return page
		.locator(".notifications-center, .notifications-toasts")
		.locator(".notification-list-item:visible")
		.filter({ hasText: text });
}

/** Presses a button of a notification. */
export async function answerNotification(page: Page, text: string | RegExp, button: string): Promise<void> {
	await notification(page, text).getByRole("button", { name: button }).click();
}

/** Milliseconds in which a tooltip comes when the mouse rests. */
const tooltipTime = 3000;

/** Rests the mouse on the name in a row until its tooltip is there. @returns the tooltip. */
export function showTooltip(row: Locator): Promise<Locator> {
	return showTooltipOf(row.locator(".label-name"));
}

/** Rests the mouse on a part of the workbench until its tooltip is there. @returns the tooltip. */
export async function showTooltipOf(part: Locator): Promise<Locator> {
	const page = part.page();
	// A row's words are asked for when its tooltip is shown; until they come it says that it loads.
	const tooltip = page.locator(".workbench-hover .hover-contents").filter({ hasNotText: "Loading..." }).first();
	await part.hover();
	// A row that is drawn anew under the mouse waits for it to come back.
	await tooltip.waitFor({ timeout: tooltipTime }).catch(async () => {
		await page.mouse.move(0, 0);
		await part.hover();
		await tooltip.waitFor();
	});
	return tooltip;
}

/** @returns the words of a row's tooltip, a line each. */
export async function tooltipOf(row: Locator): Promise<readonly string[]> {
	const page = row.page();
	const tooltip = await showTooltip(row);
	const words = await tooltip.innerText();
	// It would cover the rows below.
	await page.keyboard.press("Escape");
	await page.mouse.move(0, 0);
	await tooltip.waitFor({ state: "detached" });
	return words.split("\n").filter((line) => line !== "");
}

/** The box that enables and disables the account of a row. */
export function enabledBox(row: Locator): Locator {
	return row.getByRole("checkbox");
}
