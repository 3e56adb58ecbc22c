import assert from "node:assert/strict";
import { codexTranslation } from "../../../../src/formats/codex/translation.ts";
import { sealText } from "../../../../src/formats/seals.ts";

const read = (body: unknown) => codexTranslation.readRequest({ body, stream: null });
const conversationOf = (body: object) => read({ model: "m", ...body }).conversation;
const turnsOf = (...input: readonly object[]) => conversationOf({ input }).turns;
const text = (words: string) => ({ kind: "text", text: words });
const call = (id: string, name = "f") => ({ type: "function_call", call_id: id, name, arguments: "{}" });
const output = (id: string, words: unknown) => ({ type: "function_call_output", call_id: id, output: words });
const madeCall = (id: string, name = "f") => ({ kind: "toolCall", id, name, input: { kind: "json", text: "{}" } });
const madeResult = (callId: string, words: string, name = "f") => ({
	kind: "toolResult",
	callId,
	name,
	content: [text(words)],
});

describe("the turns of a Codex request", () => {
	it("come of a bare text", () => {
		assert.deepEqual(conversationOf({ input: "hi" }).turns, [{ role: "user", parts: [text("hi")] }]);
	});

	it("come of messages without a type, with instructions before them and other orders in their midst", () => {
		const { turns } = conversationOf({
			instructions: "Be short.",
			input: [
				{ role: "developer", content: "Be kind." },
				{ role: "user", content: [{ type: "input_text", text: "hi" }] },
				{ role: "assistant", content: "ho" },
				{ role: "system", content: [{ type: "input_text", text: "Be quick." }] },
				{ role: "user", content: "again" },
			],
		});
		assert.deepEqual(turns, [
			{ role: "system", parts: [text("Be short.")] },
			{ role: "system", parts: [text("Be kind.")] },
			{ role: "user", parts: [text("hi")] },
			{ role: "assistant", parts: [text("ho")] },
			{ role: "system", parts: [text("Be quick.")] },
			{ role: "user", parts: [text("again")] },
		]);
	});

	it("put all that the assistant says and calls at a time in one, and the results in one", () => {
		const turns = turnsOf(
			{ role: "user", content: "go" },
			{ type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Hm." }], encrypted_content: "e" },
			{ type: "message", role: "assistant", content: [{ type: "output_text", text: "Wait." }] },
			call("a"),
			call("b", "g"),
			output("b", "two"),
			output("a", [{ type: "input_text", text: "one" }]),
			{ role: "user", content: "and?" },
		);
		assert.deepEqual(turns.slice(1), [
			{
				role: "assistant",
				parts: [
					{ kind: "reasoning", text: "Hm.", seal: { maker: "codex", value: { id: "rs_1", encrypted_content: "e" } } },
					text("Wait."),
					madeCall("a"),
					madeCall("b", "g"),
				],
			},
			{ role: "user", parts: [madeResult("b", "two", "g"), madeResult("a", "one")] },
			{ role: "user", parts: [text("and?")] },
		]);
	});

	it("have results after their calls, also where the input has them before", () => {
		assert.deepEqual(turnsOf(output("a", "one"), call("a"), { role: "user", content: "and?" }), [
			{ role: "assistant", parts: [madeCall("a")] },
			{ role: "user", parts: [madeResult("a", "one")] },
			{ role: "user", parts: [text("and?")] },
		]);
	});

	it("tell calls apart that share an id, and give each its own result", () => {
		const turns = turnsOf(call("a"), output("a", "one"), call("a", "g"), output("a", "two"));
		assert.deepEqual(
			turns.map(({ parts }) => parts[0]),
			[madeCall("a"), madeResult("a", "one"), madeCall("a_2", "g"), madeResult("a_2", "two", "g")],
		);
	});

	it("hold custom calls as text, with their namespaces", () => {
		const [said] = turnsOf(
			{ type: "custom_tool_call", id: "ctc_1", call_id: "c", name: "patch", namespace: "files", input: "*** Begin" },
			{ type: "custom_tool_call_output", call_id: "c", output: "done" },
		);
		assert.deepEqual(said?.parts, [
			{
				kind: "toolCall",
				id: "c",
				name: "patch",
				namespace: "files",
				input: { kind: "free", text: "*** Begin" },
			},
		]);
	});

	it("keep what the client's own tools have done", () => {
		const turns = turnsOf(
			{
				type: "local_shell_call",
				id: "l",
				call_id: "a",
				status: "completed",
				action: { type: "exec", command: ["ls"] },
			},
			{ type: "local_shell_call_output", id: "a", output: "x" },
			{ type: "shell_call", call_id: "b", action: { commands: ["ls"] } },
			{ type: "shell_call_output", call_id: "b", output: [{ stdout: "x", stderr: "", outcome: { type: "timeout" } }] },
			{ type: "apply_patch_call", call_id: "c", status: "completed", operation: { type: "delete_file", path: "x" } },
			{ type: "apply_patch_call_output", call_id: "c", status: "failed" },
		);
		assert.deepEqual(
			turns.map(({ parts }) => parts[0]),
			[
				{
					kind: "toolCall",
					id: "a",
					name: "local_shell",
					input: { kind: "json", text: '{"type":"exec","command":["ls"]}' },
				},
				madeResult("a", "x", "local_shell"),
				{ kind: "toolCall", id: "b", name: "shell", input: { kind: "json", text: '{"commands":["ls"]}' } },
				madeResult("b", '[{"stdout":"x","stderr":"","outcome":{"type":"timeout"}}]', "shell"),
				{
					kind: "toolCall",
					id: "c",
					name: "apply_patch",
					input: { kind: "json", text: '{"type":"delete_file","path":"x"}' },
				},
				{ ...madeResult("c", "failed", "apply_patch"), isError: true },
			],
		);
	});

	it("keep the calls of remote servers with their results, and images that were made", () => {
		const turns = turnsOf(
			{ type: "mcp_call", id: "m", server_label: "docs", name: "find", arguments: '{"q":1}', output: "found" },
			{ type: "image_generation_call", id: "i", status: "completed", result: "QUJD", output_format: "webp" },
		);
		assert.deepEqual(turns, [
			{
				role: "assistant",
				parts: [
					{ kind: "toolCall", id: "m", name: "find", namespace: "docs", input: { kind: "json", text: '{"q":1}' } },
				],
			},
			{ role: "user", parts: [madeResult("m", "found", "find")] },
			{
				role: "assistant",
				parts: [{ kind: "image", source: { kind: "data", mediaType: "image/webp", data: "QUJD" } }],
			},
		]);
	});

	it("hold images and files", () => {
		const [turn] = turnsOf({
			role: "user",
			content: [
				{ type: "input_image", image_url: "data:image/png;base64,QUJD", detail: "auto" },
				{ type: "input_image", image_url: "https://x.test/a.png", detail: "low" },
				{ type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,QUJD" },
				{ type: "input_file", filename: "a.txt", file_data: "QUJD" },
				{ type: "input_file", file_url: "https://x.test/a.pdf" },
				{ type: "input_audio", input_audio: { data: "QUJD", format: "mp3" } },
				{ type: "input_image", image_url: "data:image/svg+xml,%3Csvg%3E" },
			],
		});
		const data = (mediaType: string, base64 = "QUJD") => ({ kind: "data", mediaType, data: base64 });
		assert.deepEqual(turn?.parts, [
			{ kind: "image", source: data("image/png") },
			{ kind: "image", source: { kind: "url", url: "https://x.test/a.png" }, detail: "low" },
			{ kind: "document", source: data("application/pdf"), name: "a.pdf" },
			{ kind: "document", source: data("text/plain"), name: "a.txt" },
			{ kind: "document", source: { kind: "url", url: "https://x.test/a.pdf" } },
			{ kind: "audio", source: data("audio/mpeg") },
			{ kind: "image", source: data("image/svg+xml", Buffer.from("<svg>").toString("base64")) },
		]);
	});

	it("hold refusals and citations of the assistant's, and marks for the cache", () => {
		const cited = { type: "url_citation", url: "https://x.test", title: "X", start_index: 0, end_index: 2 };
		const turns = turnsOf(
			{
				role: "user",
				content: [{ type: "input_text", text: "hi", prompt_cache_breakpoint: { mode: "explicit" } }],
			},
			{
				type: "message",
				id: "msg_1",
				status: "completed",
				phase: "final_answer",
				role: "assistant",
				content: [
					{ type: "output_text", text: "ho", annotations: [cited], logprobs: [] },
					{ type: "refusal", refusal: "No." },
				],
			},
		);
		assert.deepEqual(turns, [
			{ role: "user", parts: [{ ...text("hi"), cache: {} }] },
			{
				role: "assistant",
				parts: [
					{ ...text("ho"), citations: [{ url: "https://x.test", title: "X", start: 0, end: 2 }] },
					{ kind: "refusal", text: "No." },
				],
			},
		]);
	});

	it("have another maker's seal where it stood", () => {
		const seal = { maker: "anthropic", value: "signature" } as const;
		const [turn] = turnsOf({ type: "reasoning", summary: [], content: null, encrypted_content: sealText(seal) });
		assert.deepEqual(turn?.parts, [{ kind: "reasoning", text: "", seal }]);
	});
});
