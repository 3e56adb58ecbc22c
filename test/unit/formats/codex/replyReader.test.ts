import assert from "node:assert/strict";
import { codexTranslation } from "../../../../src/formats/codex/translation.ts";
import type { Conversation } from "../../../../src/formats/conversation.ts";
import { ReplyCollector } from "../../../../src/formats/replyCollector.ts";
import type { ReplyEvent } from "../../../../src/formats/replyEvents.ts";
import { EventReader } from "../../../../src/formats/sse.ts";
import { ToolNames } from "../../../../src/formats/toolNames.ts";

const conversation: Conversation = {
	stream: true,
	turns: [],
	tools: [
		{ kind: "function", name: "a tool" },
		{ kind: "function", name: "find", namespace: { name: "crm" } },
		{ kind: "free", name: "patch" },
	],
	sampling: {},
	stop: [],
};
const names = new ToolNames(conversation, {
	longest: 64,
	refused: /[^\w-]/gu,
	beginsFreely: true,
	hasFreeTools: true,
	hasNamespaces: true,
});

type Event = { readonly type: string; readonly [name: string]: unknown };

function readStream(events: readonly Event[]): readonly ReplyEvent[] {
	const reader = codexTranslation.streamReader({ conversation, names });
	return [...events.flatMap((event) => reader.push(event.type, JSON.stringify(event))), ...reader.end()];
}

function replyOf(events: readonly ReplyEvent[]) {
	const collector = new ReplyCollector();
	for (const event of events) if (event.kind !== "end" && event.kind !== "error") collector.push(event);
	return collector.reply;
}
const candidateOf = (events: readonly ReplyEvent[]) => replyOf(events).candidates[0];
/** Kind and text of each part, and what else is told. */
const partsOf = (events: readonly ReplyEvent[]) =>
	candidateOf(events)?.parts.map(({ kind, text, seal, ...part }) => [
		kind,
		...("name" in part ? [part.id, part.name] : []),
		...("data" in part ? [part.mediaType, part.data] : []),
		text,
		...(seal === undefined ? [] : [seal.value]),
	]);

const created: Event = { type: "response.created", response: { id: "resp_1", status: "in_progress", output: [] } };
const completed = (rest: object = {}): Event => ({
	type: "response.completed",
	response: { id: "resp_1", object: "response", status: "completed", output: [], ...rest },
});
const added = (output_index: number, item: object): Event => ({
	type: "response.output_item.added",
	output_index,
	item,
});
const done = (output_index: number, item: object): Event => ({ type: "response.output_item.done", output_index, item });
const textDelta = (output_index: number, delta: string, item_id = `msg_${output_index}`): Event => ({
	type: "response.output_text.delta",
	output_index,
	item_id,
	content_index: 0,
	delta,
});
const said = (text: string, annotations: readonly object[] = []) => ({
	id: "msg_0",
	type: "message",
	content: [{ type: "output_text", text, annotations }],
});
const call = (id: string, rest: object = {}) => ({
	id: `fc_${id}`,
	type: "function_call",
	call_id: id,
	name: "f",
	...rest,
});
const argumentsDelta = (place: object, delta: string): Event => ({
	type: "response.function_call_arguments.delta",
	...place,
	delta,
});

