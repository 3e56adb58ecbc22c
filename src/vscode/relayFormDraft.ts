import type { Account, AuthStyle, RelayAccount } from "../accounts/account.ts";
import { normaliseBaseUrl } from "../accounts/baseUrl.ts";
import { isSameLabel, longestLabel } from "../accounts/labelRules.ts";
import { withoutLogin } from "../accounts/outboundProxyRules.ts";
import type { HeaderRow, KeyNeed, RelayDraft } from "./relayFormMessages.ts";
import { splitModels } from "./typedModels.ts";

/** An empty form. */
export const blankDraft: RelayDraft = {
	label: "",
	baseUrl: "",
	apiKey: "",
	format: "codex",
	allowedModels: [],
	pendingModel: "",
	priority: "0",
	headers: [],
	auth: null,
	maxConcurrent: "",
	outboundProxy: "",
	allowPlainHttp: false,
	testModel: "",
};

/** A saved account in the form's fields, without its key. */
export function draftOf(account: RelayAccount): RelayDraft {
	const { label, baseUrl, format, auth } = account;
	const url = normaliseBaseUrl(baseUrl, format);
	return {
		...blankDraft,
		...{ label, baseUrl, format, auth },
		allowedModels: account.allowedModels ?? [],
		priority: String(account.priority),
		headers: Object.entries(account.headers).map(([name, value]) => ({ name, value })),
		maxConcurrent: account.maxConcurrent === null ? "" : String(account.maxConcurrent),
		outboundProxy: withoutLogin(account.outboundProxy) ?? "",
		// Whoever saved it said yes to this URL; another one asks anew (see `afterChange`).
		allowPlainHttp: url.ok && url.plainHttp,
	};
}

/** The first of "label copy", "label copy 2", … that no account has; a long label is cut to leave room. */
export function copyLabel(label: string, taken: readonly string[], copyOf: (label: string) => string): string {
	for (let count = 1; ; count++) {
		const ending = count === 1 ? "" : ` ${count}`;
		// What "copy" is in this language, and on which side of the label it stands, shows only in the whole.
		let original = label;
		while ([...copyOf(original), ...ending].length > longestLabel)
			original = [...original].slice(0, -1).join("").trim();
		const candidate = copyOf(original) + ending;
		if (!taken.some((one) => isSameLabel(one, candidate))) return candidate;
	}
}

/** The allowed models with what is typed but not added yet, each once. */
export function allowedModelsOf(draft: RelayDraft): readonly string[] {
	return [...new Set([...draft.allowedModels, ...splitModels(draft.pendingModel)])];
}

function filledRows(rows: readonly HeaderRow[]): readonly HeaderRow[] {
	return rows
		.map(({ name, value }) => ({ name: name.trim(), value: value.trim() }))
		.filter(({ name, value }) => name !== "" || value !== "");
}

/** The header names that stand in more than one row, as first typed; an object could keep only one of them. */
export function repeatedHeaders(rows: readonly HeaderRow[]): readonly string[] {
	const seen = new Map<string, { readonly name: string; readonly times: number }>();
	for (const { name } of filledRows(rows)) {
		const known = seen.get(name.toLowerCase());
		seen.set(name.toLowerCase(), { name: known?.name ?? name, times: (known?.times ?? 0) + 1 });
	}
	return [...seen.values()].filter(({ times }) => times > 1).map(({ name }) => name);
}

/** What `readRelayInput` and `Relays.save` take. */
interface RelayValue {
	readonly label: string;
	readonly format: string;
	readonly baseUrl: string;
	readonly apiKey: string;
	readonly allowedModels: readonly string[];
	readonly modelMap?: Readonly<Record<string, string>>;
	readonly priority: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly auth: AuthStyle | null;
	readonly maxConcurrent: string;
	readonly outboundProxy: string;
	readonly allowPlainHttp: boolean;
	readonly enabled?: boolean;
}

/** Settings of an account that have no field in the form. */
export type KeptSettings = Partial<Pick<RelayAccount, "modelMap" | "enabled">>;

