import assert from "node:assert/strict";
import { anthropicTranslation } from "../../../../src/formats/anthropic/translation.ts";
import { collected, readerContext, readStream, streamOf } from "./replies.ts";

const usage = { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 5, output_tokens: 1 };
const start = { type: "message_start", message: { id: "msg_1", type: "message", content: [], usage } };
const open = (index: number, content_block: object) => ({ type: "content_block_start", index, content_block });
const delta = (index: number, piece: object) => ({ type: "content_block_delta", index, delta: piece });
const close = (index: number) => ({ type: "content_block_stop", index });
const ended = (stop_reason: string, more: object = {}) => ({
	type: "message_delta",
	delta: { stop_reason, stop_sequence: null, ...more },
	usage: { output_tokens: 20 },
});
const stop = { type: "message_stop" };

const whole = [
	start,
	{ type: "ping" },
	open(0, { type: "thinking", thinking: "", signature: "" }),
	delta(0, { type: "thinking_delta", thinking: "Grüß " }),
	delta(0, { type: "thinking_delta", thinking: "🙂" }),
	delta(0, { type: "signature_delta", signature: "sig" }),
	close(0),
	open(1, { type: "redacted_thinking", data: "xyz" }),
	close(1),
	open(2, { type: "text", text: "" }),
	delta(2, { type: "text_delta", text: "Ich schaue " }),
	delta(2, { type: "citations_delta", citation: { type: "page_location", document_index: 0, cited_text: "q" } }),
	delta(2, { type: "text_delta", text: "nach." }),
	close(2),
	open(3, { type: "server_tool_use", id: "s", name: "web_search", input: {} }),
	delta(3, { type: "input_json_delta", partial_json: '{"query":"x"}' }),
	close(3),
	open(4, { type: "web_search_tool_result", tool_use_id: "s", content: [] }),
	close(4),
	open(5, { type: "tool_use", id: "toolu_1", name: "read_file", input: {} }),
	delta(5, { type: "input_json_delta", partial_json: "" }),
	delta(5, { type: "input_json_delta", partial_json: '{"path":' }),
	delta(5, { type: "input_json_delta", partial_json: '"ä"}' }),
	close(5),
	open(6, { type: "tool_use", id: "toolu_2", name: "patch", input: {} }),
	delta(6, { type: "input_json_delta", partial_json: '{"input":"*** ' }),
	delta(6, { type: "input_json_delta", partial_json: 'x"}' }),
	close(6),
	open(7, { type: "tool_use", id: "toolu_3", name: "now", input: {} }),
	close(7),
	ended("tool_use"),
	stop,
];
const context = () =>
	readerContext({
		tools: [
			{ kind: "function", name: "read.file" },
			{ kind: "free", name: "patch" },
		],
	});
const bare = { citations: [], logprobs: [] };
const seal = (value: object) => ({ maker: "anthropic", value }) as const;
const reply = {
	id: "msg_1",
	candidates: [
		{
			index: 0,
			reason: "toolCalls",
			parts: [
				{
					kind: "reasoning",
					text: "Grüß 🙂",
					seal: seal({ type: "thinking", thinking: "Grüß 🙂", signature: "sig" }),
					...bare,
				},
				{ kind: "reasoning", text: "", seal: seal({ type: "redacted_thinking", data: "xyz" }), ...bare },
				{ kind: "text", text: "Ich schaue nach.", ...bare, citations: [{ document: 0, quote: "q" }] },
				{ kind: "toolCall", id: "toolu_1", name: "read.file", free: false, text: '{"path":"ä"}', ...bare },
				{ kind: "toolCall", id: "toolu_2", name: "patch", free: true, text: "*** x", ...bare },
				{ kind: "toolCall", id: "toolu_3", name: "now", free: false, text: "{}", ...bare },
			],
		},
	],
	usage: { input: 115, output: 20, cached: 100, cacheWritten: 5, reasoning: null },
};

