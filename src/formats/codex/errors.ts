import { readErrorBody, readErrorEvent } from "../errorReading.ts";
import { impliedStatus } from "../impliedStatus.ts";
import { isRecord } from "../modelList.ts";
import type { ErrorReply } from "../translation.ts";
import type { UpstreamError } from "../upstreamError.ts";

/** Responses has the error bodies of Chat Completions. */
export { openaiError as codexError } from "../openai/errors.ts";

/** A response that failed, as a whole reply, may have no more than its status to say so. */
export function readCodexError(body: unknown, now = Date.now()): UpstreamError | null {
	const isFailed = isRecord(body) && body["object"] === "response" && body["status"] === "failed";
	return isFailed ? readErrorEvent(body, now) : readErrorBody(body, now);
}

/** What Codex and the SDK look at. Where there is nothing for a status, the account's own code stays. */
const codesByStatus: Readonly<Record<number, string>> = {
	401: "invalid_api_key",
	429: "rate_limit_exceeded",
	500: "server_error",
	503: "server_is_overloaded",
};
const ofLength =
	/context[ _](?:length|window)|(?:prompt|input|request) is too long|maximum (?:number of tokens|prompt length)|too many (?:input )?tokens/i;

/** An error of an account of another format. */
export function writeCodexError(error: UpstreamError, status: number): ErrorReply {
	const { codes, message } = error;
	const told = message === "" ? `The account has answered with the status ${status}.` : message;
	// At this code Codex makes the conversation shorter by itself.
	if (isTooLong(error, status)) return errorReply(400, "invalid_request_error", "context_length_exceeded", told);
	const implied = impliedStatus(codes);
	if (status === 402 || implied === 402 || codes.includes("insufficient_quota")) {
		return errorReply(429, "insufficient_quota", "insufficient_quota", told);
	}
	const known = status >= 400 ? status : (implied ?? 500);
	const shown = known === 529 || implied === 529 ? 503 : known;
	const isModel = codes.some((code) => code.startsWith("model_not_")) || (shown === 404 && /\bmodels?\b/i.test(told));
	const code = isModel ? "model_not_found" : (codesByStatus[shown] ?? codes[0] ?? null);
	return errorReply(shown, typeOf(shown), code, told);
}

function errorReply(status: number, type: string, code: string | null, message: string): ErrorReply {
	return { status, body: { error: { message, type, param: null, code } } };
}

function typeOf(status: number): string {
	if (status === 429) return "rate_limit_error";
	return status >= 500 ? "server_error" : "invalid_request_error";
}

function isTooLong({ codes, message }: UpstreamError, status: number): boolean {
	if (codes.includes("context_length_exceeded")) return true;
	return [400, 413, 422].includes(status) && ofLength.test(message);
}
