import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";
import { factsOf } from "./accountFacts.ts";
import { accountsSummary } from "./accountsSummary.ts";
import { localTexts } from "./localTexts.ts";
import type { Parts } from "./parts.ts";
import { type StatusView, statusView, tooltipCommands } from "./statusView.ts";

const backgrounds: Readonly<Record<StatusView["severity"], string | null>> = {
	normal: null,
	warning: "statusBarItem.warningBackground",
	error: "statusBarItem.errorBackground",
};

/** Milliseconds in which the accounts have to settle: while they are being told of, they come one after the other. */
const settling = 500;
/** Milliseconds; timers of Node hold no longer time than some 24 days. */
const longestSleep = 3_600_000;

type StatusParts = Pick<Parts, "book" | "vault" | "activity" | "proxy" | "chatGpt">;

/** The one status bar item: how the proxy and its accounts stand; a click toggles the proxy. */
export function createStatusBar(parts: StatusParts): vscode.Disposable {
	const { book, vault, proxy, chatGpt } = parts;
	const item = vscode.window.createStatusBarItem("relayAccounts.proxy", vscode.StatusBarAlignment.Right, 90);
	item.name = "Relay Accounts";
	item.command = "relayAccounts.toggleProxy";
	let shown: StatusView | null = null;
	let clock: NodeJS.Timeout | undefined;
	let isSettling = false;

	const show = (): void => {
		clearTimeout(clock);
		isSettling = false;
		const now = Date.now();
		const summary = accountsSummary(book.accounts, (account) => factsOf(account, parts));
		const view = statusView(proxy.state, summary, localTexts(vscode.env.language, now));
		const ends = summary.resting.map(({ rest }) => rest.until).filter((until) => until !== null);
		if (ends.length > 0) clock = setTimeout(show, Math.min(Math.max(1, Math.min(...ends) - now), longestSleep));
		// Giving an item what it has already would close its tooltip.
		if (isDeepStrictEqual(view, shown)) return;
		shown = view;
		const background = backgrounds[view.severity];
		const tooltip = new vscode.MarkdownString(view.tooltip);
		tooltip.isTrusted = { enabledCommands: tooltipCommands };
		item.text = view.text;
		item.tooltip = tooltip;
		item.backgroundColor = background === null ? undefined : new vscode.ThemeColor(background);
		item.accessibilityInformation = { label: view.accessibilityLabel, role: "button" };
	};
	const showSoon = (): void => {
		if (isSettling) return;
		isSettling = true;
		clearTimeout(clock);
		clock = setTimeout(show, settling);
	};
	show();
	item.show();
	return vscode.Disposable.from(
		item,
		proxy.onDidChangeState(show),
		proxy.onDidChangeLive(showSoon),
		book.onDidChange(showSoon),
		vault.onDidChange(showSoon),
		chatGpt.onDidChangeLogin(showSoon),
		{ dispose: () => clearTimeout(clock) },
	);
}
