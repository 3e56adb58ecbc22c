import assert from "node:assert/strict";
import OpenAI from "openai";
import { codexTranslation } from "../../../../src/formats/codex/translation.ts";
import type { Conversation } from "../../../../src/formats/conversation.ts";
import type { FinishReason, PartHead, ReplyEvent, ReplyUsage } from "../../../../src/formats/replyEvents.ts";
import { EventReader } from "../../../../src/formats/sse.ts";
import { assertShape } from "../../../support/sdkShapes.ts";

type GoodEvent = Exclude<ReplyEvent, { kind: "error" }>;
const conversation: Conversation = { stream: true, turns: [], tools: [], sampling: {}, stop: [] };
const body = {
	model: "claude-x",
	instructions: "Be short.",
	input: "hi",
	stream: true,
	tools: [{ type: "function", name: "f" }],
	tool_choice: "auto",
	metadata: { a: "b" },
	temperature: 0.5,
	parallel_tool_calls: false,
	reasoning: { effort: "low", summary: "auto" },
	text: { verbosity: "low" },
};
const context = { model: "claude-x", conversation, body, id: "abc", createdAt: 7 };

const usage: ReplyUsage = { input: 10, output: 5, cached: 4, cacheWritten: 3, reasoning: 2 };
const begin: GoodEvent = { kind: "begin" };
const open = (part: PartHead): GoodEvent => ({ kind: "open", candidate: 0, part });
const delta = (text: string): GoodEvent => ({ kind: "delta", candidate: 0, text });
const close: GoodEvent = { kind: "close", candidate: 0 };
const part = (head: PartHead, ...deltas: readonly string[]) => [open(head), ...deltas.map(delta), close];
const text = (...deltas: readonly string[]) => part({ kind: "text" }, ...deltas);
const call = (free: boolean, ...deltas: readonly string[]) =>
	part({ kind: "toolCall", id: "c", name: "f", namespace: "crm", free }, ...deltas);
const end = (reason: FinishReason): readonly GoodEvent[] => [
	{ kind: "finish", candidate: 0, reason },
	{ kind: "usage", usage },
	{ kind: "end" },
];

function textOf(events: readonly GoodEvent[]): string {
	const writer = codexTranslation.streamWriter(context);
	return events.map((event) => writer.push(event)).join("");
}

/** As parsed, with checks of the frame that every event has. */
function parsed(stream: string): readonly { readonly type: string; readonly [name: string]: unknown }[] {
	return new EventReader().push(Buffer.from(stream)).map(({ name, data }, place) => {
		const event = JSON.parse(data);
		assert.equal(event.type, name);
		assert.equal(event.sequence_number, place);
		assertShape("codex.event", event, ["item.status", "response.output[].status", "error"]);
		return event;
	});
}
const written = (events: readonly GoodEvent[]) => parsed(textOf(events));
const typesOf = (events: readonly GoodEvent[]) => written(events).map(({ type }) => type.replace("response.", ""));
const responseOf = (events: readonly GoodEvent[]) => JSON.parse(JSON.stringify(written(events).at(-1)?.["response"]));

const frame = (...types: readonly string[]) => ["created", "in_progress", ...types, "completed"];

