import { readErrorBody } from "../errorReading.ts";
import { type Problem, type ProblemKind, problemStatus } from "../problem.ts";

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