describe("a Codex stream", () => {
	it("is read in the order of the real one, its end rebuilt from what came before", () => {
		const cited = { type: "url_citation", url: "https://x.test", title: "X", start_index: 0, end_index: 2 };
		const place = { output_index: 1, item_id: "msg_1", content_index: 0 };
		const events = readStream([
			created,
			{ type: "response.in_progress", response: { id: "resp_1" } },
			added(0, { id: "rs_0", type: "reasoning", summary: [] }),
			{ type: "response.reasoning_summary_part.added", output_index: 0, item_id: "rs_0", summary_index: 0 },
			{
				type: "response.reasoning_summary_text.delta",
				output_index: 0,
				item_id: "rs_0",
				summary_index: 0,
				delta: "Hm",
			},
			{
				type: "response.reasoning_summary_text.delta",
				output_index: 0,
				item_id: "rs_0",
				summary_index: 1,
				delta: "So",
			},
			done(0, { id: "rs_0", type: "reasoning", encrypted_content: "e", summary: [{ text: "Hm" }, { text: "So." }] }),
			added(1, { id: "msg_1", type: "message", content: [] }),
			{ type: "response.content_part.added", ...place, part: { type: "output_text", text: "" } },
			textDelta(1, "Hel"),
			textDelta(1, "lo"),
			{ type: "response.output_text.annotation.added", ...place, annotation_index: 0, annotation: cited },
			{ type: "response.output_text.done", ...place, text: "Hello" },
			done(1, { ...said("Hello", [cited]), id: "msg_1" }),
			added(2, call("c", { arguments: "" })),
			argumentsDelta({ item_id: "fc_c" }, '{"a":'),
			argumentsDelta({ item_id: "fc_c" }, "1}"),
			{ type: "response.function_call_arguments.done", item_id: "fc_c", arguments: '{"a":1}' },
			done(2, call("c", { arguments: '{"a":1}' })),
			completed({
				usage: {
					input_tokens: 10,
					input_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 },
					output_tokens: 5,
					output_tokens_details: { reasoning_tokens: 2 },
				},
			}),
		]);
		assert.deepEqual(events, [
			{ kind: "begin", id: "resp_1" },
			{ kind: "open", candidate: 0, part: { kind: "reasoning" } },
			{ kind: "delta", candidate: 0, text: "Hm" },
			{ kind: "delta", candidate: 0, text: "\n\n" },
			{ kind: "delta", candidate: 0, text: "So" },
			{ kind: "delta", candidate: 0, text: "." },
			{ kind: "close", candidate: 0, seal: { maker: "codex", value: { id: "rs_0", encrypted_content: "e" } } },
			{ kind: "open", candidate: 0, part: { kind: "text" } },
			{ kind: "delta", candidate: 0, text: "Hel" },
			{ kind: "delta", candidate: 0, text: "lo" },
			{ kind: "citation", candidate: 0, citation: { url: "https://x.test", title: "X", start: 0, end: 2 } },
			{ kind: "close", candidate: 0 },
			{ kind: "open", candidate: 0, part: { kind: "toolCall", id: "c", name: "f", free: false } },
			{ kind: "delta", candidate: 0, text: '{"a":' },
			{ kind: "delta", candidate: 0, text: "1}" },
			{ kind: "close", candidate: 0 },
			{ kind: "finish", candidate: 0, reason: "toolCalls" },
			{ kind: "usage", usage: { input: 10, output: 5, cached: 4, reasoning: 2, cacheWritten: 3 } },
			{ kind: "end" },
		]);
	});

	const parts: readonly (readonly [what: string, events: readonly Event[], parts: readonly unknown[]])[] = [
		["an item that is only done", [done(0, said("Hi")), completed()], [["text", "Hi"]]],
		[
			"an item that only the end tells of",
			[completed({ output: [said("Hi"), call("c", { arguments: "{}" })] })],
			[
				["text", "Hi"],
				["toolCall", "c", "f", "{}"],
			],
		],
		["an item that nobody ends", [textDelta(0, "Hi"), completed()], [["text", "Hi"]]],
		[
			"arguments that come when the call is done",
			[added(0, call("c")), done(0, call("c", { arguments: "{}" })), completed()],
			[["toolCall", "c", "f", "{}"]],
		],
		[
			"arguments that are an object",
			[done(0, call("c", { arguments: { a: 1 } })), completed()],
			[["toolCall", "c", "f", '{"a":1}']],
		],
		[
			"a call whose name comes at its end",
			[
				argumentsDelta({ output_index: 0, item_id: "fc_c" }, "{}"),
				done(0, call("c", { arguments: "{}" })),
				completed(),
			],
			[["toolCall", "c", "f", "{}"]],
		],
		[
			"an item whose id is another in each event",
			[
				added(0, { ...said(""), id: "x", content: [] }),
				textDelta(0, "Hi", "y"),
				done(0, { ...said("Hi"), id: "z" }),
				completed({ output: [{ ...said("Hi"), id: "w" }] }),
			],
			[["text", "Hi"]],
		],
		[
			"items of which all have the same place",
			[
				added(0, { id: "a", type: "message", content: [] }),
				textDelta(0, "A", "a"),
				done(0, { ...said("A"), id: "a" }),
				added(0, call("c")),
				argumentsDelta({ output_index: 0, item_id: "fc_c" }, "{}"),
				done(0, call("c", { arguments: "{}" })),
				completed(),
			],
			[
				["text", "A"],
				["toolCall", "c", "f", "{}"],
			],
		],
		[
			"items that grow side by side",
			[
				added(0, call("a")),
				added(1, call("b")),
				argumentsDelta({ output_index: 1, item_id: "fc_b" }, '{"b"'),
				argumentsDelta({ output_index: 0, item_id: "fc_a" }, '{"a"'),
				argumentsDelta({ output_index: 1, item_id: "fc_b" }, ":1}"),
				argumentsDelta({ output_index: 0, item_id: "fc_a" }, ":1}"),
				done(1, call("b", { arguments: '{"b":1}' })),
				done(0, call("a", { arguments: '{"a":1}' })),
				completed(),
			],
			[
				["toolCall", "a", "f", '{"a":1}'],
				["toolCall", "b", "f", '{"b":1}'],
			],
		],
		[
			"reasoning in the model's own words",
			[
				{ type: "response.reasoning_text.delta", output_index: 0, item_id: "rs", content_index: 0, delta: "Hm" },
				done(0, { id: "rs", type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "Hm." }] }),
				completed(),
			],
			[["reasoning", "Hm."]],
		],
		[
			"reasoning that is sealed alone",
			[done(0, { id: "rs", type: "reasoning", summary: [], encrypted_content: "e" }), completed()],
			[["reasoning", "", { id: "rs", encrypted_content: "e" }]],
		],
		["reasoning that says nothing", [done(0, { id: "rs", type: "reasoning", summary: [] }), completed()], []],
		[
			"several texts of one message",
			[textDelta(0, "A"), { ...textDelta(0, "B"), content_index: 1 }, completed()],
			[
				["text", "A"],
				["text", "B"],
			],
		],
		[
			"a free tool",
			[
				added(0, { id: "ctc", type: "custom_tool_call", call_id: "c", name: "patch", input: "" }),
				{ type: "response.custom_tool_call_input.delta", output_index: 0, item_id: "ctc", delta: "*** " },
				{ type: "response.custom_tool_call_input.done", output_index: 0, item_id: "ctc", input: "*** End" },
				completed(),
			],
			[["toolCall", "c", "patch", "*** End"]],
		],
		[
			"a free tool that is called as a function",
			[done(0, call("c", { name: "patch", arguments: '{"input":"x"}' })), completed()],
			[["toolCall", "c", "patch", "x"]],
		],
		[
			"a tool with another name for the account",
			[done(0, call("c", { name: "a_tool", arguments: "{}" })), completed()],
			[["toolCall", "c", "a tool", "{}"]],
		],
		[
			"an image",
			[
				added(0, { id: "ig", type: "image_generation_call" }),
				done(0, { id: "ig", type: "image_generation_call", result: "QUJD", output_format: "webp" }),
				completed(),
			],
			[["image", "image/webp", "QUJD", ""]],
		],
		[
			"what the account itself has done",
			[
				added(0, { id: "ws", type: "web_search_call", status: "in_progress" }),
				{ type: "response.web_search_call.searching", output_index: 0, item_id: "ws" },
				textDelta(1, "Found."),
				completed(),
			],
			[["text", "Found."]],
		],
		[
			"events that nobody knows",
			[{ type: "response.something_new", delta: "x" }, textDelta(0, "Hi"), completed()],
			[["text", "Hi"]],
		],
	];
	for (const [what, events, expected] of parts) {
		it(`may have ${what}`, () => {
			const read = readStream(events);
			assert.deepEqual(partsOf(read) ?? [], expected);
			assert.equal(read.at(-1)?.kind, "end");
		});
	}

	it("gives an id to a call that has none, and its namespace back", () => {
		const [part] =
			candidateOf(
				readStream([done(0, { type: "function_call", name: "find", namespace: "crm", arguments: "{}" }), completed()]),
			)?.parts ?? [];
		assert.ok(part?.kind === "toolCall");
		assert.match(part.id, /^call_./);
		assert.deepEqual([part.name, part.namespace], ["find", "crm"]);
	});

	it("tells the probability of tokens", () => {
		const logprobs = [{ token: "Hi", logprob: -1, bytes: [72, 105], top_logprobs: [{ token: "Ho", logprob: -2 }] }];
		const [part] = candidateOf(readStream([{ ...textDelta(0, "Hi"), logprobs }, completed()]))?.parts ?? [];
		assert.deepEqual(part?.logprobs, [
			{ token: "Hi", logprob: -1, bytes: [72, 105], top: [{ token: "Ho", logprob: -2 }] },
		]);
	});

	const finishes: readonly (readonly [what: string, events: readonly Event[], finish: object])[] = [
		["stop", [textDelta(0, "Hi"), completed()], { reason: "stop" }],
		[
			"refusal",
			[{ type: "response.refusal.delta", output_index: 0, item_id: "m", content_index: 0, delta: "No" }, completed()],
			{ reason: "refusal" },
		],
		...(
			[
				["max_output_tokens", { reason: "length" }],
				["content_filter", { reason: "contentFilter" }],
				["steered", { reason: "other", detail: "steered" }],
			] as const
		).map(([reason, finish]) => {
			const response = { status: "incomplete", incomplete_details: { reason } };
			return [reason, [textDelta(0, "Hi"), { type: "response.incomplete", response }], finish] as const;
		}),
	];
	for (const [what, events, finish] of finishes) {
		it(`ends by ${what}`, () => {
			const found = readStream(events).find(({ kind }) => kind === "finish");
			assert.deepEqual(found, { kind: "finish", candidate: 0, ...finish });
		});
	}

	it("has no end where the account's own is missing", () => {
		const events = readStream([created, textDelta(0, "Hi")]);
		assert.deepEqual(
			events.map(({ kind }) => kind),
			["begin", "open", "delta"],
		);
	});

	const error = { code: "server_error", message: "It broke." };
	const errors: readonly (readonly [what: string, event: Event])[] = [
		["the flat event", { type: "error", sequence_number: 1, ...error, param: null }],
		["the event with an error within", { type: "error", error: { type: "server_error", ...error } }],
		["a response that failed", { type: "response.failed", response: { status: "failed", error } }],
		["a response that failed and yet was completed", completed({ status: "failed", error })],
	];
	for (const [what, event] of errors) {
		it(`ends by an error in ${what}, and by nothing else`, () => {
			const last = readStream([textDelta(0, "Hi"), event, completed()]).at(-1);
			assert.ok(last?.kind === "error");
			assert.equal(last.error.message, "It broke.");
			assert.equal(last.error.codes[0], "server_error");
		});
	}

	it("may be one whole reply after all", () => {
		const reader = codexTranslation.streamReader({ conversation, names });
		const { response } = completed({ output: [said("Hi")] });
		const events = reader.push("", JSON.stringify(response));
		assert.deepEqual(partsOf(events), [["text", "Hi"]]);
		assert.equal(events.at(-1)?.kind, "end");
	});

	it("is the same wherever it is cut", () => {
		const events = [
			created,
			textDelta(0, "grüß 🙂"),
			done(0, said("grüß 🙂 dich")),
			done(1, call("c", { arguments: '{"ü":1}' })),
			completed(),
		];
		const bytes = Buffer.from(
			events.map((event) => `event: ${event.type}\r\ndata: ${JSON.stringify(event)}\r\n\r\n`).join(""),
		);
		const whole = JSON.stringify(readStream(events));
		for (let place = 0; place <= bytes.length; place += 1) {
			const reader = codexTranslation.streamReader({ conversation, names });
			const sse = new EventReader();
			const read = [...sse.push(bytes.subarray(0, place)), ...sse.push(bytes.subarray(place)), ...sse.end()];
			assert.equal(JSON.stringify(read.flatMap(({ name, data }) => reader.push(name, data))), whole);
		}
	});
});

