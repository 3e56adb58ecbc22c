import type { StopReason } from "@anthropic-ai/sdk/resources/messages";
import type { FinishReason } from "../replyEvents.ts";

const read: ReadonlyMap<unknown, FinishReason> = new Map<unknown, FinishReason>([
	["end_turn", "stop"],
	["max_tokens", "length"],
	["stop_sequence", "stopSequence"],
	["tool_use", "toolCalls"],
	["pause_turn", "pause"],
	// Beta: the conversation was summed up, and goes on once the client has sent the summary back.
	["compaction", "pause"],
	["refusal", "refusal"],
	["model_context_window_exceeded", "contextWindow"],
]);

const written: Readonly<Record<FinishReason, StopReason>> = {
	stop: "end_turn",
	stopSequence: "stop_sequence",
	length: "max_tokens",
	toolCalls: "tool_use",
	contentFilter: "refusal",
	refusal: "refusal",
	pause: "pause_turn",
	contextWindow: "model_context_window_exceeded",
	malformedCall: "end_turn",
	other: "end_turn",
};

/** @param hasCalls whether the reply holds calls for the client: some relays end such replies with `end_turn`. */
export function readStopReason(reason: unknown, hasCalls: boolean): FinishReason {
	const known = read.get(reason) ?? (reason === undefined || reason === null ? "stop" : "other");
	const endedWell = known === "stop" || known === "toolCalls";
	return endedWell ? (hasCalls ? "toolCalls" : "stop") : known;
}

export function writeStopReason(reason: FinishReason): StopReason {
	return written[reason];
}
