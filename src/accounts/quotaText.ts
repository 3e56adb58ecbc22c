import type { Quota, QuotaBucket, QuotaCredits, QuotaWindow } from "../bridge/quota.ts";
import { isRecord } from "./fieldProblem.ts";
import type { TextForm, TextReading } from "./sharedFile.ts";

/** What is known of each account's plan, by the account's id. */
export type Quotas = ReadonlyMap<string, Quota>;

const version = 1;
const mostAccounts = 500;
const mostBuckets = 50;
/** Characters. */
const longestText = 300;

/** The quotas as JSON: account id → quota. */
export const quotaText: TextForm<Quotas> = { empty: new Map(), read, write };

/** In the order of ids, so that windows that know the same write the same. */
function write(quotas: Quotas): string {
	const newest = [...quotas].sort(([, a], [, b]) => b.at - a.at).slice(0, mostAccounts);
	const sorted = newest.sort(([a], [b]) => (a < b ? -1 : 1));
	return `${JSON.stringify({ version, accounts: Object.fromEntries(sorted) })}\n`;
}

function read(text: string): TextReading<Quotas> {
	try {
		const json: unknown = JSON.parse(text);
		if (!isRecord(json) || !isRecord(json["accounts"])) return { kind: "unreadable" };
		const found = Number(json["version"]);
		if (found > version) return { kind: "newer", version: found };
		const quotas = Object.entries(json["accounts"]).flatMap(([id, raw]) => {
			const quota = quotaIn(raw);
			return quota === null || !isShort(id) ? [] : [[id, quota] as const];
		});
		return { kind: "read", value: new Map(quotas.slice(0, mostAccounts)) };
	} catch {
		return { kind: "unreadable" };
	}
}

/** Null for what is none. */
function quotaIn(raw: unknown): Quota | null {
	if (!isRecord(raw) || !isAmount(raw["at"]) || !Array.isArray(raw["buckets"])) return null;
	const { at, plan, credits } = raw;
	const buckets = raw["buckets"].map(bucketIn).filter((bucket) => bucket !== null);
	return { at, plan: textOr(plan), buckets: buckets.slice(0, mostBuckets), credits: creditsIn(credits) };
}

function bucketIn(raw: unknown): QuotaBucket | null {
	if (!isRecord(raw) || !isShort(raw["id"])) return null;
	const { id, name, primary, secondary, reached } = raw;
	return {
		id,
		name: textOr(name),
		primary: windowIn(primary),
		secondary: windowIn(secondary),
		reached: typeof reached === "boolean" ? reached : null,
	};
}

function windowIn(raw: unknown): QuotaWindow | null {
	if (!isRecord(raw) || !isAmount(raw["usedPercent"])) return null;
	const { usedPercent, minutes, resetsAt } = raw;
	return {
		usedPercent,
		minutes: isAmount(minutes) ? minutes : null,
		resetsAt: isAmount(resetsAt) ? resetsAt : null,
	};
}

function creditsIn(raw: unknown): QuotaCredits | null {
	if (!isRecord(raw) || typeof raw["has"] !== "boolean") return null;
	const { has, unlimited, balance } = raw;
	return { has, unlimited: unlimited === true, balance: textOr(balance) };
}

function isAmount(value: unknown): value is number {
	return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isShort(value: unknown): value is string {
	return typeof value === "string" && value !== "" && value.length <= longestText;
}

function textOr(value: unknown): string | null {
	return isShort(value) ? value : null;
}
