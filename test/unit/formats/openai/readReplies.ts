import assert from "node:assert/strict";
import type { Conversation, Tool } from "../../../../src/formats/conversation.ts";
import { streamReader } from "../../../../src/formats/openai/replyReader.ts";
import { ReplyCollector } from "../../../../src/formats/replyCollector.ts";
import type { Reply, ReplyEvent } from "../../../../src/formats/replyEvents.ts";
import { EventReader } from "../../../../src/formats/sse.ts";
import { ToolNames } from "../../../../src/formats/toolNames.ts";
import type { ReaderContext } from "../../../../src/formats/translation.ts";

const tools: readonly Tool[] = [
	{ kind: "function", name: "read" },
	{ kind: "function", name: "mcp.read" },
	{ kind: "free", name: "patch" },
];

export function context(conversation: Partial<Conversation> = {}): ReaderContext {
	const whole = { stream: true, turns: [], tools, sampling: {}, stop: [], ...conversation };
	const rules = { longest: 64, refused: /[^\w-]/gu, beginsFreely: true, hasFreeTools: false, hasNamespaces: false };
	return { conversation: whole, names: new ToolNames(whole, rules) };
}

export const text = (data: readonly (object | string)[]) =>
	data.map((one) => `: comment\n\ndata: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`).join("");

export function readStream(chunks: readonly Buffer[], told = context()): readonly ReplyEvent[] {
	const sse = new EventReader();
	const reader = streamReader(told);
	const pushed = [...chunks.map((chunk) => sse.push(chunk)), sse.end()].flatMap((events) =>
		events.flatMap(({ name, data }) => [...reader.push(name, data)]),
	);
	return [...pushed, ...reader.end()];
}

export const stream = (data: readonly (object | string)[], told?: ReaderContext) =>
	readStream([Buffer.from(text(data))], told);

/** Fails where parts overlap, or the end is not the last. */
export function collected(events: readonly ReplyEvent[]): Reply {
	const collector = new ReplyCollector();
	const open = new Set<number>();
	for (const [place, event] of events.entries()) {
		assert.equal(event.kind === "end", place === events.length - 1, JSON.stringify(events));
		assert.equal(event.kind === "begin", place === 0);
		if (event.kind === "open") assert.ok(!open.has(event.candidate));
		if (event.kind === "delta") assert.ok(open.has(event.candidate));
		if (event.kind === "open") open.add(event.candidate);
		if (event.kind === "close") open.delete(event.candidate);
		if (event.kind === "finish") assert.ok(!open.has(event.candidate));
		if (event.kind !== "end" && event.kind !== "error") collector.push(event);
	}
	return collector.reply;
}

export function shown({ candidates: [candidate], usage }: Reply) {
	const parts = candidate?.parts.map((part) => {
		const head = part.kind === "toolCall" ? `${part.name}(${part.id.length > 20 ? "made" : part.id})` : part.kind;
		return `${head} ${part.text}`;
	});
	return { reason: candidate?.reason, parts, ...(usage === null ? {} : { usage }) };
}

export const chunk = (delta: object, finish_reason: string | null = null) => ({
	id: "1",
	choices: [{ index: 0, delta, finish_reason }],
});
export const called = (id: string, name: string, args: string, rest: object = {}) => ({
	tool_calls: [{ index: 0, id, type: "function", function: { name, arguments: args }, ...rest }],
});
