import assert from "node:assert/strict";
import { anthropicTranslation } from "../../../../src/formats/anthropic/translation.ts";
import type { Conversation, Seal } from "../../../../src/formats/conversation.ts";
import type { FinishReason, PartHead, ReplyEvent } from "../../../../src/formats/replyEvents.ts";
import { openSeal, sealText } from "../../../../src/formats/seals.ts";
import { EventReader } from "../../../../src/formats/sse.ts";
import { assertShape } from "../../../support/sdkShapes.ts";
import { collected, writerContext } from "./replies.ts";

type Good = Exclude<ReplyEvent, { kind: "error" }>;

const part = (head: PartHead, text: string, seal?: Seal): readonly Good[] => [
	{ kind: "open", candidate: 0, part: head },
	...(text === "" ? [] : [{ kind: "delta", candidate: 0, text } as const]),
	{ kind: "close", candidate: 0, ...(seal && { seal }) },
];
const finish = (reason: FinishReason, more: { stopSequence?: string; detail?: string } = {}): Good => ({
	kind: "finish",
	candidate: 0,
	reason,
	...more,
});
const begin: Good = { kind: "begin", id: "upstream" };
const end: Good = { kind: "end" };
const codex: Seal = { maker: "codex", value: { id: "rs_1", encrypted_content: "abc" } };

/** The events that a client gets; each has the shape of the SDK's types, and its name in front of it. */
function streamed(events: readonly Good[], told: Partial<Conversation> = {}, body?: object): readonly object[] {
	const writer = anthropicTranslation.streamWriter(writerContext(told, body));
	const text = events.map((event) => writer.push(event)).join("");
	return new EventReader().push(Buffer.from(text)).map(({ name, data }) => {
		const event = JSON.parse(data);
		assertShape("anthropic.event", event);
		assert.equal(event.type, name);
		return event;
	});
}

function whole(events: readonly Good[], told: Partial<Conversation> = {}, body?: object) {
	const message = anthropicTranslation.writeReply(collected(events), writerContext(told, body));
	assertShape("anthropic.reply", message);
	return JSON.parse(JSON.stringify(message));
}

interface Json {
	readonly [name: string]: unknown;
}

/** What the events of a stream come to. */
function summed(events: readonly object[]) {
	const blocks: Record<string, unknown>[] = [];
	let last: Json = {};
	for (const event of events) {
		const { content_block: opened, delta = {} }: { content_block?: Json; delta?: Json } = event;
		if (opened !== undefined) blocks.push({ ...opened });
		else if ("stop_reason" in delta) last = delta;
		const block = blocks.at(-1);
		const { type: _, citation, partial_json, ...pieces } = delta;
		if (block === undefined || last === delta) continue;
		for (const [name, piece] of Object.entries(pieces)) block[name] = `${block[name]}${piece}`;
		if (citation !== undefined) {
			block["citations"] = [...(Array.isArray(block["citations"]) ? block["citations"] : []), citation];
		}
		if (partial_json !== undefined) block["input"] = JSON.parse(`${partial_json}`);
	}
	return { content: blocks, ...last };
}

