/** What is left of a ChatGPT plan, in plain data that crosses threads and windows. */

/** A span in which so much may be used. */
export interface QuotaWindow {
	/** From 0 on; above 100 where more was used than is in the plan. */
	readonly usedPercent: number;
	/** Null: not told. Five hours are 300, a week 10,080. */
	readonly minutes: number | null;
	/** Milliseconds since 1970; null: not told. */
	readonly resetsAt: number | null;
}

/** What is counted together. Most models share one bucket; a few have their own. */
export interface QuotaBucket {
	/** As the backend names it, with underscores: `codex` is the one that most models share. */
	readonly id: string;
	/** For people; null where the backend gives none. */
	readonly name: string | null;
	/** The shorter span, as a rule five hours. */
	readonly primary: QuotaWindow | null;
	/** The longer one, as a rule a week. */
	readonly secondary: QuotaWindow | null;
	/** The backend says itself that nothing is left; null: it does not say. */
	readonly reached: boolean | null;
}

/** Bought beside the plan; used when the plan's windows are full. */
export interface QuotaCredits {
	readonly has: boolean;
	readonly unlimited: boolean;
	/** A decimal number as the backend writes it; null: not told. */
	readonly balance: string | null;
}

export interface Quota {
	/** When it was told, in milliseconds since 1970. */
	readonly at: number;
	/** `plus`, `pro`, `team`, …; null: not told. */
	readonly plan: string | null;
	/** The main one first. */
	readonly buckets: readonly QuotaBucket[];
	/** Null: not told. */
	readonly credits: QuotaCredits | null;
}

/** The bucket that most models share. */
export const mainBucket = "codex";
