import * as vscode from "vscode";
import { type Account, isRelay } from "../accounts/account.ts";
import type { RestReason } from "../bridge/accountLive.ts";
import { endpoints } from "../formats/endpoints.ts";
import type { AccountFacts } from "./accountFacts.ts";
import { type AccountState, accountState, openModelRests, openRest, stateText } from "./accountState.ts";

/** How an account stands in the tree. */
export interface AccountItem {
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

type Face = Pick<AccountItem, "icon" | "colour">;

const warning = "list.warningForeground";
const good = "testing.iconPassed";
const faded = "disabledForeground";

/** No two states differ by colour alone: in high contrast the shape and the words tell. */
const faces: Readonly<Record<Exclude<AccountState["kind"], "resting">, Face>> = {
	signInNeeded: { icon: "account", colour: faded },
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

/** States whose words stand in front of the format and the host: a narrow view cuts the end. */
const toldFirst: ReadonlySet<AccountState["kind"]> = new Set([
	"signInNeeded",
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
		: nativeBadge(account);
	const note = lacksKeyHere(account, facts) ? [vscode.l10n.t("key missing here")] : [];
	return {
		label: account.label,
		description: [...(toldFirst.has(state.kind) ? [words] : []), ...badge, ...note].join(" · "),
		...(state.kind === "resting" ? restFaces[state.rest.reason] : faces[state.kind]),
		contextValue: contextValue(account, facts),
		checked: isRelay(account) ? account.enabled : null,
		accessibilityLabel: [account.label, ...badge, words, ...note].join(", "),
	};
}

/** The account is served all the same, by a window that has its key. */
export function lacksKeyHere(account: Account, { hasKey, live }: AccountFacts): boolean {
	return isRelay(account) && !hasKey && live?.hasKey === true;
}

/** Whether there is something that "Clear Cooldown" ends. */
export function canBeCleared({ live, now }: AccountFacts): boolean {
	return openRest(live, now) !== null || openModelRests(live, now).length > 0;
}

function nativeBadge({ email, label }: Account & { readonly type: "native" }): readonly string[] {
	return email !== null && email !== label ? [email] : [];
}

function contextValue(account: Account, facts: AccountFacts): string {
	const { hasKey, live, now } = facts;
	const words: string[] = [account.type];
	if (isRelay(account) && (!hasKey || live?.hasKey === false)) words.push("keyMissing");
	const refused = openRest(live, now)?.reason === "keyRefused";
	if (refused) words.push("keyRefused");
	else if (canBeCleared(facts)) words.push("cooling");
	if (!account.enabled) words.push("disabled");
	return words.join(" ");
}
