import type { BlockedReason, FinishReason as GeminiReason } from "@google/genai";
import type { FinishReason } from "../replyEvents.ts";

type Reason = `${GeminiReason}`;

/** Of a reply without calls; null: it says that nothing has ended. */
const meanings: Readonly<Record<Reason, FinishReason | null>> = {
	FINISH_REASON_UNSPECIFIED: null,
	STOP: "stop",
	MAX_TOKENS: "length",
	SAFETY: "contentFilter",
	RECITATION: "contentFilter",
	LANGUAGE: "other",
	OTHER: "other",
	BLOCKLIST: "contentFilter",
	PROHIBITED_CONTENT: "contentFilter",
	SPII: "contentFilter",
	MALFORMED_FUNCTION_CALL: "malformedCall",
	IMAGE_SAFETY: "contentFilter",
	UNEXPECTED_TOOL_CALL: "malformedCall",
	TOO_MANY_TOOL_CALLS: "other",
	IMAGE_PROHIBITED_CONTENT: "contentFilter",
	NO_IMAGE: "other",
	IMAGE_RECITATION: "contentFilter",
	IMAGE_OTHER: "other",
	// It goes on where its own reply is sent back to it.
	CONTINUATION: "pause",
	MALFORMED_RESPONSE: "other",
};

/** There is no word for a stop sequence that was met, nor for a call of a function: both are a stop like any other. */
const words: Readonly<Record<FinishReason, Reason>> = {
	stop: "STOP",
	stopSequence: "STOP",
	toolCalls: "STOP",
	length: "MAX_TOKENS",
	contextWindow: "MAX_TOKENS",
	contentFilter: "SAFETY",
	refusal: "SAFETY",
	// Clients take CONTINUATION as an offer of a token to go on with, which only Google can make.
	pause: "OTHER",
	malformedCall: "MALFORMED_FUNCTION_CALL",
	other: "OTHER",
};

export interface Finish {
	readonly reason: FinishReason;
	readonly detail?: string;
}

/** @returns null where nothing has ended. Reasons of a later version are `other`. */
export function readFinish(reason: unknown, message: unknown): Finish | null {
	if (typeof reason !== "string" || reason === "" || /_UNSPECIFIED$/i.test(reason)) return null;
	const name = reason.toUpperCase();
	const meaning = isKnown(name) ? meanings[name] : "other";
	if (meaning === null) return null;
	const told = typeof message === "string" && message !== "" ? message : undefined;
	const detail = told ?? (meaning === "stop" || meaning === "length" ? undefined : name);
	return { reason: meaning, ...(detail === undefined ? {} : { detail }) };
}

/** A prompt that was refused has no candidates; the reason stands beside them. @returns null where it was not. */
export function readBlock(reason: unknown, message: unknown): Finish | null {
	if (typeof reason !== "string" || reason === "" || /_UNSPECIFIED$/i.test(reason)) return null;
	const known: `${BlockedReason}` | string = reason.toUpperCase();
	const detail = typeof message === "string" && message !== "" ? message : `The prompt was blocked: ${known}.`;
	return { reason: "contentFilter", detail };
}

export function finishReason(reason: FinishReason): Reason {
	return words[reason];
}

function isKnown(name: string): name is Reason {
	return Object.hasOwn(meanings, name);
}
