import type { Login } from "./login.ts";

/** When to renew, and when to try again. Times in milliseconds, moments since 1970. */

const margin = 5 * 60_000;
/** Of a token's life, for those that live so short that the margin would eat it up. */
const shortMargin = 0.2;
/** Between two renewals of one login, however short its tokens live. */
const leastApart = 30_000;
const steps = [5_000, 15_000, 45_000, 135_000, 300_000];
const lastStep = 600_000;
/** What an auth server may ask us to wait at most: it must not shut a login out for days. */
const longestAsked = 3_600_000;

/** Between 0 and 1, as `Math.random`. */
export type Random = () => number;

/** @returns when to renew this login; now for one that is due, null where only a refusal will tell. */
export function renewalMoment(login: Login, now: number, random: Random): number | null {
	if (login.refreshToken === null) return null;
	if (login.accessToken === "") return now;
	if (login.expiresAt === null) return null;
	const given = givenAt(login, now);
	const moment = login.expiresAt - marginOf(login.expiresAt, given ?? now) * spread(0.15, random);
	return Math.max(moment, given === null ? now : given + leastApart, now);
}

/** Whether the access token is no good any more, as far as this clock can tell. */
export function isExpired({ accessToken, expiresAt }: Login, now: number): boolean {
	return accessToken === "" || (expiresAt !== null && now >= expiresAt);
}

/** Whether it is time to renew, without the jitter. */
export function isExpiring(login: Login, now: number): boolean {
	if (isExpired(login, now)) return true;
	const { expiresAt } = login;
	if (expiresAt === null) return false;
	return now >= expiresAt - marginOf(expiresAt, givenAt(login, now) ?? Number.NEGATIVE_INFINITY);
}

/**
 * @param failures in a row, from 1 on.
 * @param seconds what the auth server asked for.
 * @returns how long to wait.
 */
export function backoff(failures: number, seconds: number | null, random: Random): number {
	const step = steps[failures - 1];
	const wait = step === undefined ? lastStep * spread(0.2, random) : step * spread(0.3, random);
	return Math.max(wait, Math.min((seconds ?? 0) * 1_000, longestAsked));
}

/** @param from when the token's life began, or what is known of it. */
function marginOf(expiresAt: number, from: number): number {
	return Math.min(margin, Math.max(expiresAt - from, 0) * shortMargin);
}

/** Null where it is not known, or lies in the future because the clock was set back meanwhile. */
function givenAt({ renewedAt }: Login, now: number): number | null {
	return renewedAt === null || renewedAt > now ? null : renewedAt;
}

function spread(part: number, random: Random): number {
	return 1 + part * (2 * random() - 1);
}
