/** Codes, types and google.rpc.Code names, by the HTTP status with which their inventors send them. All in lower case. */
const codesByStatus: Readonly<Record<number, readonly string[]>> = {
	400: [
		"bad_request",
		"bio_policy",
		"content_policy_violation",
		"context_length_exceeded",
		"cyber_policy",
		"data_residency_mismatch",
		"empty_image_file",
		"failed_to_download_image",
		"failed_precondition",
		"image_content_policy_violation",
		"image_file_not_found",
		"image_file_too_large",
		"image_parse_error",
		"image_too_large",
		"image_too_small",
		"misalignment_policy_violation",
		"out_of_range",
		"previous_response_not_found",
		"string_above_max_length",
		"unknown_parameter",
	],
	401: [
		"account_deactivated",
		"api_key_invalid",
		"authentication_error",
		"incorrect_api_key",
		"invalid_api_key",
		"invalid_authentication",
		"invalid_token",
		"missing_api_key",
		"token_expired",
		"token_invalid",
		"token_invalidated",
		"unauthenticated",
		"unauthorized",
	],
	402: [
		"billing_error",
		"billing_hard_limit_reached",
		"billing_not_active",
		"insufficient_balance",
		"insufficient_credits",
		"insufficient_user_quota",
		"payment_required",
		"quota_exhausted",
	],
	403: [
		"access_denied",
		"account_banned",
		"banned",
		"forbidden",
		"permission_denied",
		"permission_error",
		"unsupported_country_region_territory",
	],
	404: ["deployment_not_found", "model_not_found", "not_found", "not_found_error"],
	408: ["request_timeout"],
	409: ["aborted", "already_exists", "conflict", "conflict_error"],
	413: ["request_too_large"],
	429: [
		"insufficient_quota",
		"quota_exceeded",
		"rate_limit_error",
		"rate_limit_exceeded",
		"rate_limit_reached",
		"rate_limited",
		"resource_exhausted",
		"throttlingexception",
		"too_many_requests",
		"usage_limit_exceeded",
		"usage_limit_reached",
		"usage_not_included",
		// OpenAI's types of a rate limit, by what ran out.
		"requests",
		"tokens",
	],
	// Cloudflare's and nginx's number for a client that went away; google.rpc's too.
	499: ["cancelled"],
	500: ["api_error", "internal", "internal_error", "internal_server_error", "server_error"],
	501: ["unimplemented"],
	502: ["bad_gateway", "bad_response_status_code", "upstream_error"],
	503: ["engine_overloaded_error", "server_is_overloaded", "service_unavailable", "slow_down", "unavailable"],
	504: ["deadline_exceeded", "gateway_timeout", "timeout_error", "vector_store_timeout"],
	529: ["overloaded", "overloaded_error"],
};

const statusByCode: ReadonlyMap<string, number> = new Map(
	Object.entries(codesByStatus).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)] as const)),
);

/** What a request has wrong: `invalid_request_error`, `invalid_argument`, `unsupported_value`, `missing_required_parameter`. */
const ofRequest = /^(?:invalid|unsupported|missing)_/;

/** @param codes in lower case. @returns the status of the first that has one. */
export function impliedStatus(codes: readonly string[]): number | null {
	for (const code of codes) {
		const status = statusByCode.get(code);
		if (status !== undefined) return status;
		if (ofRequest.test(code)) return 400;
	}
	return null;
}
