import type { Reply, ReplyPart } from "../replyEvents.ts";
import type { WriterContext } from "../translation.ts";
import { refusalWords, writeFinish } from "./finishReasons.ts";
import {
	callItem,
	imageItem,
	itemId,
	type MessageContent,
	messageItem,
	type OutputItem,
	outputText,
	reasoningItem,
	refusalContent,
	wholeInput,
} from "./outputItems.ts";
import { echoedMembers, ownMembers } from "./responseBody.ts";
import { saidItems } from "./saidItems.ts";

/** A whole reply. The format has one candidate: the first. */
export function writeCodexReply({ candidates, usage }: Reply, context: WriterContext): object {
	const candidate = candidates[0] ?? { parts: [], reason: "stop" as const };
	const isRefused = candidate.parts.some(({ kind }) => kind === "refusal");
	const words = refusalWords(candidate, isRefused);
	const ending = writeFinish(candidate, isRefused || words !== null);
	const parts = words === null ? candidate.parts : [...candidate.parts, refusalPart(words)];
	const output = writeItems(parts, context.id, ending.status === "incomplete");
	for (const item of output) saidItems.keep(item, context.body);
	return { ...ownMembers(context, { ending, output, usage }), ...echoedMembers(context.body) };
}

function refusalPart(text: string): ReplyPart {
	return { kind: "refusal", text, citations: [], logprobs: [] };
}

function writeItems(parts: readonly ReplyPart[], id: string, isCut: boolean): readonly OutputItem[] {
	const items: OutputItem[] = [];
	let said: MessageContent[] = [];
	const close = (isLast: boolean) => {
		const message = itemId("message", id, items.length);
		if (said.length > 0) items.push(messageItem(message, said, isLast && isCut ? "incomplete" : "completed"));
		said = [];
	};
	for (const part of parts) {
		const content = contentOf(part);
		if (content !== null) said.push(content);
		const write = itemOf(part);
		if (write === null) continue;
		close(false);
		items.push(write(id, items.length));
	}
	close(true);
	return items;
}

/** Texts and refusals that follow each other are one message. Empty ones say nothing. */
function contentOf({ kind, text, citations, logprobs }: ReplyPart): MessageContent | null {
	if (kind === "refusal") return text === "" ? null : refusalContent(text);
	if (kind !== "text") return null;
	const content = outputText(text, citations, logprobs);
	return text === "" && content.annotations.length === 0 ? null : content;
}

/** Null where the part is no item of its own, or nothing that the format can show. */
function itemOf(part: ReplyPart): ((id: string, index: number) => OutputItem) | null {
	switch (part.kind) {
		case "reasoning":
			if (part.text === "" && part.seal === undefined) return null;
			return (id, index) => reasoningItem(itemId("reasoning", id, index), part.text, part.seal);
		case "toolCall":
			return (id, index) => {
				const made = itemId(part.free ? "freeCall" : "call", id, index);
				return callItem(made, part, wholeInput(part, part.text), "completed");
			};
		case "image":
			return (id, index) => imageItem(itemId("image", id, index), part);
		default:
			return null;
	}
}
