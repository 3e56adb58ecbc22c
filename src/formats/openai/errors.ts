import { readErrorBody } from "../errorReading.ts";
import { type Problem, type ProblemKind, problemStatus } from "../problem.ts";
import type { ErrorReply } from "../translation.ts";
import type { UpstreamError } from "../upstreamError.ts";

/** `code` of the kinds that OpenAI gives one; SDKs and agents look at it. */
const codes: Readonly<Partial<Record<ProblemKind, string>>> = {
	keyRefused: "invalid_api_key",
	modelNotFound: "model_not_found",
	rateLimited: "rate_limit_exceeded",
};

interface OpenaiErrorBody {
	readonly error: {
		readonly message: string;
		readonly type: string;
		readonly param: null;
		readonly code: string | null;
	};
}

/** `{error: {message, type, param, code}}`, as Chat Completions and Responses both have it. */
export function openaiError(problem: Problem): OpenaiErrorBody {
	const type = problemStatus[problem.kind] >= 500 ? "server_error" : "invalid_request_error";
	return { error: { message: problem.message, type, param: null, code: codes[problem.kind] ?? null } };
}

/** Relays that speak Chat Completions have errors of every shape there is. */
export const readOpenaiError = readErrorBody;

interface OpenaiErrorKind {
	readonly status: number;
	readonly type: string;
	readonly code: string | null;
}

const invalid = (status: number, code: string | null): OpenaiErrorKind => ({
	status,
	type: "invalid_request_error",
	code,
});
const outOfQuota: OpenaiErrorKind = { status: 429, type: "insufficient_quota", code: "insufficient_quota" };

/** By the HTTP status of the account, which OpenAI's clients need not know. */
const kinds: Readonly<Record<number, OpenaiErrorKind>> = {
	401: invalid(401, "invalid_api_key"),
	402: outOfQuota,
	403: { status: 403, type: "request_forbidden", code: null },
	429: { status: 429, type: "requests", code: "rate_limit_exceeded" },
	503: { status: 503, type: "server_error", code: "server_is_overloaded" },
	// Anthropic's number for it.
	529: { status: 503, type: "server_error", code: "server_is_overloaded" },
};

/** Characters of a message in which signs are looked for; no sentence of an account is longer. */
const longestSearched = 2000;

/** What an account says in its own words, and OpenAI's clients act upon. */
const signs: readonly {
	readonly statuses: readonly number[];
	readonly codes: RegExp;
	readonly words: RegExp | null;
	readonly kind: OpenaiErrorKind;
}[] = [
	{
		statuses: [400, 413, 422],
		codes: /^context_length_exceeded$/,
		words:
			/\bprompt is too long\b|\bexceeds? (?:the |your )?(?:context|maximum number of tokens)|\bcontext (?:length|window|limit)\b|\btoken count\b.*\bexceeds\b/i,
		kind: invalid(400, "context_length_exceeded"),
	},
	{
		statuses: [400, 403],
		codes: /^(?:content_policy_violation|content_filter|image_content_policy_violation|prohibited_content)$/,
		words: null,
		kind: invalid(400, "content_policy_violation"),
	},
	{
		statuses: [400, 404],
		codes: /^(?:model_not_found|model_not_supported|unknown_model)$/,
		words: /\bmodel\b.{0,200}\b(?:not found|not exist|not supported)\b|\bunknown model\b/i,
		kind: invalid(404, "model_not_found"),
	},
	// Anthropic and Google: of a request for a reply only the model can be missing.
	{ statuses: [404], codes: /^not_found(?:_error)?$/, words: null, kind: invalid(404, "model_not_found") },
	{
		statuses: [429, 403],
		codes:
			/^(?:insufficient_quota|insufficient_user_quota|insufficient_balance|quota_exceeded|quota_exhausted|usage_limit_reached|usage_limit_exceeded|usage_not_included|billing_.*|credit_balance_.*)$/,
		words: null,
		kind: outOfQuota,
	},
];

/** An account's error as clients of Chat Completions know it, in the account's own words. */
export function writeOpenaiError({ codes: told, message }: UpstreamError, status: number): ErrorReply {
	const searched = message.slice(0, longestSearched);
	const sign = signs.find(
		({ statuses, codes: named, words }) =>
			statuses.includes(status) && (told.some((code) => named.test(code)) || words?.test(searched) === true),
	);
	const kind = sign?.kind ?? kinds[status] ?? plainKind(status);
	const words = message === "" ? `The account answered with status ${status}.` : message;
	return { status: kind.status, body: { error: { message: words, type: kind.type, param: null, code: kind.code } } };
}

function plainKind(status: number): OpenaiErrorKind {
	if (status >= 400 && status < 500) return invalid(status, null);
	const known = status >= 500 && status < 600 ? status : 502;
	return { status: known, type: "server_error", code: null };
}
