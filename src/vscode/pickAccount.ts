import * as vscode from "vscode";
import { type Account, isRelay, type NativeAccount, type RelayAccount } from "../accounts/account.ts";
import { factsOf } from "./accountFacts.ts";
import { accountItem } from "./accountItem.ts";
import type { AccountNode } from "./accountTree.ts";
import { tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { pickText } from "./plainText.ts";

type PickParts = Pick<Parts, "book" | "vault" | "proxy" | "activity" | "form" | "log" | "chatGpt">;

/**
 * The account a command is meant for: the one of the tree item it was called on, else the one a person picks.
 * @param argument what the command was called with.
 * @returns null when nothing was picked.
 */
export async function pickAccount(parts: PickParts, argument: unknown, question: string): Promise<Account | null> {
	return await pick(parts, parts.book.accounts, argument, question);
}

/** The same for commands that only ChatGPT accounts have. */
export async function pickNative(parts: PickParts, argument: unknown, question: string): Promise<NativeAccount | null> {
	const natives = parts.book.accounts.filter((account) => account.type === "native");
	return await pick(parts, natives, argument, question, offerToSignIn);
}

/** The same for commands that only relays have. */
export async function pickRelay(parts: PickParts, argument: unknown, question: string): Promise<RelayAccount | null> {
	return await pick(parts, parts.book.accounts.filter(isRelay), argument, question);
}

/** The same among some of the accounts. @param noneText what is said when there is none of them. */
export async function pickAmong(
	parts: PickParts,
	candidates: readonly Account[],
	argument: unknown,
	question: string,
	noneText: string,
): Promise<Account | null> {
	if (isAccountNode(argument)) return await pickAccount(parts, argument, question);
	if (candidates.length > 0) return await pick(parts, candidates, argument, question);
	tell(parts.log, "info", noneText);
	return null;
}

async function pick<T extends Account>(
	parts: PickParts,
	accounts: readonly T[],
	argument: unknown,
	question: string,
	tellNone: (parts: PickParts) => void = offerToAdd,
): Promise<T | null> {
	if (isAccountNode(argument)) {
		const meant = accounts.find(({ id }) => id === argument.id);
		if (meant === undefined) tell(parts.log, "info", vscode.l10n.t("This account is gone."));
		return meant ?? null;
	}
	if (accounts.length === 0) {
		tellNone(parts);
		return null;
	}
	const items = accounts.map((account) => {
		const { label, description, icon } = accountItem(account, factsOf(account, parts));
		return {
			label: pickText(label),
			description: pickText(description),
			iconPath: new vscode.ThemeIcon(icon),
			account,
		};
	});
	const options = { placeHolder: question, matchOnDescription: true };
	return (await vscode.window.showQuickPick(items, options))?.account ?? null;
}

/** Where there is nothing to choose from: says so, with a button that opens the form. */
export function offerToAdd({ form, log }: Pick<Parts, "form" | "log">): void {
	const add = { title: vscode.l10n.t("Add Relay Account"), run: () => form.add() };
	tell(log, "info", vscode.l10n.t("There is no relay account yet."), [add]);
}

/** The same for ChatGPT accounts. */
export function offerToSignIn({ log }: Pick<Parts, "log">): void {
	const run = () => vscode.commands.executeCommand("relayAccounts.signIn");
	tell(log, "info", vscode.l10n.t("There is no ChatGPT account yet."), [
		{ title: vscode.l10n.t("Sign In with ChatGPT"), run },
	]);
}

function isAccountNode(argument: unknown): argument is AccountNode {
	return (
		typeof argument === "object" &&
		argument !== null &&
		"kind" in argument &&
		argument.kind === "account" &&
		"id" in argument &&
		typeof argument.id === "string"
	);
}
