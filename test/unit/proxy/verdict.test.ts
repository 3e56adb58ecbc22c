import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import type { UpstreamError } from "../../../src/formats/upstreamError.ts";
import type { Failure } from "../../../src/pool/cooldown.ts";
import { SilentRelay } from "../../../src/proxy/networkError.ts";
import { judgeEvent, judgeNativeReply, judgeNetwork, judgeReply, type Verdict } from "../../../src/proxy/verdict.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const apiKey = "sk-secret-0123456789";

interface Given {
	readonly format?: Format;
	readonly status: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: unknown;
}

function judge({ format = "openai", status, headers = {}, body = "" }: Given): Verdict {
	const text = typeof body === "string" ? body : JSON.stringify(body);
	return judgeReply(format, { status, headers: Object.entries(headers).flat(), body: text }, now, apiKey);
}

function kindOf(verdict: Verdict): Failure["kind"] | "passOn" {
	return verdict.kind === "passOn" ? "passOn" : verdict.failure.kind;
}

function failureOf(verdict: Verdict): Failure {
	return verdict.kind === "failed" ? verdict.failure : assert.fail("It was passed on.");
}

function secondsOf(verdict: Verdict): number | null {
	const failure = failureOf(verdict);
	return "seconds" in failure ? failure.seconds : assert.fail(failure.kind);
}

const openaiError = (message: string, code: string | null = null, type = "invalid_request_error") => ({
	error: { message, type, param: null, code },
});
const anthropicError = (type: string, message: string) => ({ type: "error", error: { type, message } });
const geminiError = (code: number, status: string, message: string, details: readonly object[] = []) => ({
	error: { code, status, message, details },
});
const page = "<!DOCTYPE html>\n<html><head><title>Just a\n moment...</title></head></html>";

