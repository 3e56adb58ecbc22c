import assert from "node:assert/strict";
import { writeReply } from "../../../../src/formats/openai/replyWriter.ts";
import { streamWriter } from "../../../../src/formats/openai/streamWriter.ts";
import { ReplyCollector } from "../../../../src/formats/replyCollector.ts";
import type { FinishReason, PartHead } from "../../../../src/formats/replyEvents.ts";
import type { WriterContext } from "../../../../src/formats/translation.ts";
import type { GoodEvent } from "../../../support/replyArbitrary.ts";
import { assertShape } from "../../../support/sdkShapes.ts";

const conversation = { stream: true, turns: [], tools: [], sampling: {}, stop: [] };

function context(body: object = {}): WriterContext {
	return { model: "their-model", conversation, body, id: "abc", createdAt: 1700 };
}

/** Members of clients of relays that the SDK does not know. */
const vendors = ["choices[].delta.annotations", "choices[].delta.images", "choices[].message.images"];

function chunks(events: readonly GoodEvent[], body?: object): readonly Record<string, unknown>[] {
	const writer = streamWriter(context(body));
	const text = events.map((event) => writer.push(event)).join("");
	const data = text.split("\n\n").filter((block) => block !== "");
	assert.ok(data.every((block) => block.startsWith("data: ")));
	const payloads = data.map((block) => block.slice("data: ".length));
	if (events.at(-1)?.kind === "end") assert.equal(payloads.pop(), "[DONE]");
	return payloads.map((payload) => {
		const chunk: Record<string, unknown> = JSON.parse(payload);
		assertShape("openai.event", chunk, vendors);
		const { id, object, created, model, ...rest } = chunk;
		assert.deepEqual(
			{ id, object, created, model },
			{
				id: "chatcmpl-abc",
				object: "chat.completion.chunk",
				created: 1700,
				model: "their-model",
			},
		);
		return rest;
	});
}

const deltas = (events: readonly GoodEvent[], body?: object) =>
	chunks(events, body).flatMap(({ choices }) =>
		(choices as { delta: object; finish_reason: string | null }[]).map(({ delta, finish_reason: reason }) =>
			reason === null ? delta : reason,
		),
	);

function whole(events: readonly GoodEvent[], body?: object) {
	const collector = new ReplyCollector();
	for (const event of events) if (event.kind !== "end") collector.push(event);
	const reply = JSON.parse(JSON.stringify(writeReply(collector.reply, context(body))));
	assertShape("openai.reply", reply, vendors);
	return reply;
}

const part = (head: PartHead, ...pieces: readonly string[]): readonly GoodEvent[] => [
	{ kind: "open", candidate: 0, part: head },
	...pieces.map((text): GoodEvent => ({ kind: "delta", candidate: 0, text })),
	{ kind: "close", candidate: 0 },
];
const finish = (reason: FinishReason): readonly GoodEvent[] => [
	{ kind: "finish", candidate: 0, reason },
	{ kind: "usage", usage: { input: 10, output: 5, cached: 4, reasoning: 3, cacheWritten: 2 } },
	{ kind: "end" },
];
const begin: GoodEvent = { kind: "begin", id: "theirs" };
const call = (id: string, free = false): PartHead => ({ kind: "toolCall", id, name: "read", free });
const role = { role: "assistant", content: "", refusal: null };
const usage = {
	prompt_tokens: 10,
	completion_tokens: 5,
	total_tokens: 15,
	prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
	completion_tokens_details: { reasoning_tokens: 3 },
};

const everything: readonly GoodEvent[] = [
	begin,
	...part({ kind: "reasoning" }, "H", "m"),
	...part({ kind: "text" }, "Let me ", "see."),
	...part(call("1"), '{"a":', "1}"),
	...part(call("2", true), "+a"),
	...part(call("3")),
	...finish("toolCalls"),
];

