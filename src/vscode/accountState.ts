import * as vscode from "vscode";
import type { Account } from "../accounts/account.ts";
import type { AccountLive, ModelRest, Rest } from "../bridge/accountLive.ts";
import { isServed } from "../bridge/proxyControl.ts";
import { type AccountFacts, standingNow } from "./accountFacts.ts";
import { spanChangesIn } from "./countdown.ts";
import {
	type LoginTrouble,
	loginTrouble,
	loginTroubleText,
	nativeRestText,
	type QuotaHint,
	quotaHint,
	quotaWords,
} from "./nativeState.ts";
import { nextReset } from "./quotaText.ts";
import { countsDown, modelRestText, restText } from "./restText.ts";

/** The one thing about an account that matters most to a person right now. */
export type AccountState =
	| { readonly kind: "disabled" | "probing" | "failedLast" | "notServed" | "ready" | LoginTrouble | QuotaHint }
	/** Here, or in the window that serves. */
	| { readonly kind: "keyMissing"; readonly where: "here" | "server" }
	| { readonly kind: "resting"; readonly rest: Rest }
	/** The account answers, but not for these. */
	| { readonly kind: "modelsResting"; readonly first: ModelRest; readonly count: number }
	| { readonly kind: "working" | "busy"; readonly inFlight: number };

export function accountState(account: Account, facts: AccountFacts): AccountState {
	const { live, activity, hasKey, proxy } = facts;
	const standing = standingNow(account, facts);
	const trouble = standing.kind === "disabled" ? null : loginTrouble(facts);
	if (trouble !== null) return { kind: trouble };
	switch (standing.kind) {
		case "keyMissing":
			return { kind: "keyMissing", where: hasKey ? "server" : "here" };
		case "busy":
			return { kind: "busy", inFlight: live?.inFlight ?? standing.limit };
		case "disabled":
		case "resting":
		case "probing":
			return standing;
	}
	if (live !== null && live.inFlight > 0) return { kind: "working", inFlight: live.inFlight };
	const rests = openModelRests(live, facts.now);
	const [first] = rests;
	if (first !== undefined) return { kind: "modelsResting", first, count: rests.length };
	const hint = quotaHint(facts);
	if (hint !== null) return { kind: hint };
	if (activity?.lastError && activity.lastError.at === activity.lastUsed) return { kind: "failedLast" };
	return { kind: isServed(proxy) ? "ready" : "notServed" };
}

export function stateText(state: AccountState, facts: AccountFacts): string {
	const { now, local, login } = facts;
	switch (state.kind) {
		case "signInAgain":
		case "signedOut":
		case "renewing":
		case "renewalWaits":
			return loginTroubleText(state.kind, facts);
		case "quotaNear":
		case "quotaNearlyUp":
		case "quotaUsedUp":
			return quotaWords(facts).join();
		case "disabled":
			return vscode.l10n.t("disabled");
		case "keyMissing":
			if (login !== null) return vscode.l10n.t("not signed in in the window that serves");
			return state.where === "here"
				? vscode.l10n.t("key missing here")
				: vscode.l10n.t("key missing in the window that serves");
		case "resting":
			return (
				(login === null ? null : nativeRestText(state.rest.reason, state.rest.until, local)) ??
				restText(state.rest, now, local)
			);
		case "probing":
			return vscode.l10n.t("being tried again");
		case "modelsResting":
			return state.count === 1
				? modelRestText(state.first, now, local)
				: vscode.l10n.t("{0} models cooling", state.count);
		case "working":
			return vscode.l10n.t("{0} in flight", state.inFlight);
		case "busy":
			return vscode.l10n.t("busy, {0} in flight", state.inFlight);
		case "failedLast":
			return vscode.l10n.t("last request failed");
		case "notServed":
			return vscode.l10n.t("enabled, the proxy is not serving");
		case "ready":
			return vscode.l10n.t("ready");
	}
}

/** The models that rest, the one that is back first in front. */
export function openModelRests(live: AccountLive | null, now: number): readonly ModelRest[] {
	const open = live?.modelRests.filter((rest) => isOpen(rest, now)) ?? [];
	return [...open].sort((a, b) => endOf(a) - endOf(b));
}

/** The rest of the whole account, while it lasts. */
export function openRest(live: AccountLive | null, now: number): Rest | null {
	const rest = live?.rest ?? null;
	return rest !== null && isOpen(rest, now) ? rest : null;
}

/** After how many milliseconds an account's item looks different by the time alone; null: never. */
export function stateChangesIn(account: Account, facts: AccountFacts): number | null {
	const { live, now, quota } = facts;
	const state = accountState(account, facts);
	const told = state.kind === "resting" ? state.rest : state.kind === "modelsResting" ? state.first : null;
	const ends = [openRest(live, now), ...openModelRests(live, now)]
		.map((rest) => rest?.until ?? null)
		.filter((until) => until !== null)
		.map((until) => until - now);
	if (told !== null && told.until !== null && countsDown(told)) ends.push(spanChangesIn(told.until - now));
	const reset = quota === null ? null : nextReset(quota, now);
	if (reset !== null) ends.push(reset - now);
	return ends.length === 0 ? null : Math.min(...ends);
}

function isOpen({ until }: Rest, now: number): boolean {
	return until === null || until > now;
}

function endOf({ until }: Rest): number {
	return until ?? Number.POSITIVE_INFINITY;
}
