import assert from "node:assert/strict";
import { formats } from "../../../src/accounts/account.ts";
import { formatRules } from "../../../src/formats/format.ts";
import type { UpstreamError } from "../../../src/formats/upstreamError.ts";

const now = Date.UTC(2026, 0, 1);
const inAMinute = now / 1000 + 60;

interface Case {
	readonly what: string;
	readonly body: unknown;
	readonly told: Partial<UpstreamError>;
}

const geminiQuota = (...quotaIds: readonly string[]) => ({
	error: {
		code: 429,
		message: "You exceeded your current quota.",
		status: "RESOURCE_EXHAUSTED",
		details: [
			{
				"@type": "type.googleapis.com/google.rpc.QuotaFailure",
				violations: quotaIds.map((quotaId) => ({ quotaMetric: "requests", quotaId })),
			},
			{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "13.5s" },
		],
	},
});

/** Shapes that relays of every format use. */
const shapes: readonly Case[] = [
	{
		what: "OpenAI's, with the code before the type",
		body: {
			error: { message: "Incorrect API key.", type: "invalid_request_error", param: null, code: "invalid_api_key" },
		},
		told: { status: 401, codes: ["invalid_api_key", "invalid_request_error"], message: "Incorrect API key." },
	},
	{
		what: "Anthropic's",
		body: { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: "req_1" },
		told: { status: 529, codes: ["overloaded_error"], message: "Overloaded" },
	},
	{
		what: "Google's, with reasons before the status name",
		body: {
			error: {
				code: 400,
				message: "API key not valid.",
				status: "INVALID_ARGUMENT",
				details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }],
			},
		},
		told: { status: 400, codes: ["api_key_invalid", "invalid_argument"], message: "API key not valid." },
	},
	{
		what: "Google's in an array",
		body: [{ error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }],
		told: { status: 503, codes: ["unavailable"], message: "The model is overloaded." },
	},
	{
		what: "a Gemini stream's array whose last element is an error",
		body: [{ candidates: [{ content: { parts: [{ text: "Hi" }] } }] }, { error: { code: 500, message: "Internal" } }],
		told: { status: 500, message: "Internal" },
	},
	{
		what: "a flat error event of Responses",
		body: { type: "error", code: "rate_limit_exceeded", message: "Slow down", param: null, sequence_number: 3 },
		told: { status: 429, codes: ["rate_limit_exceeded"], message: "Slow down" },
	},
	{ what: "a text as error", body: { error: "no such user" }, told: { status: null, message: "no such user" } },
	{
		what: "OAuth's",
		body: { error: "invalid_token", error_description: "The token has expired." },
		told: { status: 401, codes: ["invalid_token"], message: "The token has expired." },
	},
	{
		what: "Fastify's",
		body: { statusCode: 429, error: "Too Many Requests", message: "Rate limit exceeded, retry in 1 minute" },
		told: { status: 429, message: "Too Many Requests: Rate limit exceeded, retry in 1 minute", retryAfter: 60 },
	},
	{ what: "a detail", body: { detail: "Unauthorized" }, told: { status: null, message: "Unauthorized" } },
	{
		what: "a detail with an object",
		body: { detail: { code: "token_expired", message: "Sign in again" } },
		told: { status: 401, codes: ["token_expired"], message: "Sign in again" },
	},
	{
		what: "FastAPI's list",
		body: { detail: [{ loc: ["body", "model"], msg: "Field required", type: "missing" }] },
		told: { status: 400, message: "Field required" },
	},
	{ what: "a bare message", body: { message: "Forbidden" }, told: { status: null, message: "Forbidden" } },
	{
		what: "a code in capitals beside the message",
		body: { code: "INVALID_API_KEY", message: "Invalid API key" },
		told: { status: 401, codes: ["invalid_api_key"], message: "Invalid API key" },
	},
	{
		what: "a number and msg",
		body: { code: 503, msg: "no channel" },
		told: { status: 503, codes: [], message: "no channel" },
	},
	{
		what: "a refusal without an error",
		body: { success: false, message: "quota is used up", data: null },
		told: { message: "quota is used up" },
	},
	{
		what: "new-api's",
		body: { error: { message: "预扣费额度失败", type: "new_api_error", param: "", code: "insufficient_user_quota" } },
		told: { status: 402, codes: ["insufficient_user_quota", "new_api_error"] },
	},
	{
		what: "vLLM's older one",
		body: { object: "error", message: "The model `x` does not exist.", type: "NotFoundError", param: null, code: 404 },
		told: { status: 404, codes: ["notfounderror"], message: "The model `x` does not exist." },
	},
	{
		what: "AWS's",
		body: { __type: "com.amazon.coral.service#ThrottlingException", message: "Too many requests" },
		told: { status: 429, codes: ["throttlingexception"] },
	},
	{
		what: "Cloudflare's list",
		body: { success: false, errors: [{ code: 10000, message: "Authentication error" }], result: null },
		told: { message: "Authentication error" },
	},
	{
		what: "MiniMax's inside a reply of status 200",
		body: { id: "1", choices: null, base_resp: { status_code: 1008, status_msg: "insufficient balance" } },
		told: { status: null, message: "insufficient balance" },
	},
	{
		what: "OpenRouter's, with the words of whoever refused",
		body: {
			error: {
				message: "Provider returned error",
				code: 429,
				metadata: {
					raw: '{"error":{"message":"Quota is gone","code":"insufficient_quota"}}',
					headers: { "X-RateLimit-Reset": String(inAMinute * 1000) },
				},
			},
		},
		told: {
			status: 429,
			codes: ["insufficient_quota"],
			message: "Provider returned error: Quota is gone",
			retryAfter: 60,
		},
	},
	{
		what: "an error that quotes another as JSON",
		body: {
			error: {
				type: "upstream_error",
				message: 'Upstream said 429: {"type":"error","error":{"type":"rate_limit_error","message":"Too fast"}}',
			},
		},
		told: { status: 429, codes: ["upstream_error", "rate_limit_error"], message: "Upstream said 429: Too fast" },
	},
	{
		what: "a message that is nothing but another error",
		body: { message: '{"detail":{"code":"account_deactivated","message":"Closed"}}' },
		told: { status: 401, codes: ["account_deactivated"], message: "Closed" },
	},
	{
		what: "Codex's usage limit",
		body: {
			error: { type: "usage_limit_reached", message: "The usage limit has been reached", resets_in_seconds: 432000 },
		},
		told: { status: 429, codes: ["usage_limit_reached"], retryAfter: 432000, modelOnly: false },
	},
];