describe("the verdict on a relay's reply", () => {
	type Row = readonly [expected: Failure["kind"] | "passOn", why: string, given: Given];
	const rows: readonly Row[] = [
		// The key or the login is bad.
		["keyRefused", "a 401", { status: 401, body: openaiError("Incorrect API key provided", "invalid_api_key") }],
		["keyRefused", "a 401 without a body", { status: 401 }],
		["keyRefused", "a 403", { status: 403, body: anthropicError("permission_error", "Not for this key.") }],
		["keyRefused", "a 403 in plain text", { status: 403, body: "Forbidden" }],
		[
			"keyRefused",
			"Gemini's 400 for a wrong key",
			{
				format: "gemini",
				status: 400,
				body: geminiError(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
					{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" },
				]),
			},
		],
		[
			"keyRefused",
			"the same by its words alone",
			{
				format: "gemini",
				status: 400,
				body: geminiError(400, "INVALID_ARGUMENT", "API key not valid. Please pass one."),
			},
		],
		[
			"keyRefused",
			"Anthropic's closed organisation",
			{
				format: "anthropic",
				status: 400,
				body: anthropicError("invalid_request_error", "This organization has been disabled."),
			},
		],

		// Out of quota.
		["outOfQuota", "a 402", { status: 402, body: "Payment Required" }],
		["outOfQuota", "a 402 without a body", { status: 402 }],
		["outOfQuota", "a 429 with a quota code", { status: 429, body: openaiError("x", "insufficient_quota") }],
		[
			"outOfQuota",
			"a 429 of a used-up plan",
			{ format: "codex", status: 429, body: { error: { type: "usage_limit_reached" } } },
		],
		[
			"outOfQuota",
			"a 403 with a quota code",
			{ status: 403, body: openaiError("x", "insufficient_user_quota", "new_api_error") },
		],
		["outOfQuota", "a 401 with a quota code", { status: 401, body: openaiError("x", "quota_exceeded") }],
		[
			"outOfQuota",
			"a 400 with a code of the billing family",
			{ status: 400, body: openaiError("x", "billing_not_active") },
		],
		[
			"outOfQuota",
			"a code in camel case",
			{ status: 403, body: { error: { code: "CreditBalanceTooLow", message: "" } } },
		],
		[
			"outOfQuota",
			"a 400 with Anthropic's sentence",
			{
				format: "anthropic",
				status: 400,
				body: anthropicError(
					"invalid_request_error",
					"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.",
				),
			},
		],
		[
			"outOfQuota",
			"a known sentence behind a gateway's words",
			{
				status: 400,
				body: openaiError("BadRequestError: Your credit balance is too low to access the Anthropic API."),
			},
		],
		[
			"outOfQuota",
			"a 403 with the words of a Chinese relay",
			{ status: 403, body: openaiError("预扣费额度失败, 用户剩余额度: ¥0") },
		],
		[
			"passOn",
			"a 400 that only quotes such words",
			{ status: 400, body: openaiError("Unknown tool “insufficient balance”; the limit has been reached") },
		],
		["failing", "a 500 with a quota code", { status: 500, body: openaiError("x", "insufficient_quota") }],

		// Rate limits.
		["rateLimited", "a 429", { status: 429, body: openaiError("Slow down", "rate_limit_exceeded", "tokens") }],
		["rateLimited", "a 429 without a body", { status: 429 }],
		["rateLimited", "a 429 that is overload", { status: 429, body: openaiError("x", null, "engine_overloaded_error") }],
		[
			"rateLimited",
			"a 403 with a rate-limit code",
			{ status: 403, body: { error: { code: "userRateLimitExceeded", message: "x" } } },
		],
		[
			"rateLimited",
			"Gemini's 429, whose words are those of an empty purse",
			{
				format: "gemini",
				status: 429,
				body: geminiError(
					429,
					"RESOURCE_EXHAUSTED",
					"You exceeded your current quota, please check your plan and billing details.",
				),
			},
		],

		// The breaker.
		...[408, 409, 425, 499, 500, 502, 503, 504, 520, 529].map(
			(status) => ["failing", `a ${status}`, { status }] as const,
		),
		[
			"failing",
			"an overloaded code in a 400",
			{ format: "anthropic", status: 400, body: anthropicError("overloaded_error", "Overloaded") },
		],
		["failing", "a challenge page at 403", { status: 403, headers: { "content-type": "text/html" }, body: page }],
		["failing", "a challenge that says so in a header", { status: 403, headers: { "cf-mitigated": "challenge" } }],
		[
			"failing",
			"a web page at 200",
			{ status: 200, headers: { "Content-Type": "text/html; charset=utf-8" }, body: page },
		],
		[
			"failing",
			"a web page at 404 that calls itself JSON",
			{ status: 404, headers: { "content-type": "application/json" }, body: page },
		],
		["failing", "a web page at 401 whose body was not read", { status: 401, headers: { "content-type": "text/html" } }],
		["failing", "an XHTML page", { status: 400, body: `<?xml version="1.0"?>\n<!-- x -->${page}` }],
		[
			"keyRefused",
			"JSON that calls itself a web page",
			{ status: 401, headers: { "content-type": "text/html" }, body: openaiError("x") },
		],
		["failing", "a redirect", { status: 302, headers: { location: "https://login.example/?next=1" } }],

		// The model.
		["modelUnknown", "a 404 with its code", { status: 404, body: openaiError("x", "model_not_found") }],
		["modelUnknown", "a 400 with its code", { status: 400, body: openaiError("x", "invalid_model") }],
		["modelUnknown", "a 403 with its code", { status: 403, body: openaiError("no access to it", "model_not_found") }],
		[
			"modelUnknown",
			"a 503 of a relay without a channel",
			{ status: 503, body: openaiError("无可用渠道", "model_not_found") },
		],
		[
			"modelUnknown",
			"Anthropic's 404",
			{ format: "anthropic", status: 404, body: anthropicError("not_found_error", "model: claude-x") },
		],
		[
			"modelUnknown",
			"Gemini's 404",
			{
				format: "gemini",
				status: 404,
				body: geminiError(404, "NOT_FOUND", "models/gem-x is not found for API version v1beta, or is not supported."),
			},
		],
		[
			"modelUnknown",
			"a vLLM's 404",
			{ status: 404, body: { object: "error", message: "The model `x` does not exist.", code: 404 } },
		],
		[
			"modelUnknown",
			"Ollama's 404",
			{ status: 404, body: { error: { message: 'model "x" not found, try pulling it first' } } },
		],
		[
			"modelUnknown",
			"a Codex backend's 400",
			{
				format: "codex",
				status: 400,
				body: { detail: "The 'x' model is not supported when using Codex with a ChatGPT account." },
			},
		],
		["passOn", "a 404 about something else", { status: 404, body: openaiError("No such response: resp_1") }],
		[
			"passOn",
			"Anthropic's 404 about something else",
			{ format: "anthropic", status: 404, body: anthropicError("not_found_error", "file: f_1") },
		],
		[
			"passOn",
			"a 400 that speaks of the model's context",
			{
				status: 400,
				body: openaiError("This model's maximum context length is 8192 tokens", "context_length_exceeded"),
			},
		],
		[
			"passOn",
			"a 400 that quotes such words",
			{ status: 400, body: openaiError("Your prompt says “the model x does not exist”") },
		],

		// The client's own.
		...[400, 404, 405, 406, 411, 413, 415, 422, 431, 451].map(
			(status) => ["passOn", `a ${status} without a body`, { status }] as const,
		),
		["passOn", "a 403 about the prompt", { status: 403, body: openaiError("x", "content_policy_violation") }],
		[
			"passOn",
			"a moderated prompt",
			{
				status: 403,
				body: { error: { code: 403, message: "It requires moderation. Your input was flagged for “x”." } },
			},
		],
		["passOn", "a 400 that is no JSON", { status: 400, body: "{broken" }],

		// Errors in good replies.
		[
			"rateLimited",
			"an error in a 200, by its code",
			{ status: 200, body: openaiError("x", "rate_limit_exceeded", "requests") },
		],
		["outOfQuota", "a quota error in a 200", { status: 200, body: openaiError("x", "insufficient_quota") }],
		[
			"keyRefused",
			"a key error in a 200",
			{ format: "anthropic", status: 200, body: anthropicError("authentication_error", "x") },
		],
		[
			"passOn",
			"the client's own error in a 200",
			{ format: "anthropic", status: 200, body: anthropicError("invalid_request_error", "messages: required") },
		],
		["failing", "an error in a 200 of which nothing is known", { status: 200, body: { error: { message: "oops" } } }],
		["passOn", "a 200 without an error", { status: 200, body: { choices: [], error: null } }],
	];
	for (const [expected, why, given] of rows) {
		it(`is ${expected} for ${why}`, () => assert.equal(kindOf(judge(given)), expected));
	}

	it("throws for no status, format and body", () => {
		const bodies = [
			"",
			"null",
			"[]",
			"[null]",
			"7",
			'"text"',
			"{}",
			'{"error":null}',
			'{"error":[]}',
			'{"error":{"message":{}}}',
			"data: {",
			"\0",
		];
		for (const format of formats) {
			for (let status = 200; status < 600; status += 1) {
				for (const body of bodies) assert.ok(judge({ format, status, body }).kind);
			}
		}
	});

	it("keeps the relay's status, and for an error in a good reply the one that it means", () => {
		assert.equal(failureOf(judge({ status: 403 })).status, 403);
		assert.equal(failureOf(judge({ status: 200, body: openaiError("x", "rate_limit_exceeded") })).status, 429);
	});

	it("reads an error that came as an event, or in a list", () => {
		const body = JSON.stringify(openaiError("No money", "insufficient_quota"));
		assert.equal(kindOf(judge({ status: 429, body: `event: error\r\ndata: ${body}\r\n\r\n` })), "outOfQuota");
		const gemini = geminiError(404, "NOT_FOUND", "models/x is not found for API version v1beta");
		assert.equal(kindOf(judge({ format: "gemini", status: 404, body: [gemini] })), "modelUnknown");
	});

	describe("how long", () => {
		const limits = { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "50s" };
		const hint = geminiError(429, "RESOURCE_EXHAUSTED", "Quota.", [
			{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "36s" },
		]);

		it("takes Retry-After first, then the rate-limit headers, then the body's word, else nothing", () => {
			const wait = (headers: Readonly<Record<string, string>>, body: unknown = hint) =>
				secondsOf(judge({ format: "gemini", status: 429, headers, body }));
			assert.equal(wait({ ...limits, "retry-after": "7" }), 7);
			assert.equal(wait({ ...limits, "retry-after": "Sun, 01 Mar 2026 12:00:30 GMT" }), 30);
			assert.equal(wait(limits), 50);
			assert.equal(wait({}), 36);
			assert.equal(wait({}, ""), null);
		});

		it("takes the body's word on a quota before a gateway's Retry-After, and no rate-limit header", () => {
			const body = {
				error: { type: "usage_limit_reached", message: "The usage limit has been reached", resets_in_seconds: 9000 },
			};
			const given = { format: "codex", status: 429, body } as const;
			assert.equal(secondsOf(judge({ ...given, headers: { "retry-after": "5" } })), 9000);
			assert.equal(secondsOf(judge({ status: 402, headers: { ...limits, "retry-after": "5" } })), 5);
			assert.equal(secondsOf(judge({ status: 402, headers: limits })), null);
		});

		it("takes nothing but Retry-After where the relay does not work", () => {
			assert.equal(secondsOf(judge({ status: 503, headers: { ...limits, "retry-after": "12" } })), 12);
			assert.equal(secondsOf(judge({ status: 503, headers: limits })), null);
			assert.equal(secondsOf(judge({ status: 403, headers: { "retry-after": "9", "content-type": "text/html" } })), 9);
		});

		it("knows a limit of one model", () => {
			const message =
				"Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM). Please try again in 6s.";
			const failure = failureOf(judge({ status: 429, body: openaiError(message, "rate_limit_exceeded") }));
			assert.deepEqual(
				[failure.kind === "rateLimited" && failure.modelOnly, "seconds" in failure && failure.seconds],
				[true, 6],
			);
			const whole = failureOf(judge({ status: 429, body: openaiError("Too many requests") }));
			assert.equal(whole.kind === "rateLimited" && whole.modelOnly, false);
		});
	});

	describe("in whose words", () => {
		const detail = (given: Given) => failureOf(judge(given)).detail;

		it("quotes the relay's message on one line, cut, without the key", () => {
			const message = `${"x".repeat(290)} ${apiKey}\n\n is   wrong ${"y".repeat(100)}`;
			const text = detail({ status: 401, body: openaiError(message) });
			assert.ok(text.length <= 300 && !text.includes("sk-") && text.startsWith("xxx"));
			assert.equal(detail({ status: 401, body: openaiError(`No\n ${apiKey} \t here`) }), "No ••• here");
		});

		it("quotes a body that is no JSON, and the code of an error without words", () => {
			assert.equal(detail({ status: 502, body: `upstream ${apiKey}\n failed` }), "upstream ••• failed");
			assert.equal(detail({ status: 500, body: { error: { code: "weird_state" } } }), "weird_state");
			assert.equal(detail({ status: 500 }), "");
		});

		it("names a web page by its title and a redirect by its host", () => {
			assert.equal(
				detail({ status: 403, body: page }),
				"A web page came in place of a reply (status 403): Just a moment...",
			);
			const redirect = detail({ status: 302, headers: { location: `https://login.example/?key=${apiKey}` } });
			assert.match(redirect, /^It redirects to login\.example \(status 302\)/);
			assert.ok(!redirect.includes(apiKey));
			assert.match(detail({ status: 307, headers: { location: "/elsewhere" } }), /^It redirects to another address/);
		});
	});
});

