import * as vscode from "vscode";
import { isRelay } from "../accounts/account.ts";
import { tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { pickAccount } from "./pickAccount.ts";
import { plainText } from "./plainText.ts";
import { problemsText } from "./problemText.ts";

/** Of any account: accounts of a higher priority answer first. */
export async function setPriority(parts: Parts, argument: unknown): Promise<void> {
	const account = await pickAccount(parts, argument, vscode.l10n.t("Which account's priority is to be set?"));
	if (account === null) return;
	const typed = await vscode.window.showInputBox({
		title: vscode.l10n.t("Priority of {0}", plainText(account.label)),
		prompt: vscode.l10n.t(
			"A whole number. Accounts with a higher one answer first, equal ones take turns. For example ChatGPT accounts with 1 and relays with 0: the relays answer when the plans are used up.",
		),
		value: String(account.priority),
		ignoreFocusOut: true,
		validateInput: (text) => (priorityIn(text) === null ? invalidText() : null),
	});
	const priority = typed === undefined ? null : priorityIn(typed);
	if (priority === null) return;
	if (isRelay(account)) {
		const result = await parts.relays.save({ priority }, account.id);
		if (result.kind === "refused") tell(parts.log, "error", problemsText(result.problems));
		return;
	}
	const read = await parts.chatGpt.logins.setPriority(account.id, priority);
	if (!read.ok) tell(parts.log, "error", problemsText(read.problems));
}

function priorityIn(typed: string): number | null {
	const text = typed.trim();
	const number = Number(text);
	return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(number) ? number : null;
}

function invalidText(): string {
	return problemsText([{ field: "priority", code: "priorityInvalid", detail: "" }]);
}
