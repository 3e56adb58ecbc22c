import * as vscode from "vscode";
import { type Account, isRelay } from "../accounts/account.ts";
import type { ProxyState } from "../bridge/protocol.ts";
import { endpoints } from "../formats/endpoints.ts";
import type { Activity } from "./activity.ts";

/** What this window knows about an account beside what is saved. */
export interface AccountFacts {
	/** Whether this window has the account's key. */
	readonly hasKey: boolean;
	readonly activity: Activity | undefined;
	readonly proxy: ProxyState;
}

/** The one thing about an account that matters most to a person right now. */
type AccountState = "signInNeeded" | "disabled" | "keyMissing" | "failedLast" | "resting" | "ready";

/** How an account stands in the tree. */
interface AccountItem {
	readonly label: string;
	readonly description: string;
	readonly icon: string;
	/** Null: as other icons. */
	readonly colour: string | null;
	/** Words for the `when` clauses of menus. */
	readonly contextValue: string;
	/** Null: without a checkbox. */
	readonly checked: boolean | null;
	readonly accessibilityLabel: string;
}

const icons: Readonly<Record<AccountState, { readonly icon: string; readonly colour: string | null }>> = {
	signInNeeded: { icon: "account", colour: "disabledForeground" },
	disabled: { icon: "circle-slash", colour: "disabledForeground" },
	keyMissing: { icon: "key", colour: "list.warningForeground" },
	failedLast: { icon: "warning", colour: "list.warningForeground" },
	resting: { icon: "circle-outline", colour: null },
	ready: { icon: "pass-filled", colour: "testing.iconPassed" },
};

export function accountState(account: Account, { hasKey, activity, proxy }: AccountFacts): AccountState {
	if (!isRelay(account)) return "signInNeeded";
	if (!account.enabled) return "disabled";
	if (!hasKey) return "keyMissing";
	if (activity?.lastError && activity.lastError.at === activity.lastUsed) return "failedLast";
	return proxy.kind === "listening" || proxy.kind === "otherWindow" ? "ready" : "resting";
}

export function stateText(state: AccountState): string {
	switch (state) {
		case "signInNeeded":
			return vscode.l10n.t("signing in is needed");
		case "disabled":
			return vscode.l10n.t("disabled");
		case "keyMissing":
			return vscode.l10n.t("key missing here");
		case "failedLast":
			return vscode.l10n.t("last request failed");
		case "resting":
			return vscode.l10n.t("enabled, the proxy is not serving");
		case "ready":
			return vscode.l10n.t("ready");
	}
}

export function accountItem(account: Account, facts: AccountFacts): AccountItem {
	const state = accountState(account, facts);
	const words = stateText(state);
	const badge = isRelay(account)
		? [endpoints[account.format].name, new URL(account.baseUrl).host]
		: nativeBadge(account);
	// What needs doing comes first: a narrow view cuts the end.
	const told = state === "keyMissing" || state === "signInNeeded" ? [words, ...badge] : badge;
	return {
		label: account.label,
		description: told.join(" · "),
		...icons[state],
		contextValue: contextValue(account, facts),
		checked: isRelay(account) ? account.enabled : null,
		accessibilityLabel: [account.label, ...badge, words].join(", "),
	};
}

function nativeBadge({ email, label }: Account & { readonly type: "native" }): readonly string[] {
	return email !== null && email !== label ? [email] : [];
}

function contextValue(account: Account, { hasKey }: AccountFacts): string {
	const words: string[] = [account.type];
	if (isRelay(account) && !hasKey) words.push("keyMissing");
	if (!account.enabled) words.push("disabled");
	return words.join(" ");
}
