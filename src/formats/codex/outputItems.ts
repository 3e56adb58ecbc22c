import type {
	ResponseCustomToolCallItem,
	ResponseFunctionToolCallItem,
	ResponseOutputItem,
	ResponseOutputMessage,
	ResponseOutputRefusal,
	ResponseOutputText,
	ResponseReasoningItem,
} from "openai/resources/responses/responses";
import type { Citation, Seal } from "../conversation.ts";
import { isRecord } from "../modelList.ts";
import type { PartHead, TokenLogprob } from "../replyEvents.ts";
import { ownSeal, sealText } from "../seals.ts";
import { writeCitation } from "./citations.ts";
import { writeLogprob } from "./logprobs.ts";

export type OutputItem =
	| ResponseOutputMessage
	| ResponseReasoningItem
	| ResponseFunctionToolCallItem
	| ResponseCustomToolCallItem
	| ResponseOutputItem.ImageGenerationCall;
export type MessageContent = ResponseOutputText | ResponseOutputRefusal;
export type ItemStatus = "in_progress" | "completed" | "incomplete";
export type CallHead = Extract<PartHead, { kind: "toolCall" }>;
export type ImageHead = Extract<PartHead, { kind: "image" | "audio" }>;

const prefixes = { message: "msg", reasoning: "rs", call: "fc", freeCall: "ctc", image: "ig" } as const;

/** @param id of the reply, which is unique. */
export function itemId(kind: keyof typeof prefixes, id: string, index: number): string {
	return `${prefixes[kind]}_${id}_${index}`;
}

export function messageItem(id: string, content: readonly MessageContent[], status: ItemStatus): ResponseOutputMessage {
	return { id, type: "message", status, role: "assistant", content: [...content] };
}

export function outputText(
	text: string,
	citations: readonly Citation[],
	logprobs: readonly TokenLogprob[],
): ResponseOutputText {
	return {
		type: "output_text",
		text,
		annotations: citations.flatMap((citation) => writeCitation(citation, text.length) ?? []),
		logprobs: logprobs.map(writeLogprob),
	};
}

export function refusalContent(refusal: string): ResponseOutputRefusal {
	return { type: "refusal", refusal };
}

/** What was thought is shown as a summary, which is what clients of this format show to people. */
export function reasoningItem(id: string, text: string, seal?: Seal): ResponseReasoningItem {
	return {
		id,
		type: "reasoning",
		summary: text === "" ? [] : [{ type: "summary_text", text }],
		...(seal === undefined ? {} : { encrypted_content: encryptedContent(seal) }),
	};
}

function encryptedContent(seal: Seal): string {
	const own = ownSeal(seal, "codex");
	const encrypted = isRecord(own) ? own["encrypted_content"] : undefined;
	return typeof encrypted === "string" ? encrypted : sealText(seal);
}

/** @param input all of it, or none yet. */
export function callItem(
	id: string,
	{ id: callId, name, namespace, free }: CallHead,
	input: string,
	status: ItemStatus,
): ResponseFunctionToolCallItem | ResponseCustomToolCallItem {
	const inside = namespace === undefined ? {} : { namespace };
	if (free) return { id, type: "custom_tool_call", status, call_id: callId, name, ...inside, input };
	return { id, type: "function_call", status, call_id: callId, name, ...inside, arguments: input };
}

/** A call of a function has the JSON of an object, also where the model wrote nothing. */
export function wholeInput({ free }: CallHead, input: string): string {
	return free || input.trim() !== "" ? input : "{}";
}

const imageFormats = ["png", "webp", "jpeg", "gif", "svg"] as const;

export function imageItem(id: string, { mediaType, data }: ImageHead): ResponseOutputItem.ImageGenerationCall {
	const format = imageFormats.find((known) => mediaType.startsWith(`image/${known}`));
	const told = format === undefined ? {} : { output_format: format };
	return { id, type: "image_generation_call", status: "completed", result: data, ...told };
}
