import * as vscode from "vscode";
import { isRelay } from "../accounts/account.ts";
import { readLabel } from "../accounts/labelRules.ts";
import { readApiKey } from "../accounts/relayInput.ts";
import type { SaveResult } from "../accounts/relays.ts";
import { testText } from "./faultText.ts";
import { confirmed, tell, withCancellableProgress } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { pickAccount, pickRelay } from "./pickAccount.ts";
import { plainText } from "./plainText.ts";
import { problemsText } from "./problemText.ts";
import { relayTarget } from "./relayTarget.ts";

export async function editRelay(parts: Parts, argument: unknown): Promise<void> {
	const account = await pickRelay(parts, argument, vscode.l10n.t("Which account is to be edited?"));
	if (account !== null) parts.form.edit(account);
}

export async function duplicateRelay(parts: Parts, argument: unknown): Promise<void> {
	const account = await pickRelay(parts, argument, vscode.l10n.t("Which account is to be duplicated?"));
	if (account !== null) parts.form.duplicate(account);
}

export async function copyAccountBaseUrl(parts: Parts, argument: unknown): Promise<void> {
	const account = await pickRelay(parts, argument, vscode.l10n.t("Which account's base URL is to be copied?"));
	if (account === null) return;
	await vscode.env.clipboard.writeText(account.baseUrl);
	tell(parts.log, "info", vscode.l10n.t("The base URL of {0} was copied.", plainText(account.label)));
}

export async function toggleAccount(parts: Parts, argument: unknown): Promise<void> {
	const account = await pickAccount(parts, argument, vscode.l10n.t("Which account is to be enabled or disabled?"));
	if (account !== null) await parts.relays.setEnabled(account.id, !account.enabled);
}

export async function renameAccount(parts: Parts, argument: unknown): Promise<void> {
	const account = await pickAccount(parts, argument, vscode.l10n.t("Which account is to be renamed?"));
	if (account === null) return;
	const otherLabels = (): readonly string[] =>
		parts.book.accounts.filter(({ id }) => id !== account.id).map(({ label }) => label);
	const label = await vscode.window.showInputBox({
		title: vscode.l10n.t("Rename {0}", plainText(account.label)),
		prompt: vscode.l10n.t("The name under which this account is shown."),
		value: account.label,
		ignoreFocusOut: true,
		validateInput: (typed) => {
			const reading = readLabel(typed, otherLabels());
			return reading.ok ? null : problemsText(reading.problems);
		},
	});
	if (label === undefined) return;
	if (isRelay(account)) showRefusal(parts, await parts.relays.rename(account.id, label));
	else await renameNative(parts, account.id, label);
}

/** A label that was taken meanwhile leaves it as it is. */
async function renameNative({ chatGpt, log }: Parts, id: string, label: string): Promise<void> {
	const read = await chatGpt.logins.rename(id, label);
	if (!read.ok) tell(log, "error", problemsText(read.problems));
}

export async function removeAccount(parts: Parts, argument: unknown): Promise<void> {
	const account = await pickAccount(parts, argument, vscode.l10n.t("Which account is to be removed?"));
	if (account === null) return;
	const sure = await confirmed(
		vscode.l10n.t("Remove the account “{0}”?", plainText(account.label)),
		isRelay(account)
			? vscode.l10n.t("The account and its saved key are deleted from this machine. This cannot be undone.")
			: vscode.l10n.t(
					"The account and its login are deleted from this machine. Nothing changes in your ChatGPT plan; to use it here again, sign in again.",
				),
		vscode.l10n.t("Remove"),
	);
	if (!sure) return;
	if (isRelay(account)) await parts.relays.remove(account.id);
	else await parts.chatGpt.logins.remove(account.id);
}

export async function enterKey(parts: Parts, argument: unknown): Promise<void> {
	const account = await pickRelay(parts, argument, vscode.l10n.t("Which account's key is to be entered?"));
	if (account === null) return;
	const apiKey = await vscode.window.showInputBox({
		title: vscode.l10n.t("API Key of {0}", plainText(account.label)),
		prompt: vscode.l10n.t("Sent to {0} and nowhere else. It replaces a saved key.", new URL(account.baseUrl).host),
		password: true,
		ignoreFocusOut: true,
		validateInput: (typed) => {
			const reading = readApiKey(typed, "required");
			return reading.ok ? null : problemsText(reading.problems);
		},
	});
	if (apiKey === undefined) return;
	if (showRefusal(parts, await parts.relays.setApiKey(account.id, apiKey))) return;
	// The same key as before is an answer too: it was mended on the relay's side.
	parts.proxy.clearCooldown(account.id);
	tell(parts.log, "info", vscode.l10n.t("The key of {0} was saved.", plainText(account.label)));
}

/** Sends one small real request and says what came of it. That it may cost a token is said before it is sent. */
export async function testRelay(parts: Parts, argument: unknown): Promise<void> {
	const account = await pickRelay(
		parts,
		argument,
		vscode.l10n.t("Which account is to be tested? The small real request may cost a token."),
	);
	if (account === null) return;
	const label = plainText(account.label);
	const enter = {
		title: vscode.l10n.t("Enter Key"),
		run: () => enterKey(parts, { kind: "account", id: account.id }),
	};
	const apiKey = parts.vault.apiKeyOf(account.id);
	if (apiKey === null) {
		tell(parts.log, "warning", vscode.l10n.t("{0} cannot be tested: its key is missing here.", label), [enter]);
		return;
	}
	const report = await withCancellableProgress(
		vscode.l10n.t("Testing {0} with one small real request, which may cost a token…", label),
		(signal) => parts.proxy.testRelay(relayTarget(account, apiKey), null, signal),
	);
	if (report.kind === "cancelled") return;
	const result = `${label}: ${testText(report)}`;
	if (report.kind === "ok") {
		// Whatever it rested for is over: it has just answered.
		parts.proxy.clearCooldown(account.id);
		parts.log.info(result);
		tell(parts.log, "info", result);
		return;
	}
	parts.log.warn(result);
	const edit = { title: vscode.l10n.t("Edit"), run: () => parts.form.edit(account) };
	tell(parts.log, "warning", result, report.kind === "keyRefused" ? [enter, edit] : [edit]);
}

/** Shows why something was not saved. True when it was refused. */
function showRefusal({ log }: Parts, result: SaveResult): boolean {
	if (result.kind !== "refused") return false;
	tell(log, "error", problemsText(result.problems));
	return true;
}
