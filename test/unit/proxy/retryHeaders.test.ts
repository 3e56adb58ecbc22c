import assert from "node:assert/strict";
import { limitResetOf, retryAfterOf } from "../../../src/proxy/retryHeaders.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const raw = (headers: Readonly<Record<string, string>>) => Object.entries(headers).flat();
const inSeconds = (seconds: number) => new Date(now + seconds * 1000);

describe("when a relay wants to be asked again", () => {
	const retryAfter: readonly [headers: Readonly<Record<string, string>>, seconds: number | null][] = [
		[{ "Retry-After": "17" }, 17],
		[{ "retry-after": " 2.5 " }, 2.5],
		[{ "retry-after": inSeconds(90).toUTCString() }, 90],
		[{ "retry-after": inSeconds(90).toISOString() }, 90],
		[{ "retry-after": "30s" }, 30],
		[{ "retry-after": "7", "Retry-After-Ms": "6400" }, 6.4],
		[{ "retry-after": "0" }, 1],
		[{ "retry-after": inSeconds(-300).toUTCString() }, 1],
		// The relay's clock is an hour behind, and says so.
		[{ date: inSeconds(-3600).toUTCString(), "retry-after": inSeconds(-3600 + 20).toUTCString() }, 20],
		[{ "retry-after": "soon" }, null],
		[{ "retry-after": "-5" }, null],
		[{ "retry-after": "" }, null],
		[{}, null],
	];
	for (const [headers, seconds] of retryAfter) {
		it(`reads ${JSON.stringify(headers)} as ${seconds}`, () => assert.equal(retryAfterOf(raw(headers), now), seconds));
	}

	const limits: readonly [why: string, headers: Readonly<Record<string, string>>, seconds: number | null][] = [
		["a duration", { "x-ratelimit-reset-requests": "1h2m3.5s" }, 3723.5],
		["milliseconds", { "x-ratelimit-reset-tokens": "1250ms" }, 1.25],
		[
			"the exhausted one, not the quicker",
			{
				"x-ratelimit-remaining-requests": "12",
				"x-ratelimit-reset-requests": "2s",
				"x-ratelimit-remaining-tokens": "0",
				"x-ratelimit-reset-tokens": "6m0s",
			},
			360,
		],
		[
			"the slower of two exhausted ones",
			{
				"x-ratelimit-remaining-requests": "0",
				"x-ratelimit-reset-requests": "9s",
				"x-ratelimit-remaining-tokens": "0",
				"x-ratelimit-reset-tokens": "4s",
			},
			9,
		],
		[
			"the one of which least is left, where a request was too large for it",
			{
				"x-ratelimit-limit-requests": "500",
				"x-ratelimit-remaining-requests": "499",
				"x-ratelimit-reset-requests": "120ms",
				"x-ratelimit-limit-tokens": "30000",
				"x-ratelimit-remaining-tokens": "900",
				"x-ratelimit-reset-tokens": "58s",
			},
			58,
		],
		[
			"the quicker where nothing more is told",
			{ "x-ratelimit-reset-requests": "9", "x-ratelimit-reset-tokens": "4" },
			4,
		],
		[
			"Anthropic's dates",
			{
				"anthropic-ratelimit-requests-remaining": "49",
				"anthropic-ratelimit-requests-reset": inSeconds(3).toISOString(),
				"anthropic-ratelimit-input-tokens-remaining": "0",
				"anthropic-ratelimit-input-tokens-reset": inSeconds(42).toISOString(),
			},
			42,
		],
		["seconds since 1970", { "anthropic-ratelimit-unified-reset": String(now / 1000 + 500) }, 500],
		["milliseconds since 1970", { "X-RateLimit-Reset": String(now + 8000) }, 8],
		["the draft standard's seconds", { "RateLimit-Reset": "33" }, 33],
		["a date that has passed", { "anthropic-ratelimit-tokens-reset": inSeconds(-9).toISOString() }, 1],
		["what cannot be understood", { "x-ratelimit-reset-requests": "later 5" }, null],
		["a limit without a reset", { "x-ratelimit-remaining-requests": "0" }, null],
	];
	for (const [why, headers, seconds] of limits) {
		it(`takes from rate-limit headers ${why}`, () => assert.equal(limitResetOf(raw(headers), now), seconds));
	}
});
