import { readErrorBody } from "../errorReading.ts";
import { type Problem, type ProblemKind, problemStatus } from "../problem.ts";

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
