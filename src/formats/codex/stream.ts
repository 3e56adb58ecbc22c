import { hasError, readErrorEvent } from "../errorReading.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import type { Problem } from "../problem.ts";
import { isVoid, saysSomething } from "../saying.ts";
import type { StreamRules } from "../stream.ts";
import type { EventSign } from "../upstreamError.ts";
import { codexError, readCodexError } from "./errors.ts";
import { codexStreamUsage } from "./usage.ts";

type Event = Readonly<Record<string, unknown>>;

const opening: EventSign = { kind: "opening" };
const content: EventSign = { kind: "content" };

/** Members that are no part of the answer: padding against eavesdroppers, details of each token. */
const silent = ["obfuscation", "logprobs", "call_id", "response_id"];

/** Events that tell of the reply, not of its content. */
const openings: ReadonlySet<string> = new Set([
	"response.created",
	"response.queued",
	"response.in_progress",
	"response.metadata",
	"response.ping",
	"codex.rate_limits",
	"codex.response.metadata",
	"keepalive",
	"ping",
]);
const ends: ReadonlySet<string> = new Set(["response.completed", "response.incomplete", "response.done"]);
const items: ReadonlySet<string> = new Set(["response.output_item.added", "response.output_item.done"]);

/** Responses. */
export const codexStream: StreamRules = {
	sign: (name, data) => {
		const event = parseJson(data);
		const named = isRecord(event) ? event["type"] : undefined;
		const type = typeof named === "string" ? named : name;
		if (type === "error" || name === "error" || hasError(event)) {
			return { kind: "error", error: readErrorEvent(event ?? data) };
		}
		if (isVoid(data)) return opening;
		return isRecord(event) ? signOf(type, event) : content;
	},
	errorEvent: (problem) => `${eventText(flatError(problem))}${eventText(failedResponse(problem))}`,
	usage: codexStreamUsage,
};

function signOf(type: string, event: Event): EventSign {
	const { response } = event;
	const isFailed = isRecord(response) && response["status"] === "failed";
	if (type === "response.failed" || (isFailed && ends.has(type))) {
		return { kind: "error", error: readErrorEvent(response) };
	}
	if (ends.has(type)) return { kind: "end" };
	if (openings.has(type)) return opening;
	if (items.has(type)) return signOfItem(event["item"]);
	// What has a type is an event that is not known here, even where it has a message.
	const error = type === "" ? readCodexError(event) : null;
	return error === null ? saysOrNot(event) : { kind: "error", error };
}

/** A message and reasoning begin empty; any other item is a call of something. */
function signOfItem(item: unknown): EventSign {
	if (!isRecord(item) || (item["type"] !== "message" && item["type"] !== "reasoning")) return content;
	return saysOrNot([item["content"], item["summary"]]);
}

function saysOrNot(part: unknown): EventSign {
	return saysSomething(part, silent) ? content : opening;
}

function eventText(event: { readonly type: string }): string {
	return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/**
 * The event at which the OpenAI SDK throws. Its published shape is flat, the one on the wire has `error`. How many events came
 * before is not known here, and no reader counts on an error's number.
 */
function flatError(problem: Problem) {
	const { code, message } = failureOf(problem);
	return {
		type: "error",
		sequence_number: 0,
		code,
		message,
		param: null,
		error: { type: code, code, message, param: null },
	};
}

/** The event that Codex reads: it passes over `error`, and would say no more than that the stream was closed. */
function failedResponse(problem: Problem) {
	const { code, message } = failureOf(problem);
	const response = {
		id: "resp_unfinished",
		object: "response",
		created_at: Math.floor(Date.now() / 1000),
		status: "failed",
		error: { code, message },
		incomplete_details: null,
		output: [],
	};
	return { type: "response.failed", sequence_number: 1, response };
}

/** Responses has codes for every error; Codex tries again at `server_error`. */
export function failureOf(problem: Problem): { readonly code: string; readonly message: string } {
	const { error } = codexError(problem);
	return { code: error.code ?? error.type, message: error.message };
}
