import type { Format } from "../../../src/accounts/account.ts";
import type { RestReason } from "../../../src/bridge/accountLive.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import type { Complaint } from "../../support/hostileRelay/complaints.ts";
import type { Behaviour } from "../../support/hostileRelay/steps.ts";

/** How an account stands after one failure. */
export type Standing =
	/** Called again by the next request: one failure of the breaker's row is none yet. */
	| { readonly kind: "counted" }
	/** @property seconds null: until a person mends it. */
	| { readonly kind: "rests"; readonly reason: RestReason; readonly seconds: number | null }
	| { readonly kind: "modelRests"; readonly reason: RestReason; readonly seconds: number };

/** A line of the table: what an account does, and what becomes of it. The next account answers. */
export interface Row {
	readonly name: string;
	readonly behaviour: Behaviour;
	readonly standing: Standing;
}

const counted: Standing = { kind: "counted" };
const keyRefused: Standing = { kind: "rests", reason: "keyRefused", seconds: null };
const hour = 3600;
const outOfQuota = (seconds = hour): Standing => ({ kind: "rests", reason: "outOfQuota", seconds });
const rateLimited = (seconds: number): Standing => ({ kind: "rests", reason: "rateLimited", seconds });
const failing = (seconds: number): Standing => ({ kind: "rests", reason: "failing", seconds });
const modelUnknown: Standing = { kind: "modelRests", reason: "modelUnknown", seconds: 600 };

/** HTTP date, as `Retry-After` may hold it. */
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toUTCString();

/** Codex tells in the body when the quota is back. */
const quotaOf = (format: Format): Standing => outOfQuota(format === "codex" ? 1800 : hour);

/** Error statuses, with or without words. */
function statusRows(format: Format): readonly Row[] {
	const { complain, status } = behave;
	return [
		...[401, 403].map((code) => ({ name: `${code}`, behaviour: status(code), standing: keyRefused })),
		{ name: "a refused key in the format's words", behaviour: complain("keyInvalid"), standing: keyRefused },
		{
			name: "a refused key in JSON that calls itself a web page",
			behaviour: status(401, { "content-type": "text/html" }),
			standing: keyRefused,
		},
		{ name: "402", behaviour: status(402), standing: outOfQuota() },
		...[null, 400, 403, 429].map((code) => ({
			name: `quota words in ${code ?? "the format's own status"}`,
			behaviour: complain("outOfQuota", code),
			standing: quotaOf(format),
		})),
		{
			name: "compressed quota words in 400",
			behaviour: behave.compressed(complain("outOfQuota", 400)),
			standing: quotaOf(format),
		},
		{ name: "429 without a time", behaviour: status(429), standing: rateLimited(60) },
		{ name: "429 in the format's words", behaviour: complain("rateLimited"), standing: rateLimited(60) },
		{ name: "429 with Retry-After", behaviour: status(429, { "retry-after": 7 }), standing: rateLimited(7) },
		{
			name: "429 with Retry-After as a date",
			behaviour: (asked) => status(429, { "retry-after": inSeconds(30) })(asked),
			standing: rateLimited(29.5),
		},
		{ name: "429 with rate-limit headers", behaviour: limitHeaders(format), standing: rateLimited(20) },
		{
			name: "429 whose body breaks off",
			behaviour: () => [
				{ do: "head", status: 429, headers: { "content-type": "application/json", "retry-after": 7 } },
				{ do: "write", bytes: '{"error":' },
				{ do: "reset" },
			],
			standing: rateLimited(7),
		},
		{ name: "429 with a time in its body", behaviour: bodyHint(format), standing: rateLimited(7) },
		...[408, 409, 425, 500, 502, 503, 529].map((code) => ({
			name: `${code}`,
			behaviour: status(code),
			standing: counted,
		})),
		...(["overloaded", "serverError"] as const).map((complaint) => ({
			name: `${complaint} in the format's words`,
			behaviour: complain(complaint),
			standing: counted,
		})),
		...[500, 503, 529].map((code) => ({
			name: `${code} with Retry-After`,
			behaviour: status(code, { "retry-after": 7 }),
			standing: failing(7),
		})),
		{ name: "an unknown model", behaviour: complain("modelUnknown"), standing: modelUnknown },
		...[200, 403, 502].flatMap((code) =>
			[true, false].map((typed) => ({
				name: `a web page with ${code}, ${typed ? "named as one" : "without a content type"}`,
				behaviour: behave.webPage(code, typed),
				standing: counted,
			})),
		),
		{ name: "a reset before the status line", behaviour: behave.resetAtOnce, standing: counted },
		{ name: "an end before the status line", behaviour: behave.closeAtOnce, standing: counted },
		{ name: "a reset after the headers", behaviour: behave.stopAfterHead("reset"), standing: counted },
		{ name: "nothing after the headers", behaviour: behave.stopAfterHead("end"), standing: counted },
		{ name: "an empty 200", behaviour: behave.emptyJson, standing: counted },
	];
}