describe("a stream for a client of Chat Completions", () => {
	it("has a role, deltas, a reason to end and [DONE]", () => {
		assert.deepEqual(deltas(everything), [
			role,
			{ reasoning_content: "H" },
			{ reasoning_content: "m" },
			{ content: "Let me " },
			{ content: "see." },
			{ tool_calls: [{ index: 0, id: "1", type: "function", function: { name: "read", arguments: "" } }] },
			{ tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] },
			{ tool_calls: [{ index: 0, function: { arguments: "1}" } }] },
			{ tool_calls: [{ index: 1, id: "2", type: "custom", custom: { name: "read", input: "" } }] },
			{ tool_calls: [{ index: 1, custom: { input: "+a" } }] },
			{ tool_calls: [{ index: 2, id: "3", type: "function", function: { name: "read", arguments: "" } }] },
			{ tool_calls: [{ index: 2, function: { arguments: "{}" } }] },
			"tool_calls",
		]);
	});

	it("tells its tokens last, to those who ask", () => {
		assert.ok(chunks(everything).every((chunk) => !("usage" in chunk)));
		const asked = chunks(everything, { stream_options: { include_usage: true } });
		assert.deepEqual(asked.at(-1), { choices: [], usage });
		assert.ok(asked.slice(0, -1).every((chunk) => chunk["usage"] === null));
	});

	it("gives each candidate its role and its reason to end", () => {
		const one = (candidate: number): readonly GoodEvent[] =>
			[...part({ kind: "text" }, "a"), { kind: "finish", candidate: 0, reason: "stop" } as const].map(
				(event) =>
					({
						...event,
						candidate,
					}) as GoodEvent,
			);
		const told = chunks([begin, ...one(0), ...one(1), { kind: "end" }]).map(({ choices }) => choices) as {
			index: number;
		}[][];
		assert.deepEqual(
			told.map(([choice]) => choice?.index),
			[0, 0, 0, 1, 1, 1],
		);
	});

	it("has the error of OpenAI where it fails, and no [DONE]", () => {
		const text = streamWriter(context()).fail({ kind: "upstreamFailed", message: "Broken." });
		assert.equal(
			text,
			`data: ${JSON.stringify({ error: { message: "Broken.", type: "server_error", param: null, code: null } })}\n\n`,
		);
	});

	it("is kept alive by a comment of its own", () => {
		assert.match(streamWriter(context()).heartbeat, /^: .*\n\n$/);
	});
});

describe("a whole reply for a client of Chat Completions", () => {
	it("holds all that came", () => {
		assert.deepEqual(whole(everything), {
			id: "chatcmpl-abc",
			object: "chat.completion",
			created: 1700,
			model: "their-model",
			choices: [
				{
					index: 0,
					message: {
						role: "assistant",
						content: "Let me see.",
						refusal: null,
						reasoning_content: "Hm",
						tool_calls: [
							{ id: "1", type: "function", function: { name: "read", arguments: '{"a":1}' } },
							{ id: "2", type: "custom", custom: { name: "read", input: "+a" } },
							{ id: "3", type: "function", function: { name: "read", arguments: "{}" } },
						],
					},
					logprobs: null,
					finish_reason: "tool_calls",
				},
			],
			usage,
		});
	});

	it("has no content where there was no text", () => {
		assert.equal(whole([begin, ...part(call("1"), "{}"), ...finish("toolCalls")]).choices[0].message.content, null);
	});
});

