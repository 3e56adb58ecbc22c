import { isDeepStrictEqual } from "node:util";
import { mainBucket, type Quota, type QuotaBucket, type QuotaCredits, type QuotaWindow } from "./quota.ts";

/** What follows from a quota: which of two is right, how full it is, and whether anything can be asked of it. */

/** Percent. */
const full = 100;
const near = 80;
const nearlyUp = 95;

/** Milliseconds. */
const minute = 60_000;
const hour = 60 * minute;
/** A reset moment is told in whole seconds, by a clock that is read in whole seconds. */
const sameMoment = minute;
/** Where a window's length is not told: five hours, the shorter of the usual two. */
const usualMinutes = 300;

/** The bucket of models that are called “spark”, as the backend names it. */
const sparkBucket = "codex_bengalfox";

export interface NamedWindow {
	readonly span: "primary" | "secondary";
	readonly window: QuotaWindow;
}

/** How loudly a person is told. `near` from 80 %, `nearlyUp` from 95 %; `usedUp`: nothing is answered from it. */
export type HintLevel = "none" | "near" | "nearlyUp" | "usedUp";

/** How a bucket is used up. */
export interface Exhaustion {
	/** Milliseconds since 1970; null: not told. */
	readonly until: number | null;
}

/** The bucket in which a model counts, as its name says, before any reply has told. */
export function presumedBucket(model: string): string {
	return /(?:^|[^a-z])spark(?:[^a-z]|$)/i.test(model) ? sparkBucket : mainBucket;
}

/**
 * What is known after something was told: the newer wins, bucket by bucket. What it does not speak of stays: other buckets,
 * the plan, the credits, a name.
 * @param now milliseconds since 1970. What was told later than that was told by a clock that has been set back since.
 */
export function mergeQuota(known: Quota | null, told: Quota, now: number): Quota {
	if (known === null) return { ...told, buckets: inOrder(told.buckets) };
	const toldIsNewer = told.at >= known.at || known.at > now;
	const [older, newer] = toldIsNewer ? [known, told] : [told, known];
	return {
		at: newer.at,
		plan: newer.plan ?? older.plan,
		buckets: mergedBuckets(older.buckets, newer.buckets, newer.at),
		credits: mergedCredits(older.credits, newer.credits),
	};
}

/** Whether two say the same, but for when they said it. */
export function saysTheSame(one: Quota, other: Quota): boolean {
	return isDeepStrictEqual({ ...one, at: 0 }, { ...other, at: 0 });
}

/**
 * Whether two sayings are about one and the same span of time. Reset moments drift a little from reply to reply: less than
 * half a window is no new one.
 */
export function isSameWindow(one: QuotaWindow, other: QuotaWindow): boolean {
	if (one.resetsAt === null || other.resetsAt === null) return false;
	const minutes = one.minutes ?? other.minutes ?? usualMinutes;
	return Math.abs(one.resetsAt - other.resetsAt) < (minutes * minute) / 2;
}

/**
 * A quota as it must be by now: a window that has been reset since has nothing used, as far as is known.
 * @param now milliseconds since 1970.
 */
export function quotaAsOf(quota: Quota, now: number): Quota {
	const buckets = quota.buckets.map((bucket) => bucketAsOf(bucket, quota.at, now));
	return buckets.every((bucket, index) => bucket === quota.buckets[index]) ? quota : { ...quota, buckets };
}

/**
 * The window of a bucket of which least is left by now; of two that are equally full, the one that is reset later.
 * @param now milliseconds since 1970.
 */
export function fullestWindow(quota: Quota, now: number, bucketId = mainBucket): NamedWindow | null {
	const bucket = bucketOf(quota, bucketId, now);
	const windows = bucket === null ? [] : windowsOf(bucket);
	return windows.reduce<NamedWindow | null>((best, next) => {
		if (best === null) return next;
		const more = next.window.usedPercent - best.window.usedPercent;
		return more > 0 || (more === 0 && resetOrder(next.window) > resetOrder(best.window)) ? next : best;
	}, null);
}

/** @param now milliseconds since 1970. */
export function hintLevel(quota: Quota, now: number, bucketId = mainBucket): HintLevel {
	if (exhaustion(quota, bucketId, now) !== null) return "usedUp";
	const used = fullestWindow(quota, now, bucketId)?.window.usedPercent ?? 0;
	if (used >= nearlyUp) return "nearlyUp";
	return used >= near ? "near" : "none";
}

/**
 * Whether a bucket is used up, and until when: null where something is left, where credits go on, and where nothing is known
 * of it. A window that is full to the last percent counts as used up unless the backend says that it is not.
 * @param now milliseconds since 1970.
 */
