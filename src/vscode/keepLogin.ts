import * as vscode from "vscode";
import type { NativeAccount } from "../accounts/account.ts";
import type { TokenSet } from "../native/login.ts";
import type { Bound } from "../native/loginState.ts";
import { confirmed, tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { plainText } from "./plainText.ts";

/**
 * Makes the tokens of a sign-in an account's login, and shows the account. Somebody else than the account's person is asked
 * about before anything is saved.
 * @param bound the hosts of the settings when the sign-in began: the tokens are for no others.
 * @param account the one that was to be signed in again; null where anybody may sign in.
 */
export async function keepLogin(
	parts: Parts,
	tokens: TokenSet,
	bound: Bound,
	account: NativeAccount | null,
): Promise<void> {
	const result = await parts.chatGpt.logins.adopt(tokens, bound, account === null ? {} : { accountId: account.id });
	if (result.kind === "otherPerson") {
		const { expected, identity } = result;
		const sure = await confirmed(
			vscode.l10n.t(
				"You signed in as {0}, which is not the account “{1}”. Add it as another account?",
				plainText(identity.email ?? identity.accountId ?? vscode.l10n.t("somebody else")),
				plainText(expected.label),
			),
			vscode.l10n.t(
				"“{0}” stays as it is. To sign in to it, sign out of ChatGPT in the browser first.",
				plainText(expected.label),
			),
			vscode.l10n.t("Add Another Account"),
		);
		if (sure) await keepLogin(parts, tokens, bound, null);
		return;
	}
	// Whatever it rested for was the old login's, or is found out again.
	if (result.kind === "renewed") parts.proxy.clearCooldown(result.account.id);
	const label = plainText(result.account.label);
	tell(
		parts.log,
		"info",
		result.kind === "added"
			? vscode.l10n.t("{0} was added and answers from now on.", label)
			: vscode.l10n.t("{0} is signed in again.", label),
	);
	await parts.view.reveal(result.account.id);
}
