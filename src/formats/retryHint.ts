import { isRecord } from "./modelList.ts";

/** Fields that tell a wait, by how many seconds their unit has. */
const waits: Readonly<Record<string, number>> = {
	resets_in_seconds: 1,
	reset_after_seconds: 1,
	retry_after_seconds: 1,
	retry_after_ms: 0.001,
	retry_after: 1,
	retryAfter: 1,
};

/** Fields that tell a moment. */
const moments = ["resets_at", "reset_at", "X-RateLimit-Reset", "x-ratelimit-reset"] as const;

const unitSeconds: readonly (readonly [RegExp, number])[] = [
	[/^(?:ms|milli)/i, 0.001],
	[/^s/i, 1],
	[/^m/i, 60],
	[/^h/i, 3600],
	[/^d/i, 86_400],
];
const amount = String.raw`\d+(?:\.\d+)?\s*(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)\b`;
/** `1m3.5s` has no word boundary between its parts. */
const compact = String.raw`(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+(?:\.\d+)?(?:ms|s))?`;
const introduction = String.raw`\b(?:(?:re)?try(?:ing)?(?:\s+again)?|wait|resets?|available(?:\s+again)?)\s+(?:(?:in|after|for)\s+)?(?:about\s+)?`;
const spokenWait = new RegExp(`${introduction}((?:${amount}(?:,?\\s+(?:and\\s+)?)?)+|${compact})`, "gi");
const oneAmount = /(\d+(?:\.\d+)?)\s*([a-z]+)/gi;
/** `retry after 20`: as the header has it, in seconds. */
const bareWait = /\bretry\s+after\s+(\d+)(?=\s*(?:[.,;)]|$))/i;
const spokenMoment =
	/\b(?:try again|resets?|retry|regain access|available(?: again)?)\s+(?:at|on|after)\s+(\d{4}-\d\d-\d\d)(?:(?:T|\s+(?:at\s+)?)(\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)/i;

/**
 * Seconds until the relay wants to be asked again, by the fields of an error's object.
 * @param now milliseconds since 1970.
 * @returns null where it tells none, or one that has passed.
 */
export function retryOfFields(fields: Readonly<Record<string, unknown>>, now: number): number | null {
	for (const [name, unit] of Object.entries(waits)) {
		const wait = toNumber(fields[name]);
		if (wait !== null && wait > 0) return wait * unit;
	}
	for (const name of moments) {
		const wait = untilMoment(fields[name], now);
		if (wait !== null) return wait;
	}
	return null;
}

/** google.rpc.RetryInfo: a duration as `"13.5s"`, or as seconds and nanoseconds. */
export function retryOfDuration(duration: unknown): number | null {
	if (typeof duration === "string") return positive(Number(/^(\d+(?:\.\d+)?)s$/.exec(duration)?.[1]));
	if (!isRecord(duration)) return null;
	return positive((toNumber(duration["seconds"]) ?? 0) + (toNumber(duration["nanos"]) ?? 0) / 1e9);
}

/** The wait that a message for people speaks of. @param now milliseconds since 1970. */
export function retryOfMessage(message: string, now: number): number | null {
	for (const [, spoken = ""] of message.matchAll(spokenWait)) {
		if (spoken !== "") return positive(secondsOf(spoken));
	}
	const bare = bareWait.exec(message)?.[1];
	if (bare !== undefined) return positive(Number(bare));
	const [, date, time = "00:00", zone = ""] = spokenMoment.exec(message) ?? [];
	if (date === undefined) return null;
	return untilMoment(`${date}T${time}${zone.replace(/^(?:UTC|GMT)$/i, "Z")}`, now);
}

function secondsOf(spoken: string): number {
	let seconds = 0;
	for (const [, number, unit = ""] of spoken.matchAll(oneAmount)) {
		const [, factor] = unitSeconds.find(([pattern]) => pattern.test(unit)) ?? [];
		seconds += Number(number) * (factor ?? 0);
	}
	return seconds;
}

/** @param moment seconds or milliseconds since 1970, or ISO 8601. */
function untilMoment(moment: unknown, now: number): number | null {
	const number = toNumber(moment);
	if (number === null) return typeof moment === "string" ? positive((Date.parse(moment) - now) / 1000) : null;
	// Seconds since 1970 have ten digits in our time, milliseconds thirteen; what is smaller is no moment.
	if (number < 1e9) return null;
	return positive((number < 1e11 ? number * 1000 - now : number - now) / 1000);
}

function toNumber(value: unknown): number | null {
	if (typeof value === "number") return Number.isFinite(value) ? value : null;
	return typeof value === "string" && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : null;
}

function positive(seconds: number): number | null {
	return seconds > 0 && Number.isFinite(seconds) ? seconds : null;
}