export function exhaustion(quota: Quota, bucketId: string, now: number): Exhaustion | null {
	const bucket = bucketOf(quota, bucketId, now);
	if (bucket === null || bucket.reached === false || hasCredit(quota.credits)) return null;
	const fullOnes = windowsOf(bucket).filter(({ window }) => window.usedPercent >= full);
	if (fullOnes.length === 0 && bucket.reached !== true) return null;
	const resets = fullOnes.flatMap(({ window }) => window.resetsAt ?? []);
	return { until: resets.length === 0 ? null : Math.max(...resets) };
}

/** Whether there are credits that pay for what is beyond the plan. */
export function hasCredit(credits: QuotaCredits | null): boolean {
	if (credits === null) return false;
	if (credits.unlimited) return true;
	return credits.has && (credits.balance === null || Number(credits.balance) > 0);
}

function bucketOf(quota: Quota, id: string, now: number): QuotaBucket | null {
	return quotaAsOf(quota, now).buckets.find((bucket) => bucket.id === id) ?? null;
}

function windowsOf({ primary, secondary }: QuotaBucket): readonly NamedWindow[] {
	return [
		...(primary === null ? [] : [{ span: "primary", window: primary } as const]),
		...(secondary === null ? [] : [{ span: "secondary", window: secondary } as const]),
	];
}

function resetOrder({ resetsAt }: QuotaWindow): number {
	return resetsAt ?? Number.NEGATIVE_INFINITY;
}

function bucketAsOf(bucket: QuotaBucket, at: number, now: number): QuotaBucket {
	const primary = windowAsOf(bucket.primary, at, now);
	const secondary = windowAsOf(bucket.secondary, at, now);
	const hasReset = primary !== bucket.primary || secondary !== bucket.secondary;
	// Without a full window nobody can tell when the backend's word ends; the pool asks again after an hour too.
	const isExplained = windowsOf({ ...bucket, primary, secondary }).some(({ window }) => window.usedPercent >= full);
	const isStale = bucket.reached === true && !isExplained && (hasReset || now - at >= hour);
	if (!hasReset && !isStale) return bucket;
	// Neither word is about the new window, unless the other one is still full.
	return { ...bucket, primary, secondary, reached: isExplained ? bucket.reached : null };
}

/** A window without a reset moment has certainly been reset when its whole length has passed. */
function windowAsOf(window: QuotaWindow | null, at: number, now: number): QuotaWindow | null {
	if (window === null || (window.usedPercent === 0 && window.resetsAt === null)) return window;
	const end = window.resetsAt ?? (window.minutes === null ? null : at + window.minutes * minute);
	return end === null || end > now ? window : { ...window, usedPercent: 0, resetsAt: null };
}

/** @param at when the newer ones were told. */
function mergedBuckets(
	older: readonly QuotaBucket[],
	newer: readonly QuotaBucket[],
	at: number,
): readonly QuotaBucket[] {
	const byId = new Map(older.map((bucket) => [bucket.id, bucket]));
	for (const bucket of newer) {
		const before = byId.get(bucket.id);
		byId.set(bucket.id, before === undefined ? bucket : mergedBucket(before, bucket, at));
	}
	return inOrder([...byId.values()]);
}

/** Where the newer one tells any window, those that it leaves out are gone: plans change their windows. */
function mergedBucket(older: QuotaBucket, newer: QuotaBucket, at: number): QuotaBucket {
	const name = newer.name ?? older.name;
	if (newer.primary === null && newer.secondary === null) {
		return { ...older, name, reached: newer.reached ?? older.reached };
	}
	return {
		...newer,
		name,
		primary: mergedWindow(older.primary, newer.primary, at),
		secondary: mergedWindow(older.secondary, newer.secondary, at),
	};
}

function mergedWindow(older: QuotaWindow | null, newer: QuotaWindow | null, at: number): QuotaWindow | null {
	if (older === null || newer === null) return newer;
	if (newer.resetsAt === null) {
		// Less used than before: it has been reset, and the old moment with it.
		const goesOn = newer.usedPercent >= older.usedPercent && older.resetsAt !== null && older.resetsAt > at;
		return { ...newer, minutes: newer.minutes ?? older.minutes, resetsAt: goesOn ? older.resetsAt : null };
	}
	if (!isSameWindow(older, newer)) return newer;
	const isSteady = Math.abs((older.resetsAt ?? 0) - (newer.resetsAt ?? 0)) < sameMoment;
	return {
		...newer,
		minutes: newer.minutes ?? older.minutes,
		resetsAt: isSteady ? older.resetsAt : newer.resetsAt,
	};
}

/** Replies say whether there are credits; only when asked does the backend always say how many. */
function mergedCredits(older: QuotaCredits | null, newer: QuotaCredits | null): QuotaCredits | null {
	if (older === null || newer === null) return newer ?? older;
	return { ...newer, balance: newer.balance ?? (newer.has === older.has ? older.balance : null) };
}

/** The main one first, the others by their ids, so that nothing changes places from reply to reply. */
function inOrder(buckets: readonly QuotaBucket[]): readonly QuotaBucket[] {
	const place = ({ id }: QuotaBucket) => (id === mainBucket ? "" : id);
	return [...buckets].sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
}
