import type {
	ContentBlock,
	Message,
	RedactedThinkingBlock,
	RefusalStopDetails,
	StopReason,
	TextCitation,
} from "@anthropic-ai/sdk/resources/messages";
import { fitCallId } from "../callIds.ts";
import type { Citation } from "../conversation.ts";
import { objectInput } from "../freeTools.ts";
import { isRecord } from "../modelList.ts";
import type { Candidate, Reply, ReplyPart } from "../replyEvents.ts";
import type { WriterContext } from "../translation.ts";
import { writeStopReason } from "./finishReasons.ts";
import { messageUsage } from "./replyUsage.ts";
import { ownBlock, shownSeal } from "./sealedBlocks.ts";

/** A whole message. */
export function writeReply({ candidates, usage }: Reply, context: WriterContext): Message {
	const [first] = candidates;
	const end = first ?? { reason: "other" as const };
	const parts = first?.parts ?? [];
	return {
		...emptyMessage(context),
		content: withThinking(
			parts.flatMap((part) => writePart(part, context)),
			context,
		),
		...writeStop(
			end,
			parts.some(({ kind }) => kind === "refusal"),
		),
		usage: messageUsage(usage),
	};
}

/** A message before anything is said. */
export function emptyMessage({ id, model }: WriterContext): Message {
	return {
		id: `msg_${id}`,
		type: "message",
		role: "assistant",
		model,
		content: [],
		container: null,
		diagnostics: null,
		stop_reason: null,
		stop_sequence: null,
		stop_details: null,
		usage: messageUsage(null),
	};
}

interface Stop {
	readonly stop_reason: StopReason;
	readonly stop_sequence: string | null;
	readonly stop_details: RefusalStopDetails | null;
}

/** @param refused whether the reply holds a refusal, which Anthropic tells by the reason alone. */
export function writeStop(end: Pick<Candidate, "reason" | "stopSequence" | "detail">, refused: boolean): Stop {
	const reason = writeStopReason(refused && end.reason === "stop" ? "refusal" : end.reason);
	const details: RefusalStopDetails = { type: "refusal", category: null, explanation: end.detail ?? null };
	return {
		stop_reason: reason,
		stop_sequence: reason === "stop_sequence" ? (end.stopSequence ?? null) : null,
		stop_details: reason === "refusal" ? details : null,
	};
}

/** Whether the client has asked not to see thinking. */
export function hidesThinking({ conversation }: WriterContext): boolean {
	return conversation.reasoning?.shown === "no";
}

/** Whether Anthropic would ask such a client for thinking before the first call of the reply, once the talk goes on directly. */
export function owesThinking({ body }: WriterContext): boolean {
	const thinking = isRecord(body) ? body["thinking"] : undefined;
	return isRecord(thinking) && thinking["type"] === "enabled";
}

/** Stands before calls that nobody has thought of: on the direct way it tells that thinking with a budget has to be off. */
export function noThinking(): RedactedThinkingBlock {
	return { type: "redacted_thinking", data: shownSeal(undefined) };
}

function withThinking(blocks: ContentBlock[], context: WriterContext): ContentBlock[] {
	const call = blocks.findIndex(({ type }) => type === "tool_use");
	const isThought = blocks.slice(0, call).some(({ type }) => type === "thinking" || type === "redacted_thinking");
	if (call < 0 || isThought || !owesThinking(context)) return blocks;
	return blocks.toSpliced(call, 0, noThinking());
}

/** Said in the place of what Anthropic's replies cannot hold. */
export function mediaNote(kind: string, mediaType: string): string {
	return `[The reply holds ${kind === "image" ? "an image" : "audio"} (${mediaType}) that cannot be shown here.]`;
}

function writePart(part: ReplyPart, context: WriterContext): readonly ContentBlock[] {
	switch (part.kind) {
		case "text":
		case "refusal":
			return part.text === "" ? [] : [textBlock(part.text, part.citations)];
		case "reasoning":
			return writeReasoning(part, context);
		case "toolCall": {
			const input = objectInput({ kind: part.free ? "free" : "json", text: part.text });
			return [{ type: "tool_use", id: fitCallId(part.id), name: part.name, input, caller: { type: "direct" } }];
		}
		default:
			return [textBlock(mediaNote(part.kind, part.mediaType), [])];
	}
}

function textBlock(text: string, citations: readonly Citation[]): ContentBlock {
	const written = citations.flatMap(writeCitation);
	return { type: "text", text, citations: written.length === 0 ? null : written };
}

function writeReasoning({ text, seal }: ReplyPart, context: WriterContext): readonly ContentBlock[] {
	const hidden = hidesThinking(context);
	if (text === "" && seal === undefined) return [];
	const own = ownBlock(seal);
	if (own?.type === "redacted_thinking" || (own === null && text === "" && !hidden)) {
		return [{ type: "redacted_thinking", data: shownSeal(seal) }];
	}
	return [{ type: "thinking", thinking: hidden ? "" : text, signature: shownSeal(seal) }];
}

/** Of what Anthropic has, a result of a search is what others cite: a page with a title. */
export function writeCitation({ url, title, quote, document }: Citation): readonly TextCitation[] {
	const cited_text = quote ?? "";
	if (url !== undefined) {
		// Anthropic's own index is sealed; this one tells that it is none.
		const encrypted_index = shownSeal(undefined);
		return [{ type: "web_search_result_location", cited_text, encrypted_index, title: title ?? null, url }];
	}
	if (document === undefined) return [];
	const at = { start_char_index: 0, end_char_index: 0, file_id: null };
	return [{ type: "char_location", cited_text, document_index: document, document_title: title ?? null, ...at }];
}
