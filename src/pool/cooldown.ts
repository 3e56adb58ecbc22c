import type { Rest } from "../bridge/accountLive.ts";

/** How a call to an account failed, as far as it concerns the account. `seconds`: the time that the relay gave. */
export type Failure =
	| { readonly kind: "keyRefused"; readonly status: number | null; readonly detail: string }
	| {
			readonly kind: "outOfQuota";
			readonly status: number | null;
			readonly detail: string;
			readonly seconds: number | null;
			/** What is used up is the one model's. */
			readonly modelOnly: boolean;
	  }
	| {
			readonly kind: "rateLimited";
			readonly status: number | null;
			readonly detail: string;
			readonly seconds: number | null;
			/** The limit is that of the one model. */
			readonly modelOnly: boolean;
	  }
	/** The relay, or the way to it, does not work. */
	| {
			readonly kind: "failing";
			readonly status: number | null;
			readonly detail: string;
			readonly seconds: number | null;
	  }
	| { readonly kind: "modelUnknown"; readonly status: number | null; readonly detail: string };

export type FailingFailure = Extract<Failure, { kind: "failing" }>;

/** A rest, and whether the whole account takes it. */
export interface Cooldown {
	readonly scope: "account" | "model";
	readonly rest: Rest;
}

/** Seconds. */
const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
/** A relay that says “now” has just refused: without a floor it would be asked again by the very next request. */
const shortest = 1;
/** A time beyond these is a slip of the relay's; quotas may come back once a month. */
const longest = day;
const longestQuota = 31 * day;
const firstBackoff = 10;
const longestBackoff = 5 * minute;
const jitter = 0.1;

/** Whether what was refused is the token that was shown: a new one mends that, but not a ban, which is a 403. */
export function blamesToken(kind: Failure["kind"], status: number | null): boolean {
	return kind === "keyRefused" && status !== 403;
}

/**
 * What a failure means for the account at once, whatever came before it.
 * @param now milliseconds since 1970.
 */
export function cooldownAfter(failure: Exclude<Failure, FailingFailure>, now: number): Cooldown {
	const { kind: reason, status, detail } = failure;
	switch (failure.kind) {
		case "keyRefused":
			return { scope: "account", rest: { reason, status, detail, until: null } };
		case "outOfQuota": {
			const until = end(now, failure.seconds, hour, longestQuota);
			return { scope: failure.modelOnly ? "model" : "account", rest: { reason, status, detail, until } };
		}
		case "rateLimited": {
			const until = end(now, failure.seconds, minute, longest);
			return { scope: failure.modelOnly ? "model" : "account", rest: { reason, status, detail, until } };
		}
		case "modelUnknown":
			return { scope: "model", rest: { reason, status, detail, until: end(now, null, 10 * minute, longest) } };
	}
}

/**
 * The rest of an account whose breaker opens: as long as the relay asks for, else longer each time.
 * @param openings how often it has opened since its last good reply.
 * @param random from 0 to below 1. Without it all who were refused together would come back together.
 */
export function failingRest(failure: FailingFailure, openings: number, now: number, random: () => number): Rest {
	const { kind: reason, status, detail } = failure;
	const backoff = Math.min(firstBackoff * 2 ** openings, longestBackoff) * (1 + jitter * (2 * random() - 1));
	return { reason, status, detail, until: end(now, failure.seconds, backoff, longest) };
}

/** The rest that ends last. One that is in force is not cut short by a failure of a request that began before it. */
export function laterRest<R extends Rest>(current: R | null, next: R): R {
	if (current === null) return next;
	if (current.until === null) return current;
	return next.until === null || next.until > current.until ? next : current;
}

/**
 * A rest that was saved, with an end that can be believed; null where there is nothing left of it. A refused key is
 * tried anew after a restart.
 */
export function restoredRest<R extends Rest>(rest: R, now: number): R | null {
	if (rest.reason === "keyRefused" || rest.until === null || !(rest.until > now)) return null;
	const latest = now + (rest.reason === "outOfQuota" ? longestQuota : longest) * 1000;
	return rest.until > latest ? { ...rest, until: latest } : rest;
}

export function isOver(rest: Rest, now: number): boolean {
	return rest.until !== null && rest.until <= now;
}

/** @returns milliseconds since 1970. */
function end(now: number, given: number | null, otherwise: number, most: number): number {
	const seconds = given === null || Number.isNaN(given) ? otherwise : given;
	return now + Math.ceil(Math.min(Math.max(seconds, shortest), most) * 1000);
}
