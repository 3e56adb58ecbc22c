import * as vscode from "vscode";
import type { AuthFailure } from "../native/login.ts";
import { plainText } from "./plainText.ts";

/** What a person can do after a sign-in that did not work. */
export type NextStep = "tryAgain" | "browser" | "deviceCode" | "pasteCallbackUrl" | "showLog";

type Failure = Exclude<AuthFailure, { readonly kind: "cancelled" }>;

/** The steps that help after a sign-in by the browser, the best one first. */
const nextSteps: Readonly<Record<Failure["kind"], readonly NextStep[]>> = {
	timedOut: ["tryAgain", "deviceCode"],
	denied: ["tryAgain", "deviceCode"],
	spent: ["tryAgain", "deviceCode"],
	deactivated: ["tryAgain"],
	notSent: ["tryAgain", "showLog"],
	brokenOff: ["tryAgain", "showLog"],
	unavailable: ["tryAgain", "showLog"],
	wrongCallback: ["pasteCallbackUrl", "deviceCode"],
};

/** @param way that was tried: what leads on is the other one. */
export function nextStepsAfter({ kind }: Failure, way: "browser" | "device"): readonly NextStep[] {
	return way === "browser"
		? nextSteps[kind]
		: nextSteps[kind].map((step) => (step === "deviceCode" ? "browser" : step));
}

/** Why a sign-in did not work, and what to do, in words. */
export function authFailureText(failure: Failure): string {
	switch (failure.kind) {
		case "timedOut":
			return vscode.l10n.t(
				"Nobody finished signing in in time. Try again, and finish in the browser within a few minutes.",
			);
		case "denied":
			return said(
				vscode.l10n.t("ChatGPT did not sign you in. Try again, and allow the access in the browser."),
				failure.description,
				failure.code,
			);
		case "spent":
			return said(
				vscode.l10n.t("This sign-in was used already or is over. Try again."),
				failure.description,
				failure.code,
			);
		case "deactivated":
			return said(
				vscode.l10n.t("This ChatGPT account has been deactivated. Sign in with another one, or ask OpenAI's support."),
				failure.description,
			);
		case "notSent":
			return vscode.l10n.t(
				"{0} could not be reached ({1}). Check your network and VS Code’s proxy settings, then try again.",
				plainText(failure.host),
				plainText(failure.code),
			);
		case "brokenOff":
			return vscode.l10n.t(
				"The connection to {0} broke while signing in ({1}). Check your network, then try again.",
				plainText(failure.host),
				plainText(failure.code),
			);
		case "unavailable":
			return unavailableText(failure);
		case "wrongCallback":
			return vscode.l10n.t(
				"That is not the address on which this sign-in ended. Copy the whole address from the browser, or try again.",
			);
	}
}

function unavailableText({ status, seconds, detail }: Extract<Failure, { readonly kind: "unavailable" }>): string {
	const sentence =
		status === null
			? vscode.l10n.t("ChatGPT's sign-in gave an answer that cannot be read. Try again later.")
			: vscode.l10n.t("ChatGPT's sign-in is not available right now (status {0}). Try again later.", status);
	const waited =
		seconds === null
			? sentence
			: `${sentence} ${vscode.l10n.t("It asks to wait for {0} seconds.", Math.ceil(seconds))}`;
	return said(waited, detail);
}

/** The server's own words behind a sentence, or where it has none its code. */
function said(sentence: string, ...words: readonly string[]): string {
	const own = words.map((text) => plainText(text)).find((text) => text !== "");
	return own === undefined ? sentence : `${sentence} ${vscode.l10n.t("ChatGPT says: “{0}”", own)}`;
}
