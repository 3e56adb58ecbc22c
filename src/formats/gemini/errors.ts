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
