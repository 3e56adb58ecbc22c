import * as vscode from "vscode";
import type { NativeAccount } from "../accounts/account.ts";
import type { LoginState, SignInReason } from "../native/loginState.ts";
import type { AccountFacts } from "./accountFacts.ts";
import { authFailureText } from "./authFailureText.ts";
import type { LocalTexts } from "./localTexts.ts";
import { escapeMarkdown } from "./markdown.ts";
import { planText } from "./quotaText.ts";

/** What is saved and known of a ChatGPT account, as lines of Markdown. Nothing of its tokens. */
export function nativeLines(account: NativeAccount, { login, live, quota, local }: AccountFacts): readonly string[] {
	const { email, planType, priority } = account;
	const plan = quota?.plan ?? planType;
	const named = (name: string, value: string) => `${name}: ${escapeMarkdown(value)}`;
	const lines: string[] = [];
	if (plan !== null) lines.push(named(vscode.l10n.t("Plan"), planText(plan)));
	if (email !== null) lines.push(named(vscode.l10n.t("Email"), email));
	if (login !== null) lines.push(named(vscode.l10n.t("Login"), loginText(login.state, local)));
	if (login !== null && login.renewedAt !== null) {
		lines.push(named(vscode.l10n.t("Renewed"), local.short(login.renewedAt)));
	}
	lines.push(
		named(
			vscode.l10n.t("Models"),
			live?.models == null ? vscode.l10n.t("not known yet") : local.number(live.models.length),
		),
		named(vscode.l10n.t("Priority"), String(priority)),
	);
	return lines;
}

/** How a login stands and what to do, in words that stay true while they are read. */
function loginText(state: LoginState, local: LocalTexts): string {
	switch (state.kind) {
		case "good":
			return vscode.l10n.t("good, renewed by itself");
		case "renewing":
			return vscode.l10n.t("being renewed");
		case "waiting":
			return joined(
				vscode.l10n.t("could not be renewed, tried again {0}", local.short(state.until)),
				whyText(state.why),
			);
		case "signInAgain":
			return joined(vscode.l10n.t("sign in again"), whyText(state.why));
		case "signedOut":
			return vscode.l10n.t("signed out in this window");
	}
}

/** Why a login is no longer good, in words for people. */
export function whyText(why: SignInReason): string {
	switch (why) {
		case "refusedWhileFresh":
			return vscode.l10n.t("ChatGPT refuses a login that was given only a moment ago.");
		case "copyOutdated":
			return vscode.l10n.t("Another browser page has renewed this login since; the copy in this page cannot be used.");
		case "noRefreshToken":
			return vscode.l10n.t("The login has ended and cannot be renewed.");
		case "otherServer":
			return vscode.l10n.t("The login is for other servers than the settings name.");
		case "otherPerson":
			return vscode.l10n.t("ChatGPT gave the login of somebody else.");
	}
	if (why.kind === "cancelled") return "";
	if (why.kind === "spent") return spentText(why.description, why.code);
	return authFailureText(why);
}

function spentText(...words: readonly string[]): string {
	const sentence = vscode.l10n.t("The login was signed out or used elsewhere, so that it cannot be renewed.");
	const own = words.find((text) => text.trim() !== "");
	return own === undefined ? sentence : `${sentence} ${vscode.l10n.t("ChatGPT says: “{0}”", own)}`;
}

function joined(words: string, reason: string): string {
	return reason === "" ? words : `${words}. ${reason}`;
}
