import * as vscode from "vscode";
import type { RestReason } from "../bridge/accountLive.ts";
import { hintLevel } from "../bridge/quotaRules.ts";
import type { LoginState } from "../native/loginState.ts";
import type { AccountFacts } from "./accountFacts.ts";
import type { LocalTexts } from "./localTexts.ts";
import { quotaText, usedUpText } from "./quotaText.ts";

/** What of a ChatGPT login matters to a person before anything else. */
export type LoginTrouble = "signInAgain" | "signedOut" | "renewing" | "renewalWaits";

/** How little is left of a plan. */
export type QuotaHint = "quotaNear" | "quotaNearlyUp" | "quotaUsedUp";

/** What stands in a native account's way; null where it has a login that is good. */
export function loginTrouble({ login, live, hasKey }: AccountFacts): LoginTrouble | null {
	if (login === null) return null;
	/** Another window may have a login of its own. */
	const othersServe = live?.hasKey === true && !hasKey;
	switch (login.state.kind) {
		case "signInAgain":
			return othersServe ? null : "signInAgain";
		case "signedOut":
			return othersServe ? null : "signedOut";
		case "waiting":
			return login.lasts || othersServe ? null : "renewalWaits";
		// One that has just ended is good, too: it is renewed in a moment.
		case "good":
		case "renewing":
			return login.lasts || othersServe ? null : "renewing";
	}
}

export function loginTroubleText(trouble: LoginTrouble, { login, local }: AccountFacts): string {
	switch (trouble) {
		case "signInAgain":
			return vscode.l10n.t("sign in again");
		case "signedOut":
			return vscode.l10n.t("signed out");
		case "renewing":
			return vscode.l10n.t("renewing");
		case "renewalWaits":
			return waitingText(login?.state ?? { kind: "signedOut" }, local);
	}
}

function waitingText(state: LoginState, local: LocalTexts): string {
	return state.kind === "waiting"
		? vscode.l10n.t("not renewed, tried again {0}", local.brief(state.until))
		: vscode.l10n.t("not renewed");
}

/** How loudly the tree tells of what is left; null: not at all. */
export function quotaHint({ quota, now }: AccountFacts): QuotaHint | null {
	if (quota === null) return null;
	switch (hintLevel(quota, now)) {
		case "near":
			return "quotaNear";
		case "nearlyUp":
			return "quotaNearlyUp";
		case "usedUp":
			return "quotaUsedUp";
		case "none":
			return null;
	}
}

/** What is left of the plan in words; empty where nothing was told. */
export function quotaWords({ quota, now, local }: AccountFacts): readonly string[] {
	const words = quota === null ? null : quotaText(quota, now, local);
	return words === null ? [] : [words];
}

/** Why a native account rests, where that is said otherwise than of a relay; null where it is not. */
export function nativeRestText(reason: RestReason, until: number | null, local: LocalTexts): string | null {
	if (reason === "outOfQuota") return usedUpText(until, local);
	if (reason === "keyRefused") return vscode.l10n.t("login refused");
	return null;
}