describe("a reply to an Anthropic client", () => {
	it("has exactly the events of Anthropic's stream, in their order", () => {
		const events = streamed([
			begin,
			...part({ kind: "reasoning" }, "Hm", codex),
			...part({ kind: "text" }, "Hi"),
			...part({ kind: "toolCall", id: "call_1", name: "f", free: false }, '{"a":1}'),
			finish("toolCalls"),
			{ kind: "usage", usage: { input: 100, output: 30, cached: 60, cacheWritten: 10, reasoning: 20 } },
			end,
		]);
		const index = (place: number, type: string, more: object = {}) => ({ type, index: place, ...more });
		assert.deepEqual(events, [
			{
				type: "message_start",
				message: {
					id: "msg_1a",
					type: "message",
					role: "assistant",
					model: "my-model",
					content: [],
					container: null,
					diagnostics: null,
					stop_reason: null,
					stop_sequence: null,
					stop_details: null,
					usage: {
						input_tokens: 0,
						cache_creation_input_tokens: 0,
						cache_read_input_tokens: 0,
						output_tokens: 0,
						output_tokens_details: null,
						server_tool_use: null,
						cache_creation: null,
						inference_geo: null,
						service_tier: null,
						speed: null,
					},
				},
			},
			index(0, "content_block_start", { content_block: { type: "thinking", thinking: "", signature: "" } }),
			index(0, "content_block_delta", { delta: { type: "thinking_delta", thinking: "Hm" } }),
			index(0, "content_block_delta", { delta: { type: "signature_delta", signature: sealText(codex) } }),
			index(0, "content_block_stop"),
			index(1, "content_block_start", { content_block: { type: "text", text: "", citations: null } }),
			index(1, "content_block_delta", { delta: { type: "text_delta", text: "Hi" } }),
			index(1, "content_block_stop"),
			index(2, "content_block_start", {
				content_block: { type: "tool_use", id: "call_1", name: "f", input: {}, caller: { type: "direct" } },
			}),
			index(2, "content_block_delta", { delta: { type: "input_json_delta", partial_json: '{"a":1}' } }),
			index(2, "content_block_stop"),
			{
				type: "message_delta",
				delta: { container: null, stop_reason: "tool_use", stop_sequence: null, stop_details: null },
				usage: {
					input_tokens: 30,
					cache_creation_input_tokens: 10,
					cache_read_input_tokens: 60,
					output_tokens: 30,
					output_tokens_details: { thinking_tokens: 20 },
					server_tool_use: null,
				},
			},
			{ type: "message_stop" },
		]);
	});

	it("is whole with the same content", () => {
		const message = whole([
			begin,
			...part({ kind: "text" }, "Hi"),
			finish("stop"),
			{ kind: "usage", usage: { input: 100, output: 30, cached: 60, cacheWritten: null, reasoning: null } },
		]);
		assert.deepEqual(message.content, [{ type: "text", text: "Hi", citations: null }]);
		assert.equal(message.id, "msg_1a");
		assert.equal(message.model, "my-model");
		assert.equal(message.stop_reason, "end_turn");
		assert.deepEqual([message.usage.input_tokens, message.usage.cache_read_input_tokens], [40, 60]);
	});

	it("is the same streamed and whole, whatever it holds", () => {
		const own: Seal = { maker: "anthropic", value: { type: "redacted_thinking", data: "xyz" } };
		const cases: readonly (readonly Good[])[] = [
			part({ kind: "reasoning" }, "Hm"),
			part({ kind: "reasoning" }, "", codex),
			part({ kind: "reasoning" }, "", own),
			part({ kind: "reasoning" }, ""),
			part({ kind: "text" }, ""),
			part({ kind: "refusal" }, "No"),
			part({ kind: "toolCall", id: "functions.f:0", name: "f", free: true }, "*** x"),
			part({ kind: "toolCall", id: "c", name: "f", free: false }, ""),
			part({ kind: "image", mediaType: "image/png", data: "aGk=" }, ""),
			[
				{ kind: "open", candidate: 0, part: { kind: "text" } },
				{ kind: "delta", candidate: 0, text: "T" },
				{ kind: "citation", candidate: 0, citation: { url: "https://a", title: "A", quote: "q" } },
				{ kind: "citation", candidate: 0, citation: { document: 2 } },
				{ kind: "citation", candidate: 0, citation: { quote: "of nothing" } },
				{ kind: "close", candidate: 0 },
			],
		];
		for (const parts of cases) {
			for (const told of [{}, { reasoning: { shown: "no" } } as const]) {
				const events: readonly Good[] = [begin, ...parts, finish("stop"), end];
				const { content, stop_reason, stop_sequence, stop_details } = whole(events, told);
				assert.deepEqual(summed(streamed(events, told)), {
					content,
					container: null,
					stop_reason,
					stop_sequence,
					stop_details,
				});
			}
		}
	});

	it("marks thinking that nobody has sealed as none of Anthropic's", () => {
		const [block] = whole([begin, ...part({ kind: "reasoning" }, "Hm"), finish("stop")]).content;
		assert.equal(block.type, "thinking");
		assert.equal(block.thinking, "Hm");
		assert.notEqual(openSeal(block.signature), null);
	});

	it("has no words of thinking for who has asked for none", () => {
		const { content } = whole([begin, ...part({ kind: "reasoning" }, "Hm", codex), finish("stop")], {
			reasoning: { shown: "no" },
		});
		assert.deepEqual(content, [{ type: "thinking", thinking: "", signature: sealText(codex) }]);
	});

	it("numbers each event by the block that it is about", () => {
		const sealed = [
			begin,
			...part({ kind: "text" }, "Hi"),
			...part({ kind: "reasoning" }, "", codex),
			finish("stop"),
			end,
		];
		const indexes = streamed(sealed, { reasoning: { shown: "no" } }).flatMap((event) =>
			"index" in event ? [event.index] : [],
		);
		assert.deepEqual(indexes, [0, 0, 0, 1, 1, 1]);
	});

	it("holds seals without words as redacted thinking", () => {
		const { content } = whole([begin, ...part({ kind: "reasoning" }, "", codex), finish("stop")]);
		assert.deepEqual(content, [{ type: "redacted_thinking", data: sealText(codex) }]);
	});

	it("tells a client with a budget by an empty block that nobody has thought before the first call", () => {
		const call = (id: string) => part({ kind: "toolCall", id, name: "f", free: false }, "{}");
		const rest = [...call("c1"), ...call("c2"), finish("toolCalls"), end];
		const types = (all: readonly Good[], type: string) => {
			const body = { thinking: { type, budget_tokens: 2048 } };
			const { content } = whole(all, {}, body);
			assert.deepEqual(summed(streamed(all, {}, body)).content, content);
			return content.map((block: Json) => block["type"]);
		};
		const said = part({ kind: "text" }, "Hm");
		const empty = part({ kind: "reasoning" }, "");
		const marked = ["text", "redacted_thinking", "tool_use", "tool_use"];
		assert.deepEqual(types([begin, ...empty, ...said, ...rest], "enabled"), marked);
		assert.deepEqual(types([begin, ...said, ...rest], "adaptive"), ["text", "tool_use", "tool_use"]);
		assert.deepEqual(types([begin, ...said, finish("stop"), end], "enabled"), ["text"]);
		const thought = [begin, ...part({ kind: "reasoning" }, "Hm"), ...rest];
		assert.deepEqual(types(thought, "enabled"), ["thinking", "tool_use", "tool_use"]);
		const sealed = [begin, ...part({ kind: "reasoning" }, "", codex), ...rest];
		assert.deepEqual(types(sealed, "enabled"), ["redacted_thinking", "tool_use", "tool_use"]);
	});

	it("makes ids that could come back to Anthropic itself", () => {
		const { content } = whole([
			begin,
			...part({ kind: "toolCall", id: "functions.f:0", name: "f", free: false }, "{}"),
			finish("toolCalls"),
		]);
		assert.match(content[0].id, /^[a-zA-Z0-9_-]+$/);
	});

	it("ends for every reason", () => {
		const reasons: Readonly<Record<FinishReason, string>> = {
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
		for (const [reason, told] of Object.entries(reasons)) {
			assert.equal(whole([begin, finish(reason as FinishReason)]).stop_reason, told);
		}
		assert.equal(whole([begin, finish("stopSequence", { stopSequence: "END" })]).stop_sequence, "END");
		assert.deepEqual(whole([begin, finish("contentFilter", { detail: "SAFETY" })]).stop_details, {
			type: "refusal",
			category: null,
			explanation: "SAFETY",
		});
		assert.equal(whole([begin, ...part({ kind: "refusal" }, "No"), finish("stop")]).stop_reason, "refusal");
	});

	it("is the first of several candidates", () => {
		const other: readonly Good[] = part({ kind: "text" }, "Other").map((event) =>
			"candidate" in event ? { ...event, candidate: 1 } : event,
		);
		const events = streamed([begin, ...other, ...part({ kind: "text" }, "Hi"), finish("stop"), end]);
		assert.doesNotMatch(JSON.stringify(events), /Other/);
	});

	it("shows life and failure as Anthropic does", () => {
		const writer = anthropicTranslation.streamWriter(writerContext());
		const [ping] = new EventReader().push(Buffer.from(writer.heartbeat));
		assert.deepEqual(ping, { name: "ping", data: '{"type": "ping"}' });
		const [failed] = new EventReader().push(Buffer.from(writer.fail({ kind: "upstreamFailed", message: "Gone" })));
		assert.equal(failed?.name, "error");
		assert.deepEqual(JSON.parse(failed?.data ?? ""), {
			type: "error",
			error: { type: "api_error", message: "Gone" },
			request_id: null,
		});
	});
});