describe("the verdict on an error event", () => {
	const event = (given: Partial<UpstreamError>): UpstreamError => ({
		status: null,
		codes: [],
		message: "",
		retryAfter: null,
		modelOnly: false,
		...given,
	});
	const rows: readonly [expected: Failure["kind"] | "passOn", error: Partial<UpstreamError>][] = [
		["failing", {}],
		["failing", { status: 529, codes: ["overloaded_error"] }],
		["failing", { codes: ["server_is_overloaded"] }],
		["failing", { status: 200, codes: ["strange"] }],
		["rateLimited", { codes: ["rate_limit_exceeded"] }],
		["rateLimited", { status: 429 }],
		["outOfQuota", { status: 429, codes: ["usage_limit_reached"] }],
		["keyRefused", { codes: ["token_expired"] }],
		["modelUnknown", { codes: ["model_not_found"] }],
		["passOn", { status: 400, codes: ["context_length_exceeded"] }],
	];
	for (const [expected, error] of rows) {
		it(`is ${expected} for ${JSON.stringify(error)}`, () => {
			assert.equal(kindOf(judgeEvent(event(error), [], now, apiKey)), expected);
		});
	}

	it("takes times from the reply's headers and the event, and words without the key", () => {
		const limited = event({ status: 429, message: `Wait, ${apiKey}`, retryAfter: 20, modelOnly: true });
		const expected = { kind: "rateLimited", status: 429, detail: "Wait, •••", seconds: 20, modelOnly: true };
		assert.deepEqual(failureOf(judgeEvent(limited, [], now, apiKey)), expected);
		assert.equal(secondsOf(judgeEvent(limited, ["Retry-After", "3"], now, apiKey)), 3);
	});
});

