import type { ChatCompletion, ChatCompletionMessage } from "openai/resources/chat/completions";
import { writeDataUrl } from "../dataUrl.ts";
import { given } from "../given.ts";
import type { Candidate, PartHead, Reply, ReplyPart } from "../replyEvents.ts";
import type { WriterContext } from "../translation.ts";
import { writeCitation } from "./annotations.ts";
import {
	type CallStyle,
	callStyle,
	finishWord,
	type ReplyImage,
	refusalWords,
	replyId,
	writeLogprobs,
} from "./replyMembers.ts";
import { writeUsage } from "./replyUsage.ts";

/** With what clients of DeepSeek, vLLM and OpenRouter read beside OpenAI's own members. */
type Message = ChatCompletionMessage & { reasoning_content?: string; images?: readonly ReplyImage[] };

/** A whole reply. */
export function writeReply({ candidates, usage }: Reply, context: WriterContext): ChatCompletion {
	const style = callStyle(context);
	return {
		id: replyId(context),
		object: "chat.completion",
		created: context.createdAt,
		model: context.model,
		choices: candidates.map((candidate) => writeChoice(candidate, style, context.createdAt)),
		...(usage === null ? {} : { usage: writeUsage(usage) }),
	};
}

function writeChoice(candidate: Candidate, style: CallStyle, createdAt: number): ChatCompletion.Choice {
	const { index, parts, reason, detail } = candidate;
	const hasRefusal = parts.some(({ kind }) => kind === "refusal");
	const words = refusalWords(reason, detail, hasRefusal);
	const message = writeMessage(parts, style, createdAt);
	return {
		index,
		message: words === null ? message : { ...message, refusal: words },
		logprobs: choiceLogprobs(parts),
		finish_reason: finishWord(reason, style, hasRefusal || words !== null),
	};
}

function writeMessage(parts: readonly ReplyPart[], style: CallStyle, createdAt: number): Message {
	const { content, annotations } = spoken(parts);
	const calls = parts.filter((part) => part.kind === "toolCall");
	const [call] = calls;
	const media = parts.filter(isMedia);
	const images = media.filter(({ kind }) => kind === "image").map(imageOf);
	const audio = media.find(({ kind }) => kind === "audio");
	const voice = { id: "audio_0", data: audio?.data ?? "", expires_at: createdAt, transcript: "" };
	return {
		role: "assistant",
		content,
		refusal: joined(parts, "refusal"),
		...given({
			reasoning_content: joined(parts, "reasoning") ?? undefined,
			annotations: annotations.length === 0 ? undefined : annotations,
			tool_calls: style === "tools" && calls.length > 0 ? calls.map(writeCall) : undefined,
			function_call:
				style === "functions" && call !== undefined ? { name: call.name, arguments: call.text || "{}" } : undefined,
			images: images.length === 0 ? undefined : images,
			audio: audio === undefined ? undefined : voice,
		}),
	};
}

/** Texts that others stand between are set apart; those side by side go on. */
function spoken(parts: readonly ReplyPart[]) {
	let content: string | null = null;
	const annotations: ChatCompletionMessage.Annotation[] = [];
	for (const [place, { kind, text, citations }] of parts.entries()) {
		if (kind !== "text") continue;
		const isApart = content !== null && content !== "" && parts[place - 1]?.kind !== "text";
		const before: string = `${content ?? ""}${isApart ? "\n\n" : ""}`;
		content = before + text;
		for (const citation of citations) annotations.push(...writeCitation(citation, before.length, content.length));
	}
	return { content, annotations };
}

function joined(parts: readonly ReplyPart[], kind: "refusal" | "reasoning"): string | null {
	const texts = parts.filter((part) => part.kind === kind).map(({ text }) => text);
	return texts.length === 0 ? null : texts.join("");
}

function writeCall({ id, name, free, text }: Extract<ReplyPart, { kind: "toolCall" }>) {
	if (free) return { id, type: "custom" as const, custom: { name, input: text } };
	return { id, type: "function" as const, function: { name, arguments: text || "{}" } };
}

type Media = Extract<PartHead, { kind: "image" | "audio" }>;

function isMedia(part: ReplyPart): part is ReplyPart & Media {
	return part.kind === "image" || part.kind === "audio";
}

function imageOf(image: Media): ReplyImage {
	return { type: "image_url", image_url: { url: writeDataUrl(image) } };
}

function choiceLogprobs(parts: readonly ReplyPart[]): ChatCompletion.Choice["logprobs"] {
	const of = (kind: "text" | "refusal") => {
		const tokens = parts.filter((part) => part.kind === kind).flatMap(({ logprobs }) => logprobs);
		return tokens.length === 0 ? null : writeLogprobs(tokens);
	};
	const content = of("text");
	const refusal = of("refusal");
	return content === null && refusal === null ? null : { content, refusal };
}