describe("a reply for a client of Chat Completions, in a stream and whole", () => {
	const both = (events: readonly GoodEvent[], body?: object) => ({
		deltas: deltas([begin, ...events], body).slice(1),
		choice: whole([begin, ...events], body).choices[0],
	});

	it("sets texts apart that others stood between, and no others", () => {
		const texts = [...part({ kind: "text" }, "a"), ...part({ kind: "text" }, "b")];
		const events = [...texts, ...part(call("1"), "{}"), ...part({ kind: "text" }, "c"), ...finish("toolCalls")];
		const { deltas: told, choice } = both(events);
		assert.equal(choice.message.content, "ab\n\nc");
		const contents = told.map((delta) => (typeof delta === "object" && "content" in delta ? delta.content : ""));
		assert.equal(contents.join(""), "ab\n\nc");
	});

	it("ends a refusal as OpenAI does", () => {
		const { deltas: told, choice } = both([...part({ kind: "refusal" }, "No."), ...finish("refusal")]);
		assert.deepEqual(told, [{ refusal: "No." }, "stop"]);
		assert.equal(choice.message.refusal, "No.");
		assert.equal(choice.finish_reason, "stop");
		assert.equal(both(finish("refusal")).choice.finish_reason, "content_filter");
		const [ended, ...rest] = finish("refusal");
		const worded = both([
			...part({ kind: "text" }, "Hi"),
			{ ...ended, detail: "It is dangerous." } as GoodEvent,
			...rest,
		]);
		assert.deepEqual(worded.deltas, [{ content: "Hi" }, { refusal: "It is dangerous." }, "stop"]);
		assert.equal(worded.choice.message.content, "Hi");
		assert.equal(worded.choice.message.refusal, "It is dangerous.");
		assert.equal(worded.choice.finish_reason, "stop");
	});

	it("has a word for every reason to end", () => {
		const words: Readonly<Record<FinishReason, string>> = {
			stop: "stop",
			stopSequence: "stop",
			length: "length",
			toolCalls: "tool_calls",
			contentFilter: "content_filter",
			refusal: "content_filter",
			pause: "stop",
			contextWindow: "length",
			malformedCall: "stop",
			other: "stop",
		};
		for (const [reason, word] of Object.entries(words)) {
			const { deltas: told, choice } = both(finish(reason as FinishReason));
			assert.deepEqual([told.at(-1), choice.finish_reason], [word, word]);
		}
	});

	it("calls the functions of clients that know no tools", () => {
		const body = { functions: [{ name: "read" }] };
		const { deltas: told, choice } = both([...part(call("1"), "{}"), ...finish("toolCalls")], body);
		assert.deepEqual(told, [
			{ function_call: { name: "read", arguments: "" } },
			{ function_call: { arguments: "{}" } },
			"function_call",
		]);
		assert.deepEqual(choice.message.function_call, { name: "read", arguments: "{}" });
		assert.equal(choice.finish_reason, "function_call");
	});

	it("has its citations in one list, with places in the whole text", () => {
		const cited = (text: string, citation: object): readonly GoodEvent[] => [
			{ kind: "open", candidate: 0, part: { kind: "text" } },
			{ kind: "delta", candidate: 0, text },
			{ kind: "citation", candidate: 0, citation },
			{ kind: "close", candidate: 0 },
		];
		const events = [
			...cited("One. ", { url: "https://a.example", title: "A" }),
			...cited("Two.", { url: "https://b.example", start: 1, end: 3 }),
			...cited("", { document: 0, quote: "x" }),
			...finish("stop"),
		];
		const annotations = [
			{ type: "url_citation", url_citation: { url: "https://a.example", title: "A", start_index: 0, end_index: 5 } },
			{
				type: "url_citation",
				url_citation: { url: "https://b.example", title: "https://b.example", start_index: 6, end_index: 8 },
			},
		];
		const { deltas: told, choice } = both(events);
		assert.deepEqual(choice.message.annotations, annotations);
		assert.deepEqual(told.slice(-2), [{ annotations }, "stop"]);
	});

	it("tells the probabilities of tokens", () => {
		const logprobs = [{ token: "a", logprob: -1, bytes: [97], top: [{ token: "b", logprob: -2 }] }];
		const events: readonly GoodEvent[] = [
			begin,
			{ kind: "open", candidate: 0, part: { kind: "text" } },
			{ kind: "delta", candidate: 0, text: "a", logprobs },
			{ kind: "close", candidate: 0 },
			...finish("stop"),
		];
		const written = {
			content: [{ token: "a", logprob: -1, bytes: [97], top_logprobs: [{ token: "b", logprob: -2, bytes: null }] }],
			refusal: null,
		};
		assert.deepEqual(whole(events).choices[0].logprobs, written);
		const told = chunks(events).flatMap(({ choices }) =>
			(choices as { logprobs: unknown }[]).map(({ logprobs: one }) => one),
		);
		assert.deepEqual(
			told.filter((one) => one !== null),
			[written],
		);
	});

	it("shows images and audio", () => {
		const image = { kind: "image", mediaType: "image/png", data: "AAAA" } as const;
		const audio = { kind: "audio", mediaType: "audio/wav", data: "BBBB" } as const;
		const { deltas: told, choice } = both([...part(image), ...part(audio), ...finish("stop")]);
		const images = [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }];
		assert.deepEqual(told, [{ images }, { audio: { id: "audio_0", data: "BBBB" } }, "stop"]);
		assert.deepEqual(choice.message.images, images);
		assert.equal(choice.message.audio.data, "BBBB");
	});
});
