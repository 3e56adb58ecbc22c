import * as vscode from "vscode";
import { type Account, isRelay, type NativeAccount } from "../accounts/account.ts";
import type { RestReason } from "../bridge/accountLive.ts";
import { endpoints } from "../formats/endpoints.ts";
import type { AccountFacts } from "./accountFacts.ts";
import { type AccountState, accountState, openModelRests, openRest, stateText } from "./accountState.ts";
import { quotaWords } from "./nativeState.ts";
import { planText } from "./quotaText.ts";

/** How an account stands in the tree. */
export interface AccountItem {
	readonly label: string;
	readonly description: string;
	readonly icon: string;
	/** Null: as other icons. */
	readonly colour: string | null;
	/** Words for the `when` clauses of menus. */
	readonly contextValue: string;
	readonly checked: boolean;
	readonly accessibilityLabel: string;
}

type Face = Pick<AccountItem, "icon" | "colour">;

const warning = "list.warningForeground";
const good = "testing.iconPassed";
const faded = "disabledForeground";

/** No two states differ by colour alone: in high contrast the shape and the words tell. */
const faces: Readonly<Record<Exclude<AccountState["kind"], "resting">, Face>> = {
	signInAgain: { icon: "sign-in", colour: warning },
	signedOut: { icon: "account", colour: faded },
	renewing: { icon: "sync", colour: null },
	renewalWaits: { icon: "sync-ignored", colour: warning },
	quotaNear: { icon: "dashboard", colour: warning },
	quotaNearlyUp: { icon: "flame", colour: warning },
	quotaUsedUp: { icon: "credit-card", colour: warning },
	disabled: { icon: "circle-slash", colour: faded },
	keyMissing: { icon: "key", colour: warning },
	probing: { icon: "pulse", colour: null },
	modelsResting: { icon: "pass", colour: warning },
	working: { icon: "play-circle", colour: good },
	busy: { icon: "stop-circle", colour: warning },
	failedLast: { icon: "warning", colour: warning },
	notServed: { icon: "circle-outline", colour: null },
	ready: { icon: "pass-filled", colour: good },
};

const restFaces: Readonly<Record<RestReason, Face>> = {
	keyRefused: { icon: "lock", colour: "list.errorForeground" },
	outOfQuota: { icon: "credit-card", colour: warning },
	rateLimited: { icon: "watch", colour: warning },
	failing: { icon: "error", colour: "list.errorForeground" },
	modelUnknown: { icon: "question", colour: warning },
};

/** States whose words stand in front of everything else: a narrow view cuts the end. */
const toldFirst: ReadonlySet<AccountState["kind"]> = new Set([
	"signInAgain",
	"signedOut",
	"renewing",
	"renewalWaits",
	"keyMissing",
	"resting",
	"probing",
	"modelsResting",
	"working",
	"busy",
]);

export function accountItem(account: Account, facts: AccountFacts): AccountItem {
	const state = accountState(account, facts);
	const words = stateText(state, facts);
	const badge = isRelay(account)
		? [endpoints[account.format].name, new URL(account.baseUrl).host]
		: nativeBadge(account, facts);
	const quota = tellsOfQuota(state) ? quotaWords(facts) : [];
	const note = lacksKeyHere(account, facts) ? [lackText(account)] : [];
	return {
		label: account.label,
		description: [...(toldFirst.has(state.kind) ? [words] : []), ...quota, ...badge, ...note].join(" · "),
		...(state.kind === "resting" ? restFaces[state.rest.reason] : faces[state.kind]),
		contextValue: contextValue(account, facts),
		checked: account.enabled,
		accessibilityLabel: [account.label, ...badge, ...quota.filter((one) => one !== words), words, ...note].join(", "),
	};
}

/** The account is served all the same, by a window that has its key. */
export function lacksKeyHere(account: Account, facts: AccountFacts): boolean {
	const lacks = !facts.hasKey && (isRelay(account) || loginWord(facts) !== null);
	return lacks && facts.live?.hasKey === true;
}

function lackText(account: Account): string {
	return isRelay(account) ? vscode.l10n.t("key missing here") : vscode.l10n.t("signed out here");
}

/** Where nothing is asked of a plan, or its end is told already, what is left of it is no news. */
function tellsOfQuota(state: AccountState): boolean {
	if (state.kind === "resting") return state.rest.reason !== "outOfQuota";
	return state.kind !== "signInAgain" && state.kind !== "signedOut";
}

/** Whether there is something that "Clear Cooldown" ends. */
export function canBeCleared({ live, login, now }: AccountFacts): boolean {
	const waits = login?.state.kind === "waiting";
	return waits || openRest(live, now) !== null || openModelRests(live, now).length > 0;
}

function nativeBadge({ email, label, planType }: NativeAccount, { quota }: AccountFacts): readonly string[] {
	const plan = quota?.plan ?? planType;
	return [...(plan === null ? [] : [planText(plan)]), ...(email !== null && email !== label ? [email] : [])];
}

function contextValue(account: Account, facts: AccountFacts): string {
	const { hasKey, live, now } = facts;
	const words: string[] = [account.type];
	if (isRelay(account) && (!hasKey || live?.hasKey === false)) words.push("keyMissing");
	const trouble = loginWord(facts);
	if (trouble !== null) words.push(trouble);
	const refused = openRest(live, now)?.reason === "keyRefused";
	if (refused && isRelay(account)) words.push("keyRefused");
	// Without a login there is nothing to try again.
	else if (canBeCleared(facts) && !(refused && trouble !== null)) words.push("cooling");
	if (!account.enabled) words.push("disabled");
	return words.join(" ");
}

/** Whether a person has to sign in here, whatever other windows have. */
function loginWord({ login }: AccountFacts): string | null {
	const kind = login?.state.kind;
	return kind === "signInAgain" || kind === "signedOut" ? kind : null;
}
