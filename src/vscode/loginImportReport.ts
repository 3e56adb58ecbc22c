import * as vscode from "vscode";
import type { LoginRefusal } from "../native/loginSpellings.ts";
import type { ImportResult } from "../native/logins.ts";
import type { LoginFileProblem } from "../native/loginTransfer.ts";
import { plainText } from "./plainText.ts";

/** What became of one login of a file. */
export type LoginOutcome =
	| { readonly kind: ImportResult["kind"]; readonly label: string }
	| { readonly kind: "left"; readonly label: string; readonly code: LoginRefusal };

/** How many refused logins a message names; the log has all of them. */
const namedInMessage = 3;

/** An import in one message: how many logins fared how, and why the first refused ones were refused. */
export function loginImportSummary(outcomes: readonly LoginOutcome[]): string {
	const count = (...kinds: readonly LoginOutcome["kind"][]) =>
		outcomes.filter(({ kind }) => kinds.includes(kind)).length;
	const refused = outcomes.filter(isRefused);
	const counts = [
		vscode.l10n.t("{0} added", count("added")),
		vscode.l10n.t("{0} updated", count("renewed")),
		vscode.l10n.t("{0} unchanged", count("unchanged", "repeated")),
		vscode.l10n.t("{0} refused", refused.length),
	];
	const reasons = refused.slice(0, namedInMessage).map(loginOutcomeText);
	const more = refused.length - namedInMessage;
	if (more > 0) reasons.push(vscode.l10n.t("{0} more in the log.", more));
	return [vscode.l10n.t("ChatGPT logins: {0}.", counts.join(", ")), ...reasons].join(" ");
}

export function isRefused({ kind }: LoginOutcome): boolean {
	return kind === "refused" || kind === "left";
}

/** One login as a line for the log. */
export function loginOutcomeText(outcome: LoginOutcome): string {
	const name = plainText(outcome.label) || vscode.l10n.t("Login without a name");
	switch (outcome.kind) {
		case "added":
			return vscode.l10n.t("{0}: added.", name);
		case "renewed":
			return vscode.l10n.t("{0}: updated.", name);
		case "unchanged":
		case "repeated":
			return vscode.l10n.t("{0}: unchanged.", name);
		case "refused":
			return vscode.l10n.t("{0} was refused: {1}", name, loginRefusalText("invalid"));
		case "left":
			return vscode.l10n.t("{0} was refused: {1}", name, loginRefusalText(outcome.code));
	}
}

export function loginRefusalText(code: LoginRefusal): string {
	switch (code) {
		case "noToken":
			return vscode.l10n.t("There is no token in it.");
		case "notJson":
			return vscode.l10n.t("It begins like JSON and is not valid.");
		case "invalid":
			return vscode.l10n.t("A token in it holds characters that no token can have. Copy it again.");
		case "unreadable":
			return vscode.l10n.t("Its access token does not say whose it is, and it cannot be renewed. Sign in instead.");
		case "expired":
			return vscode.l10n.t("It has ended and cannot be renewed. Sign in instead.");
		case "duplicate":
			return vscode.l10n.t("The same login stands in the file once more, and that one was taken.");
		case "relay":
			return vscode.l10n.t("It is a relay with a key, not a ChatGPT login. Use “Import Accounts” for it.");
		case "otherService":
			return vscode.l10n.t("It is for another service than ChatGPT.");
	}
}

export function loginFileProblemText(problem: LoginFileProblem): string {
	switch (problem) {
		case "empty":
			return vscode.l10n.t("Nothing was imported: the file is empty.");
		case "notJson":
			return vscode.l10n.t("Nothing was imported: the file is not valid JSON.");
		case "noLogins":
			return vscode.l10n.t("Nothing was imported: the file holds no ChatGPT login.");
		case "newerVersion":
			return vscode.l10n.t("Nothing was imported: the file was written for another version of this extension.");
		case "tooMany":
			return vscode.l10n.t("Nothing was imported: the file is too large. Split it into smaller ones.");
	}
}
