import assert from "node:assert/strict";
import { readRequest } from "../../../../src/formats/openai/requestReader.ts";
import { Malformed, Untranslatable } from "../../../../src/formats/translation.ts";

const read = (messages: readonly object[]) => readRequest({ body: { model: "m", messages }, stream: null });
const turns = (...messages: readonly object[]) => read(messages).conversation.turns;
const said = (...content: readonly object[]) => turns({ role: "user", content })[0]?.parts;
const call = (id: string, name = "read", args: unknown = "{}") => ({
	id,
	type: "function",
	function: { name, arguments: args },
});
const result = (id: string, content: unknown = "done") => ({ role: "tool", tool_call_id: id, content });

describe("the messages of a chat completion", () => {
	it("may give orders anywhere, as system or developer", () => {
		const talk = turns(
			{ role: "system", content: "One." },
			{ role: "user", content: "Hi" },
			{
				role: "developer",
				content: [
					{ type: "text", text: "Two." },
					{ type: "text", text: "Three." },
				],
			},
		);
		assert.deepEqual(talk, [
			{ role: "system", parts: [{ kind: "text", text: "One." }] },
			{ role: "user", parts: [{ kind: "text", text: "Hi" }] },
			{
				role: "system",
				parts: [
					{ kind: "text", text: "Two." },
					{ kind: "text", text: "Three." },
				],
			},
		]);
	});

	it("make no turn where they say nothing", () => {
		const talk = turns(
			{ role: "system", content: "" },
			{ role: "user", content: "Hi" },
			{ role: "assistant", content: null },
		);
		assert.deepEqual(
			talk.map(({ role }) => role),
			["user"],
		);
	});

	it("hold images as data or by address, also as older clients write them", () => {
		const png = { kind: "data", mediaType: "image/png", data: "AAAA" };
		assert.deepEqual(
			said(
				{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "high" } },
				{ type: "image_url", image_url: { url: "https://a.example/b.png" } },
				{ type: "image_url", image_url: "data:IMAGE/JPG;base64,AAAA" },
				{ type: "image_url", image_url: { url: "data:image/svg+xml,%3Csvg/%3E" } },
			),
			[
				{ kind: "image", source: png, detail: "high" },
				{ kind: "image", source: { kind: "url", url: "https://a.example/b.png" } },
				{ kind: "image", source: { kind: "data", mediaType: "image/jpeg", data: "AAAA" } },
				{ kind: "image", source: { kind: "data", mediaType: "image/svg+xml", data: "PHN2Zy8+" } },
			],
		);
		assert.throws(() => said({ type: "image_url", image_url: { url: "file:///a.png" } }), Malformed);
	});

	it("hold audio and files", () => {
		assert.deepEqual(
			said(
				{ type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
				{ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
				{ type: "file", file: { filename: "a.pdf", file_data: "AAAA" } },
				{ type: "file", file: { filename: "a.png", file_data: "data:image/png;base64,AAAA" } },
			),
			[
				{ kind: "audio", source: { kind: "data", mediaType: "audio/mpeg", data: "AAAA" } },
				{ kind: "document", source: { kind: "data", mediaType: "application/pdf", data: "AAAA" }, name: "a.pdf" },
				{ kind: "document", source: { kind: "data", mediaType: "application/pdf", data: "AAAA" }, name: "a.pdf" },
				{ kind: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" } },
			],
		);
	});

	it("mark what a cache may keep, in OpenAI's way and in that of Claude behind a relay", () => {
		assert.deepEqual(
			said(
				{ type: "text", text: "a", prompt_cache_breakpoint: { mode: "explicit" } },
				{ type: "text", text: "b", cache_control: { type: "ephemeral", ttl: "1h" } },
			),
			[
				{ kind: "text", text: "a", cache: {} },
				{ kind: "text", text: "b", cache: { lifetime: "1h" } },
			],
		);
	});

	it("cannot be sent elsewhere with content that nobody knows, a stored file, or a stored voice", () => {
		const away: readonly object[] = [
			{ role: "user", content: [{ type: "hologram", hologram: {} }] },
			{ role: "user", content: [{ type: "file", file: { file_id: "file-1" } }] },
			{ role: "assistant", audio: { id: "audio_1" } },
			{ role: "assistant", tool_calls: [{ id: "1", type: "browser", browser: {} }] },
		];
		for (const message of away) assert.throws(() => turns(message), Untranslatable);
	});

	it("name what is lost of them once", () => {
		const named = (content: string) => ({ role: "user", content, name: "Ann" });
		assert.deepEqual(read([named("a"), named("b")]).losses, ["messages[].name"]);
	});
});

describe("the assistant's messages", () => {
	it("hold reasoning, text, a refusal and calls, in this order", () => {
		const [turn] = turns({
			role: "assistant",
			reasoning_content: "Hm.",
			content: [
				{ type: "text", text: "Well" },
				{ type: "refusal", refusal: "no" },
			],
			refusal: "Never.",
			tool_calls: [call("1"), { id: "2", type: "custom", custom: { name: "patch", input: "+a" } }],
		});
		assert.deepEqual(turn?.parts, [
			{ kind: "reasoning", text: "Hm." },
			{ kind: "text", text: "Well" },
			{ kind: "refusal", text: "no" },
			{ kind: "refusal", text: "Never." },
			{ kind: "toolCall", id: "1", name: "read", input: { kind: "json", text: "{}" } },
			{ kind: "toolCall", id: "2", name: "patch", input: { kind: "free", text: "+a" } },
		]);
	});

	it("come back as SDKs keep them", () => {
		const { conversation, losses } = read([
			{
				role: "assistant",
				content: "See here.",
				refusal: null,
				audio: null,
				function_call: null,
				tool_calls: null,
				annotations: [
					{
						type: "url_citation",
						url_citation: { url: "https://a.example", title: "A", start_index: 0, end_index: 3 },
					},
				],
			},
		]);
		assert.deepEqual(conversation.turns[0]?.parts, [
			{
				kind: "text",
				text: "See here.",
				citations: [{ url: "https://a.example", title: "A", start: 0, end: 3 }],
			},
		]);
		assert.deepEqual(losses, []);
	});

	it("may have their reasoning in details, and name it where it is encrypted alone", () => {
		const details = [
			{ type: "reasoning.text", text: "Hm" },
			{ type: "reasoning.summary", summary: "!" },
		];
		const [turn] = turns({ role: "assistant", content: "a", reasoning_details: details });
		assert.deepEqual(turn?.parts[0], { kind: "reasoning", text: "Hm!" });
		const encrypted = [{ type: "reasoning.encrypted", data: "x" }];
		const { losses } = read([{ role: "assistant", content: "a", reasoning_details: encrypted }]);
		assert.deepEqual(losses, ["messages[].reasoning_details"]);
	});

	it("may have arguments that are an object", () => {
		const [turn] = turns({ role: "assistant", tool_calls: [call("1", "read", { path: "a" })] });
		assert.deepEqual(turn?.parts[0], {
			kind: "toolCall",
			id: "1",
			name: "read",
			input: { kind: "json", text: '{"path":"a"}' },
		});
	});
});

describe("the results of calls", () => {
	it("make one turn where they follow each other, and know their tools", () => {
		const talk = turns(
			{ role: "assistant", content: null, tool_calls: [call("1", "read"), call("2", "list")] },
			result("2", [
				{ type: "text", text: "a" },
				{ type: "text", text: "b" },
			]),
			result("1"),
			{ role: "user", content: "Go on" },
		);
		assert.deepEqual(talk.slice(1), [
			{
				role: "user",
				parts: [
					{
						kind: "toolResult",
						callId: "2",
						name: "list",
						content: [
							{ kind: "text", text: "a" },
							{ kind: "text", text: "b" },
						],
					},
					{ kind: "toolResult", callId: "1", name: "read", content: [{ kind: "text", text: "done" }] },
				],
			},
			{ role: "user", parts: [{ kind: "text", text: "Go on" }] },
		]);
	});

	it("belong to the latest call where ids begin anew, or are missing", () => {
		const talk = turns(
			{ role: "assistant", tool_calls: [call("call_0", "one")] },
			result("call_0"),
			{ role: "assistant", tool_calls: [call("call_0", "two")] },
			result("call_0"),
			{ role: "assistant", tool_calls: [call("", "three"), call("", "four")] },
			result(""),
			result(""),
		);
		const calls = talk.flatMap(({ parts }) =>
			parts.flatMap((part) => (part.kind === "toolCall" ? [[part.id, part.name]] : [])),
		);
		const results = talk.flatMap(({ parts }) =>
			parts.flatMap((part) => (part.kind === "toolResult" ? [[part.callId, part.name]] : [])),
		);
		assert.deepEqual(results, calls);
		assert.equal(new Set(calls.map(([id]) => id)).size, 4);
	});

	it("of the older way are known by the function's name", () => {
		const talk = turns(
			{ role: "assistant", content: null, function_call: { name: "read", arguments: '{"a":1}' } },
			{ role: "function", name: "read", content: "done" },
		);
		const [asked] = talk[0]?.parts ?? [];
		assert.ok(asked?.kind === "toolCall");
		assert.deepEqual(talk[1]?.parts, [
			{ kind: "toolResult", callId: asked.id, name: "read", content: [{ kind: "text", text: "done" }] },
		]);
	});

	it("may hold images, as some clients send them", () => {
		const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
		const talk = turns({ role: "assistant", tool_calls: [call("1")] }, result("1", [image]));
		const [part] = talk[1]?.parts ?? [];
		assert.equal(part?.kind === "toolResult" && part.content[0]?.kind, "image");
	});
});