describe("a stream of Anthropic's", () => {
	it("is read the same wherever it is cut", () => {
		const bytes = Buffer.from(streamOf(whole));
		for (let cut = 0; cut <= bytes.length; cut += 1) {
			const events = readStream([bytes.subarray(0, cut), bytes.subarray(cut)], context());
			assert.deepEqual(collected(events), reply, `cut at ${cut}`);
			assert.equal(events.at(-1)?.kind, "end");
		}
		const single = Array.from(bytes, (byte) => Buffer.of(byte));
		assert.deepEqual(collected(readStream(single, context())), reply);
	});

	it("has no end where it stops before its own", () => {
		for (let count = 0; count < whole.length - 2; count += 1) {
			const events = readStream([Buffer.from(streamOf(whole.slice(0, count)))], context());
			assert.ok(!events.some(({ kind }) => kind === "end" || kind === "finish"), `after ${count} events`);
		}
	});

	it("has ended where it says why, even if a relay forgets the last event", () => {
		const events = readStream([Buffer.from(streamOf(whole.slice(0, -1)))], context());
		assert.deepEqual(collected(events), reply);
		assert.equal(events.at(-1)?.kind, "end");
	});

	it("tells the pieces as they come", () => {
		const [begin, tokens, opened, first, ...rest] = readStream([
			Buffer.from(streamOf([start, open(0, { type: "text", text: "" }), delta(0, { type: "text_delta", text: "Hi" })])),
		]);
		assert.deepEqual(begin, { kind: "begin", id: "msg_1" });
		assert.equal(tokens?.kind, "usage");
		assert.deepEqual(opened, { kind: "open", candidate: 0, part: { kind: "text" } });
		assert.deepEqual(first, { kind: "delta", candidate: 0, text: "Hi" });
		assert.deepEqual(rest, []);
	});

	it("may hold an error, after which nothing is read", () => {
		const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
		const events = readStream([Buffer.from(streamOf([start, error, stop]))]);
		const last = events.at(-1);
		assert.ok(last?.kind === "error");
		assert.deepEqual([last.error.message, last.error.codes], ["Overloaded", ["overloaded_error"]]);
	});

	it("is understood where relays leave things out", () => {
		const bareText = [
			delta(0, { type: "text_delta", text: "Hi" }),
			open(1, { type: "tool_use", name: "f", input: { a: 1 } }),
			{ type: "message_stop" },
		];
		const { candidates } = collected(readStream([Buffer.from(streamOf(bareText))]));
		const [text, call] = candidates[0]?.parts ?? [];
		assert.equal(text?.text, "Hi");
		assert.ok(call?.kind === "toolCall");
		assert.match(call.id, /^call_[0-9a-f]{32}$/);
		assert.equal(call.text, '{"a":1}');
		assert.equal(candidates[0]?.reason, "toolCalls");
	});

	it("is understood where it is one whole message", () => {
		const message = { type: "message", id: "m", content: [{ type: "text", text: "Hi" }], stop_reason: "end_turn" };
		const events = readStream([Buffer.from(`data: ${JSON.stringify(message)}\n\n`)]);
		assert.equal(collected(events).candidates[0]?.parts[0]?.text, "Hi");
		assert.equal(events.at(-1)?.kind, "end");
	});

	it("holds no text that stays empty", () => {
		const events = readStream([
			Buffer.from(streamOf([start, open(0, { type: "text", text: "" }), close(0), ended("end_turn"), stop])),
		]);
		assert.deepEqual(collected(events).candidates[0]?.parts, []);
	});

	it("ends for every reason", () => {
		const reasons: readonly (readonly [told: string, read: string])[] = [
			["end_turn", "stop"],
			["max_tokens", "length"],
			["pause_turn", "pause"],
			["refusal", "refusal"],
			["model_context_window_exceeded", "contextWindow"],
			["tool_use", "stop"],
			["something_new", "other"],
		];
		for (const [told, read] of reasons) {
			const events = readStream([Buffer.from(streamOf([start, ended(told), stop]))]);
			assert.equal(collected(events).candidates[0]?.reason, read, told);
		}
	});

	it("tells which stop sequence it met, and why it refused", () => {
		const met = readStream([Buffer.from(streamOf([start, ended("stop_sequence", { stop_sequence: "END" }), stop]))]);
		assert.deepEqual(collected(met).candidates[0], {
			index: 0,
			parts: [],
			reason: "stopSequence",
			stopSequence: "END",
		});
		const stop_details = { type: "refusal", category: "cyber", explanation: "Too risky" };
		const refused = readStream([Buffer.from(streamOf([start, ended("refusal", { stop_details }), stop]))]);
		assert.equal(collected(refused).candidates[0]?.detail, "Too risky");
	});

	describe("counts tokens", () => {
		const counted = (first: object, usage: object) =>
			collected(
				readStream([
					Buffer.from(
						streamOf([
							{ ...start, message: { ...start.message, usage: first } },
							{ ...ended("end_turn"), ...{ usage } },
							stop,
						]),
					),
				]),
			).usage;

		it("with what came from a cache and went into it", () => {
			const output_tokens_details = { thinking_tokens: 4 };
			assert.deepEqual(counted(usage, { output_tokens: 9, output_tokens_details }), {
				input: 115,
				output: 9,
				cached: 100,
				cacheWritten: 5,
				reasoning: 4,
			});
		});

		it("as the end corrects them", () => {
			const last = { input_tokens: 12, cache_read_input_tokens: 90, cache_creation_input_tokens: 0, output_tokens: 9 };
			assert.deepEqual(counted(usage, last), { input: 102, output: 9, cached: 90, cacheWritten: 0, reasoning: null });
		});

		it("whole where the end repeats a part of them", () => {
			assert.equal(counted(usage, { input_tokens: 10, output_tokens: 9 })?.input, 115);
			assert.equal(counted({ input_tokens: 0, output_tokens: 0 }, { input_tokens: 50, output_tokens: 9 })?.input, 50);
		});
	});
});

describe("a whole message of Anthropic's", () => {
	const message = {
		id: "msg_1",
		type: "message",
		role: "assistant",
		model: "m",
		content: [
			{ type: "thinking", thinking: "Grüß 🙂", signature: "sig" },
			{ type: "redacted_thinking", data: "xyz" },
			{
				type: "text",
				text: "Ich schaue nach.",
				citations: [{ type: "page_location", document_index: 0, cited_text: "q" }],
			},
			{ type: "server_tool_use", id: "s", name: "web_search", input: {} },
			{ type: "tool_use", id: "toolu_1", name: "read_file", input: { path: "ä" } },
			{ type: "tool_use", id: "toolu_2", name: "patch", input: { input: "*** x" } },
			{ type: "tool_use", id: "toolu_3", name: "now", input: {} },
		],
		stop_reason: "tool_use",
		stop_sequence: null,
		usage: { ...usage, output_tokens: 20 },
	};

	it("is read as its stream is", () => {
		const events = anthropicTranslation.readReply(message, context());
		assert.deepEqual(collected(events), reply);
		assert.equal(events.at(-1)?.kind, "end");
	});

	it("may be an error, or nothing of the kind", () => {
		const error = { type: "error", error: { type: "api_error", message: "Broken" } };
		assert.deepEqual(
			anthropicTranslation.readReply(error, context()).map(({ kind }) => kind),
			["error"],
		);
		for (const other of [{}, null, "x", { choices: [] }]) {
			assert.deepEqual(anthropicTranslation.readReply(other, context()), []);
		}
	});
});