/** OpenAI and Anthropic say in headers when a limit is over; Codex and Gemini in their own. */
function limitHeaders(format: Format): Behaviour {
	switch (format) {
		case "openai":
			return behave.status(429, { "x-ratelimit-remaining-requests": 0, "x-ratelimit-reset-requests": "20s" });
		case "codex":
			return behave.status(429, { "x-ratelimit-remaining-tokens": 0, "x-ratelimit-reset-tokens": "0m20s" });
		case "anthropic":
			return (asked) =>
				behave.status(429, {
					"anthropic-ratelimit-requests-remaining": 0,
					"anthropic-ratelimit-requests-reset": new Date(Date.now() + 20_000).toISOString(),
				})(asked);
		case "gemini":
			return behave.status(429, { "retry-after": 20 });
	}
}

/** Where a format's body names the time. */
function bodyHint(format: Format): Behaviour {
	const body = {
		openai: { error: { type: "tokens", code: "rate_limit_exceeded", message: "Please try again in 7s." } },
		codex: { error: { type: "rate_limit_exceeded", message: "Slow down.", resets_in_seconds: 7 } },
		anthropic: { type: "error", error: { type: "rate_limit_error", message: "Please try again in 7 seconds." } },
		gemini: {
			error: {
				code: 429,
				status: "RESOURCE_EXHAUSTED",
				message: "Too many requests.",
				details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "7s" }],
			},
		},
	}[format];
	return behave.whole(429, JSON.stringify(body), { "content-type": "application/json" });
}

/** Complaints that may stand inside a 200, and what they mean there. */
function inside(format: Format): readonly (readonly [Complaint, Standing])[] {
	return [
		["keyInvalid", keyRefused],
		["outOfQuota", quotaOf(format)],
		["rateLimited", rateLimited(60)],
		["overloaded", counted],
		["serverError", counted],
		["modelUnknown", modelUnknown],
	];
}

/** What goes wrong with a reply in one piece, before the client has had any of it. */
export function wholeRows(format: Format): readonly Row[] {
	return [
		...statusRows(format),
		...inside(format).map(([complaint, standing]) => ({
			name: `200 whose body is an error (${complaint})`,
			behaviour: behave.errorInJson200(complaint),
			standing,
		})),
		{
			name: "200 whose body is an error behind a byte order mark",
			behaviour: behave.whole(200, '\uFEFF{"error":{"message":"Slow down.","code":"rate_limit_exceeded"}}'),
			standing: rateLimited(60),
		},
		{
			name: "200 whose compressed body is an error",
			behaviour: behave.compressed(behave.errorInJson200("rateLimited")),
			standing: rateLimited(60),
		},
		{ name: "a reset inside a small reply", behaviour: behave.stopInsideJson("reset"), standing: counted },
		{ name: "an end inside a small reply", behaviour: behave.stopInsideJson("close"), standing: counted },
	];
}

/** What goes wrong with a stream, before the client has had any of it. */
export function streamRows(format: Format): readonly Row[] {
	return [
		...statusRows(format),
		...inside(format).flatMap(([complaint, standing]) => [
			{ name: `an error as the first event (${complaint})`, behaviour: behave.errorFirst(complaint), standing },
			{ name: `an error after the opening (${complaint})`, behaviour: behave.errorAfterOpening(complaint), standing },
		]),
		{
			name: "an error as the first event of a compressed stream",
			behaviour: behave.compressed(behave.errorFirst("rateLimited")),
			standing: rateLimited(60),
		},
		{
			name: "200 whose body is an error and no stream",
			behaviour: behave.errorInJson200("rateLimited"),
			standing: rateLimited(60),
		},
		...(["reset", "close", "end"] as const).flatMap((stop) => [
			{ name: `${stop} after the opening`, behaviour: behave.stopAfterOpening(stop), standing: counted },
			{ name: `${stop} inside the first event`, behaviour: behave.stopInsideFirstEvent(stop), standing: counted },
		]),
		{
			name: "end after the opening of a compressed stream",
			behaviour: behave.compressed(behave.stopAfterOpening("end")),
			standing: counted,
		},
	];
}
