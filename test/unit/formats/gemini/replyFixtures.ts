import type { Conversation } from "../../../../src/formats/conversation.ts";
import { nameRules } from "../../../../src/formats/gemini/tools.ts";
import { geminiTranslation } from "../../../../src/formats/gemini/translation.ts";
import type { ReplyEvent } from "../../../../src/formats/replyEvents.ts";
import { EventReader } from "../../../../src/formats/sse.ts";
import { ToolNames } from "../../../../src/formats/toolNames.ts";
import type { ReaderContext, WriterContext } from "../../../../src/formats/translation.ts";

export const bareConversation: Conversation = { stream: true, turns: [], tools: [], sampling: {}, stop: [] };

export function readerContext(conversation: Partial<Conversation> = {}): ReaderContext {
	const whole = { ...bareConversation, ...conversation };
	return { conversation: whole, names: new ToolNames(whole, nameRules) };
}

export function writerContext(conversation: Partial<Conversation> = {}): WriterContext {
	return {
		model: "a-model",
		conversation: { ...bareConversation, ...conversation },
		body: {},
		id: "the-id",
		createdAt: 1_700_000_000,
	};
}

/** The bytes of a stream of these chunks. */
export function streamOf(...chunks: readonly object[]): Buffer {
	return Buffer.from(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join(""));
}

export function readStream(pieces: readonly Buffer[], context = readerContext()): readonly ReplyEvent[] {
	const events = new EventReader();
	const reader = geminiTranslation.streamReader(context);
	const push = (all: ReturnType<EventReader["push"]>) => all.flatMap(({ name, data }) => reader.push(name, data));
	return [...pieces.flatMap((piece) => push(events.push(piece))), ...push(events.end()), ...reader.end()];
}

/** A chunk with one candidate. */
export function chunkOf(parts: readonly object[], more: object = {}): object {
	return { candidates: [{ content: { role: "model", parts }, index: 0, ...more }], responseId: "r-1" };
}
