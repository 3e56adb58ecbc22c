import { mainBucket, type Quota, type QuotaBucket, type QuotaCredits, type QuotaWindow } from "../bridge/quota.ts";
import { isRecord } from "../formats/modelList.ts";

/** How a quota's numbers and names are written, in headers, events and bodies alike. What cannot be right is left out. */

export type Fields = Readonly<Record<string, unknown>>;

/** When something was said. Milliseconds since 1970. */
export interface Saying {
	/** By the clock here. */
	readonly now: number;
	/** By the backend's clock: its moments are on that one. */
	readonly clock: number;
}

/** Milliseconds: a year. A reset beyond is a slip. */
const longestReset = 366 * 86_400_000;
/** A plan's longest window is a month; what is longer is no window. */
const mostMinutes = 366 * 24 * 60;
/** Characters. */
const longestName = 100;
const longestId = 64;
/** Of an account; so many are made up by nobody but a server gone wrong. */
const mostBuckets = 20;

/** One bucket is called by three names. */
const reviewBucket = "code_review";
const reviewNames: ReadonlySet<string> = new Set(["code_review", "codex_code_review", "codex_review"]);

/**
 * A window by the names of the usage endpoint (`limit_window_seconds`), of events and of headers (`window_minutes`). Null where
 * its use is not told, and where all of it is zero: so the backend says that a plan has none.
 */
export function readWindow(value: unknown, { now, clock }: Saying): QuotaWindow | null {
	if (!isRecord(value)) return null;
	const usedPercent = numberOf(value["used_percent"]);
	if (usedPercent === null) return null;
	const seconds = numberOf(value["limit_window_seconds"]);
	const minutes = lengthOf(numberOf(value["window_minutes"]) ?? (seconds === null ? null : seconds / 60));
	const resetsAt = momentOf(value, { now, clock });
	return usedPercent === 0 && minutes === null && resetsAt === null ? null : { usedPercent, minutes, resetsAt };
}

/**
 * When something is reset, by the clock here: a number of seconds is right whatever the clocks say, so it goes before a moment.
 * Null where neither is told, or it is more than a year away.
 */
export function momentOf(fields: Fields, { now, clock }: Saying): number | null {
	const seconds = numberOf(fields["reset_after_seconds"]) ?? numberOf(fields["resets_in_seconds"]);
	const reset = resetOf(fields["reset_at"] ?? fields["resets_at"]);
	const wait = seconds !== null && seconds > 0 ? seconds * 1000 : reset === null ? null : reset - clock;
	return wait === null || Math.abs(wait) > longestReset ? null : Math.round(now + wait);
}

/** Null where nothing of it is told. */
export function readCredits(value: unknown): QuotaCredits | null {
	if (!isRecord(value)) return null;
	const has = truthOf(value["has_credits"]);
	const unlimited = truthOf(value["unlimited"]);
	const balance = decimalOf(value["balance"]);
	if (has === null && unlimited === null && balance === null) return null;
	return {
		has: has ?? (unlimited === true || Number(balance ?? 0) > 0),
		unlimited: unlimited ?? false,
		balance,
	};
}

/** A limit of the usage endpoint or of an event: its windows, and whether the backend lets requests in. Null: nothing told. */
export function readBucket(
	value: unknown,
	id: string,
	name: string | null,
	[primaryName, secondaryName]: readonly [primary: string, secondary: string],
	saying: Saying,
): QuotaBucket | null {
	if (!isRecord(value)) return null;
	const primary = readWindow(value[primaryName], saying);
	const secondary = readWindow(value[secondaryName], saying);
	const reached = reachedOf(value);
	return primary === null && secondary === null && reached === null ? null : { id, name, primary, secondary, reached };
}

/** The backend's own id of a bucket, with underscores; null where it is none. */
export function bucketId(text: unknown): string | null {
	if (typeof text !== "string") return null;
	const id = text
		.trim()
		.toLowerCase()
		.replace(/[\s-]+/g, "_");
	if (id.length > longestId || !/^[a-z0-9][\w.]*$/.test(id)) return null;
	return reviewNames.has(id) ? reviewBucket : id;
}

/** For people; null where it is empty. */
export function nameOf(value: unknown): string | null {
	if (typeof value !== "string") return null;
	const name = value.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
	return name === "" ? null : [...name].slice(0, longestName).join("").toWellFormed();
}

/** `plus`, `pro`, `team`, …; null where it is no such word. */
export function planOf(value: unknown): string | null {
	if (typeof value !== "string") return null;
	const plan = value.trim().toLowerCase();
	return /^[a-z][a-z0-9_ -]{0,39}$/.test(plan) && plan !== "unknown" ? plan : null;
}

/** What was told, or null where that is nothing. Of two buckets with one id the first stays. */
export function quotaOf(
	told: Pick<Quota, "plan" | "credits"> & { readonly buckets: readonly (QuotaBucket | null)[] },
	now: number,
): Quota | null {
	const byId = new Map<string, QuotaBucket>();
	for (const bucket of told.buckets) {
		if (bucket !== null && !byId.has(bucket.id) && byId.size < mostBuckets) byId.set(bucket.id, bucket);
	}
	const main = byId.get(mainBucket);
	byId.delete(mainBucket);
	const buckets = main === undefined ? [...byId.values()] : [main, ...byId.values()];
	if (buckets.length === 0 && told.plan === null && told.credits === null) return null;
	return { at: now, plan: told.plan, buckets, credits: told.credits };
}

/** @returns null for what is no number from 0 on. */
export function numberOf(value: unknown): number | null {
	const number = typeof value === "string" && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : value;
	return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}

function reachedOf({ allowed, limit_reached: reached }: Fields): boolean | null {
	if (allowed === false || reached === true) return true;
	return allowed === true || reached === false ? false : null;
}

/** @returns null for zero, which says that there is no such window. */
function lengthOf(minutes: number | null): number | null {
	return minutes !== null && minutes > 0 && minutes <= mostMinutes ? minutes : null;
}

/** Seconds since 1970, now and then milliseconds or ISO 8601. Small numbers are no moment. */
function resetOf(value: unknown): number | null {
	const number = numberOf(value);
	if (number !== null) return number < 1e9 ? null : number < 1e11 ? number * 1000 : number;
	if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT/.test(value)) return null;
	const moment = Date.parse(value);
	return Number.isNaN(moment) ? null : moment;
}

function truthOf(value: unknown): boolean | null {
	if (typeof value === "boolean") return value;
	if (typeof value !== "string") return null;
	const text = value.trim().toLowerCase();
	if (text === "true" || text === "1") return true;
	return text === "false" || text === "0" ? false : null;
}

function decimalOf(value: unknown): string | null {
	const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
	return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? text : null;
}