describe("a whole Codex reply", () => {
	const read = (body: unknown) => codexTranslation.readReply(body, { conversation, names });

	it("is read like a stream", () => {
		const { response } = completed({
			output: [
				{ id: "rs", type: "reasoning", summary: [{ text: "Hm" }], encrypted_content: "e" },
				said("Hi"),
				call("c", { arguments: "{}" }),
			],
			usage: { input_tokens: 3, output_tokens: 1 },
		});
		const events = read(response);
		assert.deepEqual(partsOf(events), [
			["reasoning", "Hm", { id: "rs", encrypted_content: "e" }],
			["text", "Hi"],
			["toolCall", "c", "f", "{}"],
		]);
		assert.equal(candidateOf(events)?.reason, "toolCalls");
		assert.deepEqual(replyOf(events).usage, { input: 3, output: 1, cached: null, reasoning: null, cacheWritten: null });
		assert.equal(events.at(-1)?.kind, "end");
	});

	it("may say nothing of its status", () => {
		assert.equal(read({ output: [said("Hi")] }).at(-1)?.kind, "end");
	});

	it("may be an error", () => {
		const [event] = read({ error: { message: "No.", code: "server_error" } });
		assert.ok(event?.kind === "error");
		assert.equal(event.error.message, "No.");
		assert.equal(read({ object: "response", status: "failed", output: [], error: null }).at(-1)?.kind, "error");
	});

	it("is none where it is of another format, or not finished", () => {
		for (const body of [
			"text",
			null,
			{ choices: [] },
			{ id: "msg", type: "message", content: [] },
			{ object: "response", status: "queued", output: [] },
		]) {
			const ends = read(body).filter(({ kind }) => kind === "end" || kind === "error");
			assert.deepEqual(ends, []);
		}
	});
});