/** @param kept for a new account, what it takes over from another; null lets what is saved stay as it is. */
export function relayValueOf(draft: RelayDraft, kept: KeptSettings | null): RelayValue {
	return {
		...(kept?.modelMap === undefined ? {} : { modelMap: kept.modelMap }),
		...(kept?.enabled === undefined ? {} : { enabled: kept.enabled }),
		label: draft.label,
		format: draft.format,
		baseUrl: draft.baseUrl,
		apiKey: draft.apiKey,
		allowedModels: allowedModelsOf(draft),
		priority: draft.priority.trim(),
		headers: Object.fromEntries(filledRows(draft.headers).map(({ name, value }) => [name, value])),
		auth: draft.auth,
		maxConcurrent: draft.maxConcurrent.trim(),
		outboundProxy: draft.outboundProxy.trim(),
		allowPlainHttp: draft.allowPlainHttp,
	};
}

/** The model a test names; null leaves it to the proxy, which takes the first allowed one, else the relay's first. */
export function testModelOf(draft: RelayDraft): string | null {
	return draft.testModel.trim() || null;
}

/**
 * What an empty key field means. A saved key goes to the origin it was saved for and to no other.
 * @param saved the account being edited as saved now, or null for a new one.
 */
export function keyNeedOf(draft: RelayDraft, saved: RelayAccount | null, hasSavedKey: boolean): KeyNeed {
	if (saved === null) return "required";
	const typed = normaliseBaseUrl(draft.baseUrl, draft.format);
	if (typed.ok && new URL(typed.baseUrl).origin !== new URL(saved.baseUrl).origin) return "otherHost";
	return hasSavedKey ? "saved" : "missing";
}

/** The fields of a draft that an edit changed. */
export function changedFields(before: RelayDraft, now: RelayDraft): ReadonlySet<keyof RelayDraft> {
	const names = Object.keys(now) as (keyof RelayDraft)[];
	// A header row that is still empty says nothing yet.
	const said = (draft: RelayDraft, name: keyof RelayDraft): string =>
		JSON.stringify(name === "headers" ? filledRows(draft.headers) : draft[name]);
	return new Set(names.filter((name) => said(before, name) !== said(now, name)));
}

/**
 * A saved account in the form's fields, with what was typed over it.
 * @param untouched what the draft was before anything was typed.
 */
export function typedOver(account: RelayAccount, draft: RelayDraft, untouched: RelayDraft): RelayDraft {
	const typed = [...changedFields(untouched, draft)].map((name) => [name, draft[name]] as const);
	return { ...draftOf(account), ...Object.fromEntries(typed) };
}

/** The draft after an edit: a yes to unencrypted http holds for the URL it was given for, not for the next one. */
export function afterChange(before: RelayDraft, typed: RelayDraft): RelayDraft {
	return before.baseUrl === typed.baseUrl ? typed : { ...typed, allowPlainHttp: false };
}

/** Whether two saved states of an account differ in what the form edits. */
export function editedElsewhere(before: RelayAccount, now: RelayAccount): boolean {
	const shown = ({ headers, ...account }: RelayAccount): string => {
		const { label, format, baseUrl, allowedModels, priority, auth, maxConcurrent, outboundProxy } = account;
		const rows = Object.entries(headers).sort();
		return JSON.stringify([label, format, baseUrl, allowedModels, priority, rows, auth, maxConcurrent, outboundProxy]);
	};
	return shown(before) !== shown(now);
}

/**
 * The labels that a draft cannot have. A new relay may turn out to be a saved one with the same URL and key, which it
 * then updates: the label of such a one is left for saving to judge.
 * @param opened the account being edited, or null for a new one.
 */
export function labelsTakenFor(
	draft: RelayDraft,
	opened: RelayAccount | null,
	accounts: readonly Account[],
): readonly string[] {
	const typed = normaliseBaseUrl(draft.baseUrl, draft.format);
	const maySame = ({ baseUrl, format }: Account): boolean =>
		typed.ok && baseUrl === typed.baseUrl && format === draft.format;
	const others = accounts.filter((account) => (opened === null ? !maySame(account) : account.id !== opened.id));
	return others.map(({ label }) => label);
}
