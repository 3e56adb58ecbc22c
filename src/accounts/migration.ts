import { type Account, authStyles, type Format, formats, type NativeAccount, type RelayAccount } from "./account.ts";
import { normaliseBaseUrl } from "./baseUrl.ts";
import { isRecord } from "./fieldProblem.ts";
import { readHeaders } from "./headerRules.ts";
import { cleanLabel, cutLabel, isSameLabel } from "./labelRules.ts";
import { readAllowedModels, readModelMap } from "./modelRules.ts";

/**
 * The version of the account file that is written. Version 0 is a bare array, or an object without a version, whose
 * entries may lack `type`.
 */
export const fileVersion = 1;

/** An entry that could not be understood, kept as it was found. */
export interface AsideEntry {
	readonly raw: unknown;
	/** The field that could not be read, or `entry`. */
	readonly field: string;
}

/** What the JSON of an account file holds. */
export type FileReading =
	| {
			readonly kind: "read";
			readonly accounts: readonly Account[];
			readonly aside: readonly AsideEntry[];
			/** The file is of an older version, or lacks what had to be made up and has to stay the same from now on. */
			readonly outdated: boolean;
	  }
	| { readonly kind: "newer"; readonly version: number }
	| { readonly kind: "unreadable" };

/** What an entry gets when the file does not have it. */
interface Defaults {
	/** ISO 8601. */
	readonly now: string;
	readonly makeId: () => string;
}

type RawEntry = Readonly<Record<string, unknown>>;

/** The JSON of an account file → accounts with every field, ids and labels unique. Pure. */
export function readAccountFile(json: unknown, defaults: Defaults): FileReading {
	const version = Array.isArray(json) ? 0 : isRecord(json) ? (json["version"] ?? 0) : null;
	const entries = Array.isArray(json) ? json : isRecord(json) ? json["accounts"] : null;
	if (typeof version !== "number" || !Number.isSafeInteger(version) || version < 0) return { kind: "unreadable" };
	if (version > fileVersion) return { kind: "newer", version };
	if (!Array.isArray(entries)) return { kind: "unreadable" };
	const accounts: Account[] = [];
	const aside: AsideEntry[] = [];
	let outdated = version < fileVersion;
	for (const raw of entries as readonly unknown[]) {
		const read = readEntry(raw, defaults);
		if ("field" in read) {
			aside.push({ raw, field: read.field });
			continue;
		}
		const account = distinctFrom(accounts, read, defaults);
		accounts.push(account);
		outdated ||= isRecord(raw) && madeUp.some((field) => raw[field] !== account[field]);
	}
	return { kind: "read", accounts, aside, outdated };
}

/** Accounts and what was kept aside → the JSON that is written. */
export function accountFileJson(accounts: readonly Account[], aside: readonly AsideEntry[]): unknown {
	return { version: fileVersion, accounts: [...accounts, ...aside.map(({ raw }) => raw)] };
}

/** Fields whose value differs at each reading, or between readings, as long as it is not in the file. */
const madeUp = ["id", "type", "label", "addedAt"] as const;

interface Unreadable {
	readonly field: string;
}

function readEntry(raw: unknown, defaults: Defaults): Account | Unreadable {
	if (!isRecord(raw)) return { field: "entry" };
	const type = raw["type"] ?? "native";
	if (type === "native") return readNative(raw, defaults);
	return type === "relay" ? readRelay(raw, defaults) : { field: "type" };
}

function readNative(raw: RawEntry, { now, makeId }: Defaults): NativeAccount | Unreadable {
	const email = textOf(raw, "email");
	const label = labelOf(raw) ?? (email === null ? null : cleanLabel(email));
	const id = textOf(raw, "id");
	if (id === null && label === null && textOf(raw, "accountId") === null) return { field: "entry" };
	const wrong = wrongField(raw, common);
	if (wrong !== null) return { field: wrong };
	return {
		id: id ?? makeId(),
		type: "native",
		label: label ?? "ChatGPT",
		email,
		accountId: textOf(raw, "accountId"),
		userId: textOf(raw, "userId"),
		planType: textOf(raw, "planType"),
		format: null,
		baseUrl: null,
		allowedModels: null,
		priority: numberOf(raw, "priority") ?? 0,
		enabled: raw["enabled"] !== false,
		addedAt: textOf(raw, "addedAt") ?? now,
	};
}