/** Bodies of good replies, some of which have places or words that look like an error's. */
const replies: readonly (readonly [string, unknown])[] = [
	["a chat completion", { object: "chat.completion", choices: [{ message: { content: "error" } }] }],
	[
		"one with an empty place for an error",
		{ choices: [{ message: { content: "Hi" } }], error: { message: "", type: "", param: "", code: null } },
	],
	["one that says that all is well", { choices: [{}], base_resp: { status_code: 0, status_msg: "success" } }],
	["a message", { type: "message", content: [{ type: "text", text: "Hi" }] }],
	["a count of tokens", { input_tokens: 3 }],
	["candidates", { candidates: [{ content: { parts: [{ text: "Hi" }] } }] }],
	["a response that is complete", { object: "response", status: "completed", error: null, output: [{}] }],
	["an array of chunks", [{ candidates: [{}] }]],
	["success with a message", { success: true, message: "" }],
	["a code of success", { code: 0, message: "ok", data: [] }],
	["nothing", null],
	["a text", "Not Found"],
	["an empty object", {}],
	["an empty array", []],
];

for (const format of formats) {
	describe(`an error of a relay, read as ${format}`, () => {
		const { readError } = formatRules[format];
		for (const { what, body, told } of shapes) {
			it(`is understood in the shape of ${what}`, () => {
				const error = readError(body, now);
				assert.ok(error, "not taken for an error");
				for (const [name, value] of Object.entries(told)) {
					assert.deepEqual(error[name as keyof UpstreamError], value, name);
				}
			});
		}

		for (const [what, body] of replies) {
			it(`is not seen in ${what}`, () => {
				assert.equal(readError(body, now), null);
			});
		}
	});
}

describe("a response that failed", () => {
	it("is an error as a whole reply", () => {
		const failed = {
			object: "response",
			status: "failed",
			output: [],
			error: { code: "server_error", message: "It broke" },
		};
		const error = formatRules.codex.readError(failed);
		assert.equal(error?.status, 500);
		assert.equal(error?.codes[0], "server_error");
		assert.equal(error?.message, "It broke");
	});

	it("is an error where it tells nothing but that", () => {
		assert.ok(formatRules.codex.readError({ object: "response", status: "failed", output: [], error: null }));
	});
});

describe("an error's status", () => {
	it("is none where it is no number, whatever it is", () => {
		const body = { error: { message: "No.", status: { toString: false }, code: {} } };
		for (const format of formats) assert.equal(formatRules[format].readError(body)?.status ?? null, null);
	});

	const read = (error: object) => formatRules.openai.readError({ error }, now)?.status;
	const cases: readonly (readonly [object, number | null])[] = [
		[{ type: "rate_limit_error", message: "x" }, 429],
		[{ code: "rate_limit_exceeded", message: "x" }, 429],
		[{ code: "insufficient_quota", type: "insufficient_quota", message: "x" }, 429],
		[{ type: "authentication_error", message: "x" }, 401],
		[{ type: "permission_error", message: "x" }, 403],
		[{ type: "not_found_error", message: "x" }, 404],
		[{ type: "invalid_request_error", code: "model_not_found", message: "x" }, 404],
		[{ type: "invalid_request_error", code: "context_length_exceeded", message: "x" }, 400],
		[{ type: "invalid_request_error", code: "invalid_image_url", message: "x" }, 400],
		[{ type: "api_error", message: "x" }, 500],
		[{ type: "server_error", code: null, message: "x" }, 500],
		[{ code: "server_is_overloaded", message: "x" }, 503],
		[{ status: "RESOURCE_EXHAUSTED", message: "x" }, 429],
		[{ code: "429", message: "x" }, 429],
		[{ code: 402, type: "invalid_request_error", message: "x" }, 402],
		[{ code: 1305, message: "x" }, null],
		[{ code: "something_else", message: "x" }, null],
	];
	for (const [error, status] of cases) {
		it(`is ${status} for ${JSON.stringify(error)}`, () => {
			assert.equal(read(error), status);
		});
	}
});

