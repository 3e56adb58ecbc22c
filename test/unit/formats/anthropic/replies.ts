import { toolNameRules } from "../../../../src/formats/anthropic/tools.ts";
import { anthropicTranslation } from "../../../../src/formats/anthropic/translation.ts";
import type { Conversation } from "../../../../src/formats/conversation.ts";
import { ReplyCollector } from "../../../../src/formats/replyCollector.ts";
import type { Reply, ReplyEvent } from "../../../../src/formats/replyEvents.ts";
import { EventReader } from "../../../../src/formats/sse.ts";
import { ToolNames } from "../../../../src/formats/toolNames.ts";
import type { ReaderContext, WriterContext } from "../../../../src/formats/translation.ts";
import { conversation } from "./conversations.ts";

export function readerContext(told: Partial<Conversation> = {}): ReaderContext {
	const asked = conversation(told);
	return { conversation: asked, names: new ToolNames(asked, toolNameRules) };
}

export function writerContext(told: Partial<Conversation> = {}, body: object = {}): WriterContext {
	return { model: "my-model", conversation: conversation(told), body, id: "1a", createdAt: 1_700_000_000 };
}

interface StreamEvent {
	readonly type: string;
	readonly [member: string]: unknown;
}

/** The stream as Anthropic sends it. */
export function streamOf(events: readonly StreamEvent[]): string {
	return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

/** What is read of a stream that comes in these chunks. */
export function readStream(chunks: readonly Buffer[], context = readerContext()): readonly ReplyEvent[] {
	const sse = new EventReader();
	const reader = anthropicTranslation.streamReader(context);
	const events = [...chunks.flatMap((chunk) => sse.push(chunk)), ...sse.end()];
	return [...events.flatMap(({ name, data }) => reader.push(name, data)), ...reader.end()];
}

export function collected(events: readonly ReplyEvent[]): Reply {
	const collector = new ReplyCollector();
	for (const event of events) if (event.kind !== "end" && event.kind !== "error") collector.push(event);
	return collector.reply;
}
