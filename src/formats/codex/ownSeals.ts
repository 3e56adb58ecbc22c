import { isRecord } from "../modelList.ts";
import type { UpstreamError } from "../upstreamError.ts";

/** How a request without such reasoning is told at a glance. */
export const sealedReasoningMark = '"encrypted_content"';

/**
 * A request without the reasoning that accounts have encrypted in earlier turns. Only the organisation that has encrypted it
 * can read it, and another one refuses the whole request for it. Compactions stay: without them the talk would be another.
 */
export function withoutSealedReasoning(body: unknown): unknown {
	if (!isRecord(body) || !Array.isArray(body["input"])) return body;
	const input = body["input"].filter((item) => !isSealedReasoning(item));
	return input.length === body["input"].length ? body : { ...body, input };
}

/** Whether a request holds what an account has encrypted and what is not taken out of it. */
export function holdsCompaction(body: unknown): boolean {
	if (!isRecord(body) || !Array.isArray(body["input"])) return false;
	return body["input"].some((item) => isSealed(item) && !isSealedReasoning(item));
}

function isSealedReasoning(item: unknown): boolean {
	return isSealed(item) && item["type"] === "reasoning";
}

function isSealed(item: unknown): item is Readonly<Record<string, unknown>> {
	return isRecord(item) && typeof item["encrypted_content"] === "string";
}

/** Whether an account says that it cannot read what another one has encrypted. */
export function refusesSeals({ codes, message }: UpstreamError): boolean {
	return (
		codes.includes("invalid_encrypted_content") ||
		/\bencrypted content\b.*\bcould not be (?:verified|decrypted)\b/i.test(message)
	);
}
