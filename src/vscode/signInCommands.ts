import * as vscode from "vscode";
import type { NativeAccount } from "../accounts/account.ts";
import type { AuthResult } from "../native/login.ts";
import { authFailureText, type NextStep, nextStepsAfter } from "./authFailureText.ts";
import { copyLink, signInByBrowser } from "./browserFlow.ts";
import { askForCallback } from "./callbackBox.ts";
import { copyCode, signInByDeviceCode } from "./deviceFlow.ts";
import { keepLogin } from "./keepLogin.ts";
import { confirmed, logOffer, type Offer, tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { pickNative } from "./pickAccount.ts";
import { plainText } from "./plainText.ts";

type Way = (parts: Parts) => Promise<AuthResult>;

export async function signIn(parts: Parts): Promise<void> {
	await signInBy(signInByBrowser, parts, null);
}

export async function signInWithDeviceCode(parts: Parts): Promise<void> {
	await signInBy(signInByDeviceCode, parts, null);
}

/** Of one account: who signs in must be the same person. */
export async function signInAgain(parts: Parts, argument: unknown): Promise<void> {
	const account = await pickNative(parts, argument, vscode.l10n.t("Which account is to be signed in again?"));
	if (account !== null) await signInBy(signInByBrowser, parts, account);
}

/** For the sign-in that is under way; where there is none, for a new one. */
export async function pasteCallbackUrl(parts: Parts): Promise<void> {
	const { underWay } = parts.chatGpt.desk;
	if (underWay?.kind === "browser") {
		askForCallback(underWay.signIn, "wanted", parts.chatGpt.settings.auth.redirectUrl);
		return;
	}
	await signInBy((given) => signInByBrowser(given, "wanted"), parts, null);
}

export async function copySignInLink(parts: Parts): Promise<void> {
	const { underWay } = parts.chatGpt.desk;
	if (underWay?.kind === "browser") await copyLink(parts, underWay.signIn);
	else tellNoneUnderWay(parts);
}

export async function copySignInCode(parts: Parts): Promise<void> {
	const { underWay } = parts.chatGpt.desk;
	if (underWay?.kind === "device") await copyCode(parts, underWay.signIn);
	else tellNoneUnderWay(parts);
}

export async function signOut(parts: Parts, argument: unknown): Promise<void> {
	const account = await pickNative(parts, argument, vscode.l10n.t("Which account is to be signed out?"));
	if (account === null) return;
	const sure = await confirmed(
		vscode.l10n.t("Sign out of “{0}”?", plainText(account.label)),
		vscode.l10n.t("Its login is deleted from this machine. The account stays in the list and can be signed in again."),
		vscode.l10n.t("Sign Out"),
	);
	if (!sure) return;
	await parts.chatGpt.logins.signOut(account.id);
	tell(parts.log, "info", vscode.l10n.t("{0} is signed out.", plainText(account.label)));
}

/** @param account the one that is to be signed in again; null adds one. */
async function signInBy(way: Way, parts: Parts, account: NativeAccount | null): Promise<void> {
	// The way reads the same settings: nothing is awaited in between.
	const { bound } = parts.chatGpt;
	const result = await way(parts);
	if (result.kind === "ok") {
		await keepLogin(parts, result.tokens, bound, account);
		return;
	}
	if (result.kind === "cancelled") return;
	const words = authFailureText(result);
	parts.log.warn(`Signing in with ChatGPT did not work (${result.kind}): ${words}`);
	const offers: Readonly<Record<NextStep, Offer>> = {
		tryAgain: { title: vscode.l10n.t("Try Again"), run: () => signInBy(way, parts, account) },
		browser: {
			title: vscode.l10n.t("Sign In with ChatGPT"),
			run: () => signInBy(signInByBrowser, parts, account),
		},
		deviceCode: {
			title: vscode.l10n.t("Use a Device Code"),
			run: () => signInBy(signInByDeviceCode, parts, account),
		},
		pasteCallbackUrl: {
			title: vscode.l10n.t("Paste Callback URL"),
			run: () => signInBy((given) => signInByBrowser(given, "wanted"), parts, account),
		},
		showLog: logOffer(parts.log),
	};
	tell(
		parts.log,
		"error",
		words,
		nextStepsAfter(result, way === signInByDeviceCode ? "device" : "browser").map((step) => offers[step]),
	);
}

function tellNoneUnderWay(parts: Parts): void {
	tell(parts.log, "info", vscode.l10n.t("Nobody is signing in just now."), [
		{ title: vscode.l10n.t("Sign In with ChatGPT"), run: () => signIn(parts) },
	]);
}
