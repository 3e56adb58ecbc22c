import { headerValue, type RawHeaders } from "./headers.ts";

/** Seconds. A relay that says “now”, or a time that has passed, has just refused. */
const shortest = 1;

/** What a relay's headers tell of one of its limits. */
interface Limit {
	/** Seconds until it is whole again, or lets one more request in. */
	reset: number | null;
	limit: number | null;
	remaining: number | null;
}

/**
 * Seconds that `Retry-After` asks for: a number, or a date; its cousin in milliseconds is more exact and goes first. At least
 * one second.
 * @param now milliseconds since 1970.
 * @returns null where the relay does not say.
 */
export function retryAfterOf(headers: RawHeaders, now: number): number | null {
	const milliseconds = numberOf(headerValue(headers, "retry-after-ms"));
	if (milliseconds !== null) return atLeast(milliseconds / 1000);
	const text = headerValue(headers, "retry-after").trim();
	const seconds = numberOf(text) ?? untilDate(text, clockOf(headers, now)) ?? durationOf(text);
	return seconds === null ? null : atLeast(seconds);
}

/**
 * Seconds until a relay's rate limits let a request in again, by its own rate-limit headers. The limit that is used up most
 * counts: a request may be too large for what is left of one. Of several used up wholly, the slowest; of several of which
 * nothing more is told, the quickest.
 * @param now milliseconds since 1970.
 * @returns null where the relay does not say.
 */
export function limitResetOf(headers: RawHeaders, now: number): number | null {
	const limits = limitsOf(headers, clockOf(headers, now)).flatMap((limit) =>
		limit.reset === null ? [] : [{ reset: limit.reset, share: shareLeft(limit) }],
	);
	if (limits.length === 0) return null;
	const least = Math.min(...limits.map(({ share }) => share));
	const resets = limits.filter(({ share }) => share === least).map(({ reset }) => reset);
	return atLeast(least === 0 ? Math.max(...resets) : Math.min(...resets));
}

function shareLeft({ limit, remaining }: Limit): number {
	if (remaining === null) return 1;
	if (remaining <= 0) return 0;
	return limit === null || limit <= 0 ? 1 : remaining / limit;
}

/** `x-ratelimit-reset-tokens`, `anthropic-ratelimit-tokens-reset`, `ratelimit-reset`; the same with `limit`, `remaining`. */
const limitHeader =
	/^(?:(?:x-)?rate-?limit-(?<word>reset|limit|remaining)(?:-(?<kind>.+))?|anthropic-ratelimit-(?<anthropicKind>.+)-(?<anthropicWord>reset|limit|remaining))$/;

function limitsOf(headers: RawHeaders, clock: number): readonly Limit[] {
	const limits = new Map<string, Limit>();
	for (let index = 0; index + 1 < headers.length; index += 2) {
		const found = limitHeader.exec(headers[index]?.toLowerCase() ?? "")?.groups;
		if (!found) continue;
		const value = headers[index + 1]?.trim() ?? "";
		const kind = found["kind"] ?? found["anthropicKind"] ?? "";
		const limit = limits.get(kind) ?? { reset: null, limit: null, remaining: null };
		limits.set(kind, limit);
		const word = found["word"] ?? found["anthropicWord"];
		if (word === "reset") limit.reset = resetOf(value, clock);
		else limit[word === "limit" ? "limit" : "remaining"] = numberOf(value);
	}
	return [...limits.values()];
}

/** A date, a duration such as `6m0s`, seconds, or seconds or milliseconds since 1970: relays write all of them. */
function resetOf(value: string, clock: number): number | null {
	const number = numberOf(value);
	if (number === null) return untilDate(value, clock) ?? durationOf(value);
	if (number >= 1e11) return (number - clock) / 1000;
	return number >= 1e9 ? number - clock / 1000 : number;
}

function numberOf(text: string): number | null {
	return /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : null;
}

/** RFC 3339, and the dates of RFC 9110. `Date.parse` alone would make a date of almost anything. */
function untilDate(text: string, clock: number): number | null {
	if (!/^(?:\d{4}-\d\d-\d\dT|[A-Za-z]{3,9}, )/.test(text)) return null;
	const date = Date.parse(text);
	return Number.isNaN(date) ? null : (date - clock) / 1000;
}

const unitSeconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 };

function durationOf(text: string): number | null {
	if (!/^(?:\d+(?:\.\d+)?(?:d|h|ms|m|s))+$/.test(text)) return null;
	const pieces = text.matchAll(/(\d+(?:\.\d+)?)(d|h|ms|m|s)/g);
	return [...pieces].reduce((sum, [, count, unit = "s"]) => sum + Number(count) * (unitSeconds[unit] ?? 0), 0);
}

/**
 * The relay's own clock, where it tells it: its dates are on that one, and a clock here may be wrong.
 * @param now milliseconds since 1970.
 */
export function clockOf(headers: RawHeaders, now: number): number {
	const date = Date.parse(headerValue(headers, "date"));
	return Number.isNaN(date) ? now : date;
}

function atLeast(seconds: number): number {
	return Math.max(shortest, seconds);
}
