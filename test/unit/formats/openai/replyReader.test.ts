import assert from "node:assert/strict";
import type { Turn } from "../../../../src/formats/conversation.ts";
import { readReply, streamReader } from "../../../../src/formats/openai/replyReader.ts";
import { called, chunk, collected, context, readStream, shown, stream, text } from "./readReplies.ts";
import { transcripts } from "./transcripts.ts";

describe("a stream of a relay of Chat Completions", () => {
	for (const { what, data, reply } of transcripts) {
		it(`is read however it is cut: ${what}`, () => {
			const bytes = Buffer.from(text(data));
			const whole = readStream([bytes]);
			assert.deepEqual(shown(collected(whole)), reply);
			for (let cut = 1; cut < bytes.length; cut += 1) {
				const events = readStream([bytes.subarray(0, cut), bytes.subarray(cut)]);
				assert.deepEqual(shown(collected(events)), reply, `cut at ${cut}`);
			}
		});
	}

	it("is no reply where it stops without an end", () => {
		const kinds = stream([chunk({ content: "a" })]).map(({ kind }) => kind);
		assert.deepEqual(kinds, ["begin", "open", "delta"]);
	});

	it("is no reply where one of several candidates has no end", () => {
		const first = { index: 0, delta: { content: "a" }, finish_reason: "stop" };
		const second = { index: 1, delta: { content: "b" }, finish_reason: null };
		const cut = stream([{ choices: [first, second] }]);
		assert.ok(cut.every(({ kind }) => kind !== "end" && kind !== "finish"));
	});

	it("keeps its candidates apart", () => {
		const said = (index: number, content: string, finish_reason: string | null = null) => ({
			choices: [{ index, delta: { content }, finish_reason }],
		});
		const { candidates } = collected(
			stream([said(0, "a"), said(1, "x"), said(0, "b", "stop"), said(1, "y", "length"), "[DONE]"]),
		);
		assert.deepEqual(
			candidates.map(({ parts, reason }) => [parts[0]?.text, reason]),
			[
				["ab", "stop"],
				["xy", "length"],
			],
		);
	});

	it("tells the first call as it comes, and the next as soon as that is whole", () => {
		const reader = streamReader(context());
		const push = (delta: object) => reader.push("", JSON.stringify(chunk(delta))).map(({ kind }) => kind);
		const more = (index: number, args: string) => ({ tool_calls: [{ index, function: { arguments: args } }] });
		assert.deepEqual(push(called("1", "read", '{"a":')), ["begin", "open", "delta"]);
		assert.deepEqual(push({ tool_calls: [{ index: 1, id: "2", function: { name: "list", arguments: "{" } }] }), []);
		assert.deepEqual(push(more(0, '"b"}')), ["delta", "close", "open", "delta"]);
		assert.deepEqual(push(more(1, "}")), ["delta"]);
	});

	it("makes ids that no other call has", () => {
		const turns: readonly Turn[] = [
			{
				role: "assistant",
				parts: [{ kind: "toolCall", id: "call_0", name: "read", input: { kind: "json", text: "{}" } }],
			},
		];
		const [candidate] = collected(
			stream([chunk(called("call_0", "read", "{}")), chunk({}, "tool_calls"), "[DONE]"], context({ turns })),
		).candidates;
		const [part] = candidate?.parts ?? [];
		assert.ok(part?.kind === "toolCall" && part.id !== "call_0" && /^call_\w{24}$/.test(part.id));
	});

	it("gives calls the names that the client knows", () => {
		const { candidates } = collected(stream([chunk(called("1", "mcp_read", "{}")), "[DONE]"]));
		const [part] = candidates[0]?.parts ?? [];
		assert.equal(part?.kind === "toolCall" && part.name, "mcp.read");
	});

	it("tells which stop sequence was met, where vLLM does", () => {
		const last = { choices: [{ index: 0, delta: {}, finish_reason: "stop", stop_reason: "END" }] };
		const { candidates } = collected(stream([chunk({ content: "a" }), last], context({ stop: ["END"] })));
		assert.equal(candidates[0]?.reason, "stopSequence");
		assert.equal(candidates[0]?.stopSequence, "END");
	});

	it("keeps a reason that nobody knows", () => {
		const { candidates } = collected(stream([chunk({ content: "a" }, "bored")]));
		assert.deepEqual([candidates[0]?.reason, candidates[0]?.detail], ["other", "bored"]);
	});

	it("ends with an error in every way that relays have to say so", () => {
		const errors: readonly (readonly [data: object | string, status: number | null, message: string])[] = [
			[{ error: { message: "Too many.", type: "requests", code: "rate_limit_exceeded" } }, 429, "Too many."],
			[
				{ choices: [{ index: 0, delta: {}, finish_reason: "error", error: { code: 502, message: "Broken." } }] },
				502,
				"Broken.",
			],
			[chunk({}, "network_error"), 500, ""],
			[chunk({}, "insufficient_system_resource"), 500, ""],
			[{ detail: "Model is busy" }, null, "Model is busy"],
		];
		for (const [data, status, message] of errors) {
			const events = stream([chunk({ content: "a" }), data, chunk({ content: "b" }), "[DONE]"]);
			const last = events.at(-1);
			assert.ok(last?.kind === "error", JSON.stringify(data));
			assert.deepEqual([last.error.status, last.error.message], [status, message]);
			assert.equal(events.filter(({ kind }) => kind === "delta").length, 1);
		}
		const named = streamReader(context()).push("error", "Out of order");
		assert.equal(named[0]?.kind, "error");
	});
});

describe("a whole reply of a relay of Chat Completions", () => {
	it("is read with all that it holds", () => {
		const reply = collected(
			readReply(
				{
					id: "chatcmpl-1",
					object: "chat.completion",
					choices: [
						{
							index: 0,
							message: {
								role: "assistant",
								reasoning_content: "Hm",
								content: "a",
								refusal: null,
								tool_calls: [
									{ id: "1", type: "function", function: { name: "read", arguments: "{}" } },
									{ id: "2", type: "custom", custom: { name: "patch", input: "+a" } },
									{ id: "", type: "function", function: { name: "read", arguments: { b: 1 } } },
								],
							},
							finish_reason: "stop",
						},
					],
					usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
				},
				context(),
			),
		);
		assert.equal(reply.id, "chatcmpl-1");
		assert.deepEqual(shown(reply), {
			reason: "toolCalls",
			parts: ["reasoning Hm", "text a", "read(1) {}", "patch(2) +a", 'read(made) {"b":1}'],
			usage: { input: 1, output: 1, cached: null, reasoning: null, cacheWritten: null },
		});
	});

	it("may lack a reason to end, an id, an index", () => {
		const reply = collected(
			readReply({ choices: [{ message: { content: "a" } }, { message: { content: "b" } }] }, context()),
		);
		assert.deepEqual(
			reply.candidates.map(({ parts, reason }) => [parts[0]?.text, reason]),
			[
				["a", "stop"],
				["b", "stop"],
			],
		);
	});

	it("is an error where it says so under a good status", () => {
		const [event] = readReply({ error: { message: "No.", code: "insufficient_quota" } }, context());
		assert.ok(event?.kind === "error" && event.error.message === "No.");
		const [failed] = readReply({ choices: [{ message: { content: "" }, finish_reason: "error" }] }, context());
		assert.equal(failed?.kind, "error");
	});

	it("is none where it is something else", () => {
		for (const body of [null, "text", {}, { choices: [] }, { object: "list", data: [] }]) {
			assert.ok(
				readReply(body, context()).every(({ kind }) => kind !== "end"),
				JSON.stringify(body),
			);
		}
	});
});
