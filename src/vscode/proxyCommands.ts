import * as vscode from "vscode";
import { findFreePort } from "./freePort.ts";
import { localBaseUrl, portOf } from "./localUrl.ts";
import { confirmed, tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { currentPort, savePort } from "./settings.ts";

/**
 * Turns the proxy on or off, for all windows. The choice lasts until a window is opened or reloaded; how that one starts is
 * what the setting `autoStart` says.
 */
export function toggleProxy({ proxy }: Parts): void {
	proxy.serve(proxy.state.kind === "off");
}

export async function copyBaseUrl({ proxy, log }: Parts): Promise<void> {
	const url = localBaseUrl(portOf(proxy.state) ?? currentPort());
	await vscode.env.clipboard.writeText(url);
	tell(
		log,
		"info",
		proxy.state.kind === "off"
			? vscode.l10n.t("{0} was copied. The proxy is off: turn it on before a client calls it.", url)
			: vscode.l10n.t("{0} was copied.", url),
	);
}

/** The key goes to the clipboard alone; it is never shown. */
export async function copyLocalKey({ localKey, proxy, log }: Parts): Promise<void> {
	await vscode.env.clipboard.writeText(localKey.current(proxy));
	tell(log, "info", vscode.l10n.t("The local key was copied. Give it to clients as their API key."));
}

export async function newLocalKey(parts: Parts): Promise<void> {
	if (isKeyOfOther(parts)) return;
	const sure = await confirmed(
		vscode.l10n.t("Make a new local key?"),
		vscode.l10n.t("Clients that still use the old key are refused from then on. Each of them needs the new key."),
		vscode.l10n.t("Make New Key"),
	);
	// Another window may have taken the port over while the question was open.
	if (!sure || isKeyOfOther(parts)) return;
	await parts.localKey.renew();
	tell(parts.log, "info", vscode.l10n.t("The new local key is in use."), [
		{ title: vscode.l10n.t("Copy Local Key"), run: () => copyLocalKey(parts) },
	]);
}

/** Whether clients use another window's key; says so. */
function isKeyOfOther({ proxy, log }: Parts): boolean {
	if (proxy.state.kind !== "otherWindow") return false;
	tell(
		log,
		"info",
		vscode.l10n.t("Another window serves the port, and clients use that window's local key. Make a new key there."),
	);
	return true;
}

export async function pickFreePort(parts: Parts): Promise<void> {
	const port = await findFreePort(portOf(parts.proxy.state) ?? currentPort());
	await savePort(port);
	tell(parts.log, "info", vscode.l10n.t("The port is now {0}. Clients need the new base URL.", port), [
		{
			title: vscode.l10n.t("Copy Base URL"),
			run: () => vscode.env.clipboard.writeText(localBaseUrl(port)),
		},
	]);
}

export async function openSettings({ context }: Parts): Promise<void> {
	const query = `@ext:${context.extension.id}`;
	// Settings of machine scope are those of the machine where the extension runs; the user's page does not list them.
	const page = vscode.env.remoteName === undefined ? "openSettings" : "openRemoteSettings";
	await vscode.commands.executeCommand(`workbench.action.${page}`, { query });
}