describe("a stream for a Codex client", () => {
	it("has the events of a text in the order of the real API", () => {
		const events = [begin, ...text("He", "llo"), ...end("stop")];
		assert.deepEqual(
			typesOf(events),
			frame(
				"output_item.added",
				"content_part.added",
				"output_text.delta",
				"output_text.delta",
				"output_text.done",
				"content_part.done",
				"output_item.done",
			),
		);
		const place = { item_id: "msg_abc_0", output_index: 0, content_index: 0 };
		const [, , item, , first, , done] = written(events);
		assert.deepEqual(item, {
			type: "response.output_item.added",
			output_index: 0,
			item: { id: "msg_abc_0", type: "message", status: "in_progress", role: "assistant", content: [] },
			sequence_number: 2,
		});
		const piece = { type: "response.output_text.delta", ...place, delta: "He", logprobs: [], sequence_number: 4 };
		assert.deepEqual(first, piece);
		assert.deepEqual(done, {
			type: "response.output_text.done",
			...place,
			text: "Hello",
			logprobs: [],
			sequence_number: 6,
		});
	});

	it("has the events of reasoning, of both kinds of calls, of a refusal and of an image", () => {
		const seal = { maker: "anthropic", value: "s" } as const;
		assert.deepEqual(
			typesOf([
				begin,
				open({ kind: "reasoning" }),
				delta("Hm"),
				{ ...close, seal } as GoodEvent,
				...call(false, '{"a":', "1}"),
				...call(true, "x"),
				...part({ kind: "refusal" }, "No"),
				open({ kind: "image", mediaType: "image/png", data: "QUJD" }),
				close,
				...end("toolCalls"),
			]),
			frame(
				"output_item.added",
				"reasoning_summary_part.added",
				"reasoning_summary_text.delta",
				"reasoning_summary_text.done",
				"reasoning_summary_part.done",
				"output_item.done",
				"output_item.added",
				"function_call_arguments.delta",
				"function_call_arguments.delta",
				"function_call_arguments.done",
				"output_item.done",
				"output_item.added",
				"custom_tool_call_input.delta",
				"custom_tool_call_input.done",
				"output_item.done",
				"output_item.added",
				"content_part.added",
				"refusal.delta",
				"refusal.done",
				"content_part.done",
				"output_item.done",
				"output_item.added",
				"image_generation_call.in_progress",
				"image_generation_call.completed",
				"output_item.done",
			),
		);
	});

	it("puts texts that follow each other into one message, with their citations", () => {
		const citation = { url: "https://x.test", quote: "Hi" };
		const { output } = responseOf([
			begin,
			open({ kind: "text" }),
			delta("One"),
			{ kind: "citation", candidate: 0, citation },
			// A document of the request: there is nothing that could stand for it.
			{ kind: "citation", candidate: 0, citation: { document: 0, quote: "Hi" } },
			close,
			...text("Two"),
			...end("stop"),
		]);
		const annotation = { type: "url_citation", url: "https://x.test", title: "Hi", start_index: 0, end_index: 3 };
		const made = (words: string, annotations: readonly object[]) => ({
			type: "output_text",
			text: words,
			annotations,
			logprobs: [],
		});
		assert.deepEqual(output, [
			{
				id: "msg_abc_0",
				type: "message",
				status: "completed",
				role: "assistant",
				content: [made("One", [annotation]), made("Two", [])],
			},
		]);
	});

	it("gives calls back their ids and namespaces, and an empty object where the model wrote nothing", () => {
		const { output } = responseOf([begin, ...call(false), ...call(true), ...end("toolCalls")]);
		const same = { status: "completed", call_id: "c", name: "f", namespace: "crm" };
		assert.deepEqual(output, [
			{ id: "fc_abc_0", type: "function_call", ...same, arguments: "{}" },
			{ id: "ctc_abc_1", type: "custom_tool_call", ...same, input: "" },
		]);
	});

	it("shows nothing of parts that say nothing", () => {
		assert.deepEqual(typesOf([begin, ...text(), ...part({ kind: "reasoning" }), ...end("stop")]), frame());
	});

	it("repeats the request in the response, and tells what was used", () => {
		const response = responseOf([begin, ...end("stop")]);
		const { completed_at: completedAt, ...rest } = response;
		assert.ok(completedAt >= context.createdAt);
		assert.deepEqual(rest, {
			id: "resp_abc",
			object: "response",
			created_at: 7,
			status: "completed",
			access_programs: null,
			error: null,
			incomplete_details: null,
			model: "claude-x",
			output: [],
			usage: {
				input_tokens: 10,
				input_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 },
				output_tokens: 5,
				output_tokens_details: { reasoning_tokens: 2 },
				total_tokens: 15,
			},
			background: false,
			instructions: "Be short.",
			max_output_tokens: null,
			max_tool_calls: null,
			metadata: { a: "b" },
			parallel_tool_calls: false,
			previous_response_id: null,
			prompt_cache_key: null,
			reasoning: { effort: "low", summary: "auto" },
			safety_identifier: null,
			service_tier: "default",
			temperature: 0.5,
			text: { verbosity: "low" },
			tool_choice: "auto",
			tools: [{ type: "function", name: "f", parameters: null, strict: false }],
			top_logprobs: null,
			top_p: null,
			truncation: "disabled",
		});
	});

	const endings: readonly (readonly [reason: FinishReason, type: string, details: unknown])[] = [
		["stop", "response.completed", null],
		["stopSequence", "response.completed", null],
		["pause", "response.completed", null],
		["other", "response.completed", null],
		["length", "response.incomplete", { reason: "max_output_tokens" }],
		["contextWindow", "response.incomplete", { reason: "max_output_tokens" }],
		["contentFilter", "response.incomplete", { reason: "content_filter" }],
		["refusal", "response.incomplete", { reason: "content_filter" }],
		["malformedCall", "response.failed", null],
	];
	for (const [reason, type, details] of endings) {
		it(`ends with ${type} after ${reason}`, () => {
			const last = written([begin, ...text("Hi"), ...end(reason)]).at(-1);
			assert.equal(last?.type, type);
			const response = responseOf([begin, ...text("Hi"), ...end(reason)]);
			assert.deepEqual(response.incomplete_details, details);
			assert.equal(response.status, type.replace("response.", ""));
			assert.equal(response.output[0].status, details === null ? "completed" : "incomplete");
		});
	}

	it("is complete where it says by itself that it is a refusal", () => {
		const response = responseOf([begin, ...part({ kind: "refusal" }, "No"), ...end("refusal")]);
		assert.equal(response.status, "completed");
	});

	it("says the words of a refusal that came with its end alone", () => {
		const [told, ...rest] = end("refusal");
		const refused = { ...told, detail: "It is dangerous." } as GoodEvent;
		const response = responseOf([begin, ...text("Hi"), refused, ...rest]);
		assert.equal(response.status, "completed");
		assert.deepEqual(
			response.output[0].content.map((content: { type: string }) => content.type),
			["output_text", "refusal"],
		);
		assert.equal(response.output[0].content[1].refusal, "It is dangerous.");
	});

	it("has but the first candidate", () => {
		const other: GoodEvent = { kind: "open", candidate: 1, part: { kind: "text" } };
		assert.deepEqual(typesOf([begin, other, { ...delta("x"), candidate: 1 } as GoodEvent, ...end("stop")]), frame());
	});

	it("breaks off with the error that the SDK throws and the one that Codex reads", () => {
		const writer = codexTranslation.streamWriter(context);
		const before = [begin, open({ kind: "text" }), delta("Hi")].map((event) => writer.push(event)).join("");
		const stream = before + writer.fail({ kind: "upstreamFailed", message: "It broke." });
		const [error, failed] = new EventReader()
			.push(Buffer.from(stream))
			.slice(-2)
			.map(({ data }) => JSON.parse(data));
		assert.deepEqual([error.type, error.message, error.code], ["error", "It broke.", "server_error"]);
		assert.equal(failed.type, "response.failed");
		assert.equal(failed.sequence_number, error.sequence_number + 1);
		assert.deepEqual(failed.response.error, { code: "server_error", message: "It broke." });
		assert.equal(failed.response.id, "resp_abc");
	});

	it("is put together by the SDK", async () => {
		const stream = textOf([
			begin,
			...part({ kind: "reasoning" }, "Hm"),
			...text("Hi"),
			...call(false, "{}"),
			...end("toolCalls"),
		]);
		const client = new OpenAI({
			apiKey: "none",
			fetch: async () => new Response(stream, { headers: { "content-type": "text/event-stream" } }),
		});
		const response = await client.responses.stream({ model: "claude-x", input: "hi" }).finalResponse();
		assert.equal(response.output_text, "Hi");
		assert.deepEqual(
			response.output.map(({ type }) => type),
			["reasoning", "message", "function_call"],
		);
	});
});
