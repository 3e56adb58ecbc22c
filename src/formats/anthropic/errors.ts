import { readErrorBody } from "../errorReading.ts";
import type { Problem, ProblemKind } from "../problem.ts";

/** `error.type` as Anthropic names it; clients decide on retries by it. */
const types: Readonly<Record<ProblemKind, string>> = {
	badRequest: "invalid_request_error",
	keyRefused: "authentication_error",
	forbidden: "permission_error",
	notFound: "not_found_error",
	modelNotFound: "not_found_error",
	tooLarge: "request_too_large",
	notJson: "invalid_request_error",
	upgradeRefused: "invalid_request_error",
	rateLimited: "rate_limit_error",
	unavailable: "overloaded_error",
	upstreamFailed: "api_error",
	internal: "api_error",
};

/** `{type: "error", error: {type, message}}`. */
export function anthropicError(problem: Problem): object {
	return { type: "error", error: { type: types[problem.kind], message: problem.message } };
}

/** Anthropic's own shape has OpenAI's within it. */
export const readAnthropicError = readErrorBody;
