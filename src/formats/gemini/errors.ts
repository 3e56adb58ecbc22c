import { readErrorBody } from "../errorReading.ts";
import { type Problem, type ProblemKind, problemStatus } from "../problem.ts";
import type { ErrorReply } from "../translation.ts";
import type { UpstreamError } from "../upstreamError.ts";

/** google.rpc.Code names. */
const statuses: Readonly<Record<ProblemKind, string>> = {
	badRequest: "INVALID_ARGUMENT",
	keyRefused: "UNAUTHENTICATED",
	forbidden: "PERMISSION_DENIED",
	notFound: "NOT_FOUND",
	modelNotFound: "NOT_FOUND",
	tooLarge: "INVALID_ARGUMENT",
	notJson: "INVALID_ARGUMENT",
	upgradeRefused: "FAILED_PRECONDITION",
	rateLimited: "RESOURCE_EXHAUSTED",
	unavailable: "UNAVAILABLE",
	upstreamFailed: "UNAVAILABLE",
	upstreamEndedEarly: "DEADLINE_EXCEEDED",
	internal: "INTERNAL",
};

/** `{error: {code, message, status}}`. */
export function geminiError(problem: Problem): object {
	return {
		error: { code: problemStatus[problem.kind], message: problem.message, status: statuses[problem.kind] },
	};
}

/** Google's details (google.rpc) come through its OpenAI-compatible endpoint too, so that all formats read them. */
export const readGeminiError = readErrorBody;

/** Statuses that Google's clients know; others are told as the nearest of these. */
const statusNames: Readonly<Record<number, string>> = {
	400: "INVALID_ARGUMENT",
	401: "UNAUTHENTICATED",
	403: "PERMISSION_DENIED",
	404: "NOT_FOUND",
	409: "ABORTED",
	412: "FAILED_PRECONDITION",
	429: "RESOURCE_EXHAUSTED",
	499: "CANCELLED",
	500: "INTERNAL",
	501: "UNIMPLEMENTED",
	502: "UNAVAILABLE",
	503: "UNAVAILABLE",
	504: "DEADLINE_EXCEEDED",
};

/** Statuses of other formats: no money left, a request that took too long, an overloaded Anthropic. */
const nearest: Readonly<Record<number, number>> = { 402: 429, 408: 504, 529: 503 };

/** An upstream's error with google.rpc's details: its code as the reason, and when to ask again. */
export function writeGeminiError({ message, codes, retryAfter }: UpstreamError, status: number): ErrorReply {
	const code = nearest[status] ?? status;
	const known = code in statusNames ? code : code >= 500 ? 500 : 400;
	const [reason] = codes;
	const details = [
		...(reason === undefined ? [] : [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason }]),
		...(retryAfter === null
			? []
			: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${retryAfter}s` }]),
	];
	const error = {
		code,
		message: message || `The account answered with the status ${status}${reason === undefined ? "" : ` (${reason})`}.`,
		status: statusNames[known],
		...(details.length === 0 ? {} : { details }),
	};
	return { status: code, body: { error } };
}
