import { modelsOf, sparkModel } from "./backendModels.ts";
import type { Person } from "./people.ts";

/** Tests set what they like; requests add to it. */
export interface MeteredWindow {
	usedPercent: number;
	readonly minutes: number;
	/** Milliseconds since 1970. */
	resetsAt: number;
}

export interface MeteredBucket {
	/** As the backend names it. */
	readonly id: string;
	readonly name: string | null;
	/** What its headers begin with. */
	readonly prefix: string;
	readonly primary: MeteredWindow;
	readonly secondary: MeteredWindow;
}

/** What is left of a person's plan. */
export interface PlanQuota {
	readonly main: MeteredBucket;
	/** Null where the plan has no such model. */
	readonly spark: MeteredBucket | null;
	/** Used when the main bucket is used up; a decimal number. Null: nothing is told of credits. */
	credits: { unlimited: boolean; balance: number } | null;
}

const fiveHours = 300;
const week = 10_080;

export function freshQuota(somebody: Person, now: number): PlanQuota {
	const bucket = (id: string, name: string | null, prefix: string): MeteredBucket => ({
		id,
		name,
		prefix,
		primary: { usedPercent: 0, minutes: fiveHours, resetsAt: now + fiveHours * 60_000 },
		secondary: { usedPercent: 0, minutes: week, resetsAt: now + week * 60_000 },
	});
	return {
		main: bucket("codex", null, "x-codex"),
		spark: modelsOf(somebody).includes(sparkModel)
			? bucket("codex_bengalfox", "GPT-5.6-Codex-Spark", "x-codex-bengalfox")
			: null,
		credits: { unlimited: false, balance: 0 },
	};
}

export function bucketOf(quota: PlanQuota, model: string): MeteredBucket {
	return model === sparkModel ? (quota.spark ?? quota.main) : quota.main;
}

/** Windows whose time is over begin anew. */
export function rollOver(quota: PlanQuota, now: number): void {
	for (const { primary, secondary } of bucketsOf(quota)) {
		for (const window of [primary, secondary]) {
			if (window.resetsAt > now) continue;
			window.usedPercent = 0;
			window.resetsAt = now + window.minutes * 60_000;
		}
	}
}

/** The window for whose reset one has to wait; null where something is left. */
export function usedUp(quota: PlanQuota, bucket: MeteredBucket): MeteredWindow | null {
	const { credits } = quota;
	const paysOn = bucket === quota.main && credits !== null && (credits.unlimited || credits.balance > 0);
	if (paysOn) return null;
	return fullWindow(bucket);
}

function fullWindow({ primary, secondary }: MeteredBucket): MeteredWindow | null {
	const full = [primary, secondary].filter(({ usedPercent }) => usedPercent >= 100);
	return full.toSorted((one, other) => other.resetsAt - one.resetsAt)[0] ?? null;
}

/** What one reply takes. */
export function charge(quota: PlanQuota, bucket: MeteredBucket, percent: number): void {
	if (fullWindow(bucket) !== null) {
		if (quota.credits !== null) quota.credits.balance = Math.max(0, quota.credits.balance - 1);
		return;
	}
	bucket.primary.usedPercent += percent;
	bucket.secondary.usedPercent += percent / 10;
}

/** What every reply tells of the plan. */
export function quotaHeaders(quota: PlanQuota, active: MeteredBucket, plan: string): Readonly<Record<string, string>> {
	const { credits } = quota;
	return {
		"x-codex-plan-type": plan,
		"x-codex-active-limit": active.id,
		...Object.assign({}, ...bucketsOf(quota).map(bucketHeaders)),
		...(credits !== null && {
			"x-codex-credits-has-credits": capital(credits.balance > 0),
			"x-codex-credits-unlimited": capital(credits.unlimited),
			"x-codex-credits-balance": credits.balance.toFixed(2),
		}),
	};
}

function bucketHeaders({ prefix, name, primary, secondary }: MeteredBucket): Readonly<Record<string, string>> {
	return {
		...windowHeaders(`${prefix}-primary`, primary),
		...windowHeaders(`${prefix}-secondary`, secondary),
		[`${prefix}-primary-over-secondary-limit-percent`]: "0",
		...(name !== null && { [`${prefix}-limit-name`]: name }),
	};
}

function windowHeaders(prefix: string, window: MeteredWindow): Readonly<Record<string, string>> {
	return {
		[`${prefix}-used-percent`]: String(window.usedPercent),
		[`${prefix}-window-minutes`]: String(window.minutes),
		[`${prefix}-reset-at`]: String(seconds(window.resetsAt)),
	};
}

/** The same as an event of a stream. */
export function quotaEvent(quota: PlanQuota, active: MeteredBucket, plan: string): { readonly type: string } {
	const told = ({ usedPercent, minutes, resetsAt }: MeteredWindow) => ({
		used_percent: usedPercent,
		window_minutes: minutes,
		reset_at: seconds(resetsAt),
	});
	const { primary, secondary } = active;
	return {
		type: "codex.rate_limits",
		...{ plan_type: plan, metered_limit_name: active.id },
		...{ rate_limits: { allowed: true, limit_reached: false, primary: told(primary), secondary: told(secondary) } },
		...{ credits: creditsBody(quota) },
	};
}

/** The error of a bucket that is used up. */
export function limitBody(window: MeteredWindow, plan: string, now: number): unknown {
	return {
		error: {
			type: "usage_limit_reached",
			message: "The usage limit has been reached",
			plan_type: plan,
			resets_at: seconds(window.resetsAt),
			resets_in_seconds: Math.ceil((window.resetsAt - now) / 1000),
		},
	};
}

/** What the usage endpoint says. */
export function usageBody(quota: PlanQuota, somebody: Person, now: number): unknown {
	const limit = (bucket: MeteredBucket) => ({
		allowed: usedUp(quota, bucket) === null,
		limit_reached: usedUp(quota, bucket) !== null,
		primary_window: windowBody(bucket.primary, now),
		secondary_window: windowBody(bucket.secondary, now),
	});
	const { main, spark } = quota;
	return {
		user_id: somebody.userId,
		account_id: somebody.accountId,
		email: somebody.email,
		plan_type: somebody.plan,
		rate_limit: limit(main),
		code_review_rate_limit: null,
		additional_rate_limits:
			spark === null ? null : [{ limit_name: spark.name, metered_feature: spark.id, rate_limit: limit(spark) }],
		credits: creditsBody(quota),
		spend_control: { reached: false, individual_limit: null },
		rate_limit_reached_type: usedUp(quota, main) === null ? null : { type: "rate_limit_reached", details: null },
		rate_limit_reset_credits: { available_count: 0 },
	};
}

function windowBody({ usedPercent, minutes, resetsAt }: MeteredWindow, now: number): unknown {
	return {
		used_percent: usedPercent,
		limit_window_seconds: minutes * 60,
		reset_after_seconds: Math.ceil((resetsAt - now) / 1000),
		reset_at: seconds(resetsAt),
	};
}

function creditsBody({ credits }: PlanQuota): unknown {
	if (credits === null) return null;
	return {
		has_credits: credits.balance > 0,
		unlimited: credits.unlimited,
		overage_limit_reached: false,
		balance: credits.balance.toFixed(2),
		approx_local_messages: [0, 0],
		approx_cloud_messages: [0, 0],
	};
}

function bucketsOf({ main, spark }: PlanQuota): readonly MeteredBucket[] {
	return spark === null ? [main] : [main, spark];
}

function seconds(milliseconds: number): number {
	return Math.floor(milliseconds / 1000);
}

function capital(is: boolean): string {
	return is ? "True" : "False";
}
