import type { ErrorResponse, ErrorType } from "@anthropic-ai/sdk/resources/shared";
import { readErrorBody } from "../errorReading.ts";
import { impliedStatus } from "../impliedStatus.ts";
import type { Problem, ProblemKind } from "../problem.ts";
import type { ErrorReply } from "../translation.ts";
import type { UpstreamError } from "../upstreamError.ts";

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
	upstreamEndedEarly: "timeout_error",
	internal: "api_error",
};

/** `{type: "error", error: {type, message}, request_id}`: it is nobody's request, which Anthropic's own types have a `null` for. */
export function anthropicError(problem: Problem): object {
	return { type: "error", error: { type: types[problem.kind], message: problem.message }, request_id: null };
}

/** Anthropic's own shape has OpenAI's within it. */
export const readAnthropicError = readErrorBody;

type WrittenType = ErrorType | "request_too_large";

const typesByStatus: ReadonlyMap<number, WrittenType> = new Map<number, WrittenType>([
	[401, "authentication_error"],
	[402, "billing_error"],
	[403, "permission_error"],
	[404, "not_found_error"],
	[408, "timeout_error"],
	[413, "request_too_large"],
	[429, "rate_limit_error"],
	[504, "timeout_error"],
	[529, "overloaded_error"],
]);
/** Clients of Anthropic tell by these words that a conversation has to be made shorter. */
const tooLong = "prompt is too long";
const ofLength =
	/context[ _](?:length|window)|(?:prompt|input|request) is too long|maximum (?:number of tokens|prompt length)|too many (?:input )?tokens/i;

/** An error of an account of another format. */
export function writeAnthropicError(error: UpstreamError, status: number): ErrorReply {
	const told = error.message === "" ? `The account has answered with the status ${status}.` : error.message;
	if (isTooLong(error, status)) {
		return errorReply(400, "invalid_request_error", told.startsWith(tooLong) ? told : `${tooLong}: ${told}`);
	}
	const known = anthropicStatus(error, status);
	const type = typesByStatus.get(known) ?? (known < 500 ? "invalid_request_error" : "api_error");
	return errorReply(known, type, told);
}

function errorReply(status: number, type: WrittenType, message: string): ErrorReply {
	const body: Omit<ErrorResponse, "error"> & { readonly error: { type: WrittenType; message: string } } = {
		type: "error",
		error: { type, message },
		request_id: null,
	};
	return { status, body };
}

function isTooLong({ codes, message }: UpstreamError, status: number): boolean {
	if (codes.includes("context_length_exceeded")) return true;
	return [400, 413, 422].includes(status) && ofLength.test(message);
}

/** Anthropic has a status of its own for accounts that are overloaded, and another for those that are out of money. */
function anthropicStatus({ codes }: UpstreamError, status: number): number {
	const implied = impliedStatus(codes);
	if (implied === 402 || codes.includes("insufficient_quota")) return 402;
	const known = status >= 400 ? status : (implied ?? 500);
	return known === 503 || implied === 529 ? 529 : known;
}