describe("the wait that an error asks for", () => {
	const read = (error: object) => formatRules.gemini.readError({ error }, now)?.retryAfter;
	const texts: readonly (readonly [string, number | null])[] = [
		["Please try again in 1m3.5s. Visit our page.", 63.5],
		["Please try again in 20s.", 20],
		["Please try again in 250ms.", 0.25],
		["Please retry in 41.281s.", 41.281],
		["Please retry after 20 seconds.", 20],
		["retry after 20", 20],
		["Please retry your request. Try again in 7m12s.", 432],
		["Try again in 6 hours and 3 minutes.", 21780],
		["Your limit resets in 2h30m", 9000],
		["wait 5 minutes", 300],
		["You will regain access on 2026-01-01 at 00:10 UTC.", 600],
		["try again at 2026-01-01T00:00:30Z", 30],
		["try again at 2025-01-01T00:00:30Z", null],
		["Please try again later.", null],
		["You made 20 requests in 3s, the limit is 10.", null],
		["You may retry 3 times.", null],
	];
	for (const [message, seconds] of texts) {
		it(`is ${seconds} seconds in "${message}"`, () => {
			assert.equal(read({ message }), seconds);
		});
	}

	const fields: readonly (readonly [object, number | null])[] = [
		[{ resets_at: inAMinute }, 60],
		[{ resets_at: inAMinute * 1000 }, 60],
		[{ resets_at: "2026-01-01T00:01:00Z" }, 60],
		[{ resets_at: inAMinute - 120 }, null],
		[{ resets_in_seconds: 90, resets_at: inAMinute }, 90],
		[{ retry_after: 7 }, 7],
		[{ retry_after: "7" }, 7],
		[{ retry_after_ms: 1500 }, 1.5],
		[{ retry_after: 0 }, null],
		[{ details: [{ retryDelay: "13s" }] }, 13],
		[{ details: [{ retryDelay: { seconds: 2, nanos: 500_000_000 } }] }, 2.5],
	];
	for (const [error, seconds] of fields) {
		it(`is ${seconds} seconds in ${JSON.stringify(error)}`, () => {
			assert.equal(read({ ...error, message: "limited" }), seconds);
		});
	}

	it("is told beside the error too", () => {
		assert.equal(formatRules.openai.readError({ error: { message: "x" }, retry_after: 9 }, now)?.retryAfter, 9);
	});

	it("is found at once in a long message that almost says it", () => {
		const started = performance.now();
		read({ message: `${"try again in 1s 1s, ".repeat(3000)} ${"rate limit (".repeat(3000)} ${"-".repeat(60_000)}x` });
		assert.ok(performance.now() - started < 1000);
	});
});

describe("a limit of one model", () => {
	const isOfOne = (body: object) => formatRules.gemini.readError(body, now)?.modelOnly;
	const texts: readonly (readonly [string, boolean])[] = [
		["Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000.", true],
		["Rate limit reached for model `llama-3.3-70b` in organization `org_1` service tier `on_demand` on tokens", true],
		["This request would exceed your organization's rate limit (org: 1, model: claude-sonnet-4-5).", true],
		["deepseek/deepseek-r1:free is temporarily rate-limited upstream. Please retry shortly.", true],
		["You have reached the request limit for this model.", true],
		["Quota exceeded for model gemini-2.5-pro", true],
		["Selected model is at capacity. Please try a different model.", true],
		["该模型当前访问量过大，请您稍后再试", true],
		["Rate limit reached for requests", false],
		["Rate limit reached for organization org-1", false],
		["Rate limit exceeded: free-models-per-day", false],
		["The usage limit has been reached. Use another model or wait.", false],
		["You exceeded your current quota, please check your plan and billing details.", false],
		["This request would exceed your account's rate limit. Please try again later.", false],
	];
	for (const [message, expected] of texts) {
		it(`is ${expected ? "" : "not "}what "${message}" says`, () => {
			assert.equal(isOfOne({ error: { message } }), expected);
		});
	}

	it("is what Google's quota ids say, if all of them do", () => {
		const perModel = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier";
		assert.equal(isOfOne(geminiQuota(perModel)), true);
		assert.equal(isOfOne(geminiQuota(perModel, "GenerateContentInputTokensPerModelPerMinute-FreeTier")), true);
		assert.equal(isOfOne(geminiQuota(perModel, "RequestsPerDayPerProject")), false);
		assert.equal(isOfOne(geminiQuota()), false);
	});

	it("is what a code says", () => {
		assert.equal(isOfOne({ error: { code: "model_rate_limit_exceeded", message: "" } }), true);
		assert.equal(isOfOne({ error: { code: "model_not_found", message: "" } }), false);
	});
});
