import { readErrorBody, readErrorEvent } from "../errorReading.ts";
import { isRecord } from "../modelList.ts";
import type { UpstreamError } from "../upstreamError.ts";

/** Responses has the error bodies of Chat Completions. */
export { openaiError as codexError } from "../openai/errors.ts";

/** A response that failed, as a whole reply, may have no more than its status to say so. */
export function readCodexError(body: unknown, now = Date.now()): UpstreamError | null {
	const isFailed = isRecord(body) && body["object"] === "response" && body["status"] === "failed";
	return isFailed ? readErrorEvent(body, now) : readErrorBody(body, now);
}
