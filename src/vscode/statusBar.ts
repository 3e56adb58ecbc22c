import * as vscode from "vscode";
import type { ProxyControl } from "../bridge/proxyControl.ts";
import { type StatusView, statusView, tooltipCommands } from "./statusView.ts";

const backgrounds: Readonly<Record<StatusView["severity"], string | null>> = {
	normal: null,
	warning: "statusBarItem.warningBackground",
	error: "statusBarItem.errorBackground",
};

/** The one status bar item: how the proxy stands; a click toggles it. */
export function createStatusBar(proxy: ProxyControl): vscode.Disposable {
	const item = vscode.window.createStatusBarItem("relayAccounts.proxy", vscode.StatusBarAlignment.Right, 90);
	item.name = "Relay Accounts";
	item.command = "relayAccounts.toggleProxy";

	const show = (): void => {
		const view = statusView(proxy.state);
		const background = backgrounds[view.severity];
		const tooltip = new vscode.MarkdownString(view.tooltip);
		tooltip.isTrusted = { enabledCommands: tooltipCommands };
		item.text = view.text;
		item.tooltip = tooltip;
		item.backgroundColor = background === null ? undefined : new vscode.ThemeColor(background);
		item.accessibilityInformation = { label: view.accessibilityLabel, role: "button" };
	};
	show();
	item.show();
	return vscode.Disposable.from(item, proxy.onDidChangeState(show));
}