function readRelay(raw: RawEntry, { now, makeId }: Defaults): RelayAccount | Unreadable {
	const wrong = wrongField(raw, { ...common, ...ofRelays });
	if (wrong !== null) return { field: wrong };
	const format: Format = formats.find((known) => known === raw["format"]) ?? "codex";
	const baseUrl = normaliseBaseUrl(textOf(raw, "baseUrl") ?? "", format);
	const allowedModels = readAllowedModels(raw["allowedModels"]);
	const modelMap = readModelMap(raw["modelMap"]);
	const headers = readHeaders(raw["headers"]);
	if (!baseUrl.ok) return { field: "baseUrl" };
	if (!allowedModels.ok) return { field: "allowedModels" };
	if (!modelMap.ok) return { field: "modelMap" };
	if (!headers.ok) return { field: "headers" };
	return {
		id: textOf(raw, "id") ?? makeId(),
		type: "relay",
		label: labelOf(raw) ?? cutLabel(new URL(baseUrl.baseUrl).host, ""),
		format,
		baseUrl: baseUrl.baseUrl,
		allowedModels: allowedModels.value,
		modelMap: modelMap.value,
		priority: numberOf(raw, "priority") ?? 0,
		headers: headers.value,
		auth: authStyles.find((known) => known === raw["auth"]) ?? null,
		maxConcurrent: numberOf(raw, "maxConcurrent"),
		outboundProxy: textOf(raw, "outboundProxy"),
		enabled: raw["enabled"] !== false,
		addedAt: textOf(raw, "addedAt") ?? now,
	};
}

/** What may stand in a field that is there. A file is written by us, so another type means that we misread it. */
type Rules = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown) => typeof value === "string";
const isNumber = (value: unknown) => typeof value === "number" && Number.isFinite(value);

const common: Rules = {
	id: isText,
	label: isText,
	priority: Number.isSafeInteger,
	enabled: (value) => typeof value === "boolean",
	addedAt: isText,
};
const ofRelays: Rules = {
	format: (value) => formats.some((known) => known === value),
	auth: (value) => authStyles.some((known) => known === value),
	maxConcurrent: (value) => isNumber(value) && Number(value) > 0,
	outboundProxy: isText,
};

function wrongField(raw: RawEntry, rules: Rules): string | null {
	const wrong = Object.entries(rules).find(([field, isRight]) => {
		const value = raw[field] ?? null;
		return value !== null && !isRight(value);
	});
	return wrong?.[0] ?? null;
}

function textOf(raw: RawEntry, field: string): string | null {
	const value = raw[field];
	return typeof value === "string" && value.trim() !== "" ? value : null;
}

/** An earlier release, or whoever wrote the file by hand, had other rules for labels. */
function labelOf(raw: RawEntry): string | null {
	const label = textOf(raw, "label");
	return label === null ? null : cleanLabel(label);
}

function numberOf(raw: RawEntry, field: string): number | null {
	const value = raw[field];
	return typeof value === "number" ? value : null;
}

/** Entries copied by hand share an id or a label: the later one gets its own. */
function distinctFrom(accounts: readonly Account[], account: Account, { makeId }: Defaults): Account {
	const id = accounts.some((other) => other.id === account.id) ? makeId() : account.id;
	let { label } = account;
	for (let count = 2; accounts.some((other) => isSameLabel(other.label, label)); count += 1) {
		label = cutLabel(account.label, ` (${count})`);
	}
	return id === account.id && label === account.label ? account : { ...account, id, label };
}