describe("the verdict on what ChatGPT's backend says", () => {
	const native = ({ status, headers = {}, body = "" }: Given): Verdict => {
		const text = typeof body === "string" ? body : JSON.stringify(body);
		return judgeNativeReply({ status, headers: Object.entries(headers).flat(), body: text }, now, apiKey);
	};
	const limit = { type: "usage_limit_reached", message: "The usage limit has been reached", plan_type: "plus" };
	const rows: readonly (readonly [expected: Failure["kind"] | "passOn", why: string, given: Given])[] = [
		["failing", "a path that the gateway blocks", { status: 404, headers: { server: "cloudflare" } }],
		["failing", "the same with an empty line", { status: 404, body: "\r\n" }],
		["passOn", "a 404 of its own", { status: 404, body: { detail: "Not Found" } }],
		["failing", "a challenge by its page", { status: 403, headers: { "content-type": "text/html" }, body: page }],
		["failing", "a challenge by its header", { status: 403, headers: { "cf-mitigated": "challenge" } }],
		["keyRefused", "a ban", { status: 403, body: { detail: "Your account has been suspended." } }],
		["keyRefused", "a 401 without words", { status: 401 }],
		[
			"keyRefused",
			"a closed account",
			{ status: 401, body: { error: { code: "account_deactivated", message: "Your account has been deactivated." } } },
		],
		["outOfQuota", "a closed workspace", { status: 402, body: { detail: { code: "deactivated_workspace" } } }],
		["outOfQuota", "a plan that is used up", { status: 429, body: { error: limit } }],
		["rateLimited", "too many requests", { status: 429, body: { detail: "Too many requests" } }],
		[
			"failing",
			"an overload",
			{
				status: 503,
				body: { error: { code: "server_is_overloaded", message: "Busy.", type: "service_unavailable_error" } },
			},
		],
		["failing", "trouble of its own", { status: 500, body: { error: { code: "server_error", message: "Oops." } } }],
		[
			"modelUnknown",
			"a model that the plan has not",
			{ status: 400, body: { detail: "The 'gpt-9' model is not supported when using Codex with a ChatGPT account." } },
		],
		["passOn", "a parameter that it does not take", { status: 400, body: { detail: "Unsupported parameter: n" } }],
		[
			"passOn",
			"a request that is wrong",
			{ status: 400, body: { detail: [{ msg: "Field required", type: "missing" }] } },
		],
	];
	for (const [expected, why, given] of rows) {
		it(`is ${expected} for ${why}`, () => assert.equal(kindOf(native(given)), expected));
	}

	it("takes the end of a limit from the body, in both forms", () => {
		const secondsFor = (more: object) => secondsOf(native({ status: 429, body: { error: { ...limit, ...more } } }));
		assert.equal(secondsFor({ resets_in_seconds: 7200 }), 7200);
		assert.equal(secondsFor({ resets_at: now / 1000 + 90 }), 90);
	});

	it("has the backend's words, whichever form they are in", () => {
		const words = (body: object) => failureOf(native({ status: 401, body })).detail;
		assert.equal(words({ detail: "Log in." }), "Log in.");
		assert.equal(words({ detail: { message: "Log in.", code: "x" } }), "Log in.");
		assert.equal(words({ error: { message: "Log in." } }), "Log in.");
	});

	it("leaves relays as they are: an empty 404 of theirs is the client's to read", () => {
		assert.equal(kindOf(judge({ format: "codex", status: 404 })), "passOn");
	});
});

describe("the verdict on the network", () => {
	it("is that the account fails, in words that name the host", () => {
		const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
		const expected = { kind: "failing", status: null, detail: "relay.example refuses the connection.", seconds: null };
		assert.deepEqual(judgeNetwork(refused, "relay.example"), expected);
		assert.match(judgeNetwork(new SilentRelay(120_000), "relay.example").detail, /120 s/);
		assert.match(judgeNetwork(new Error("?"), "relay.example").detail, /relay\.example/);
	});
});
