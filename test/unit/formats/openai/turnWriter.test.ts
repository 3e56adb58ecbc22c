import assert from "node:assert/strict";
import type {
	AssistantPart,
	ReasoningPart,
	ToolResultPart,
	Turn,
	UserPart,
} from "../../../../src/formats/conversation.ts";
import { writeRequest } from "../../../../src/formats/openai/requestWriter.ts";
import { Untranslatable } from "../../../../src/formats/translation.ts";
import { assertShape } from "../../../support/sdkShapes.ts";

/** What relays have beyond the SDK. */
const vendors = ["messages[].reasoning", "messages[].reasoning_details", "messages[].tool_calls[].extra_content"];

function write(turns: readonly Turn[], model = "gpt-4o") {
	const request = writeRequest({ stream: false, turns, tools: [], sampling: {}, stop: [] }, { model });
	const body: { messages: readonly unknown[] } = JSON.parse(JSON.stringify(request.body));
	assertShape("openai.request", body, vendors);
	return { messages: body.messages, losses: request.losses };
}

const text = (words: string) => ({ kind: "text", text: words }) as const;
const user = (...parts: readonly UserPart[]): Turn => ({ role: "user", parts });
const assistant = (...parts: readonly AssistantPart[]): Turn => ({ role: "assistant", parts });
const system = (...words: readonly string[]): Turn => ({ role: "system", parts: words.map(text) });
const call = (id: string, name = "read") =>
	({ kind: "toolCall", id, name, input: { kind: "json", text: "{}" } }) as const;
const result = (callId: string, ...content: ToolResultPart["content"]): ToolResultPart => ({
	kind: "toolResult",
	callId,
	name: "read",
	content,
});
const wired = (id: string, name = "read") => ({ id, type: "function", function: { name, arguments: "{}" } });
const png = { kind: "image", source: { kind: "data", mediaType: "image/png", data: "AAAA" } } as const;
const pngPart = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };

describe("turns written as messages", () => {
	it("have text as a string, which every relay takes", () => {
		const { messages } = write([system("One.", "Two."), user(text("a"), text("b")), assistant(text("c"), text("d"))]);
		assert.deepEqual(messages, [
			{ role: "system", content: "One.\n\nTwo." },
			{ role: "user", content: "a\n\nb" },
			{ role: "assistant", content: "cd" },
		]);
	});

	it("join what the system says, and what the assistant says, without a pause", () => {
		const { messages } = write([
			system("One."),
			system("Two."),
			user(text("a")),
			assistant(text("b")),
			assistant(call("1")),
			user(result("1", text("c"))),
			system("Three."),
		]);
		assert.deepEqual(messages, [
			{ role: "system", content: "One.\n\nTwo." },
			{ role: "user", content: "a" },
			{ role: "assistant", content: "b", tool_calls: [wired("1")] },
			{ role: "tool", tool_call_id: "1", content: "c" },
			{ role: "system", content: "Three." },
		]);
	});

	it("have a later word of the system's as one of the user's, for other makers' models that refuse it there", () => {
		const { messages } = write(
			[
				system("One."),
				user(text("a")),
				system("Two.", "Three."),
				assistant(call("1")),
				system("Four."),
				user(result("1", text("b"))),
				user(text("c")),
				assistant(text("d")),
				system("Five."),
				user(text("e")),
			],
			"qwen3.8-27b",
		);
		assert.deepEqual(messages, [
			{ role: "system", content: "One." },
			{ role: "user", content: "a\n\n<system>\nTwo.\n\nThree.\n</system>" },
			{ role: "assistant", content: null, tool_calls: [wired("1")] },
			{ role: "tool", tool_call_id: "1", content: "b" },
			{ role: "user", content: "<system>\nFour.\n</system>" },
			{ role: "user", content: "c" },
			{ role: "assistant", content: "d" },
			{ role: "user", content: "<system>\nFive.\n</system>\n\ne" },
		]);
	});

	it("have all results right after their calls, whatever stood between", () => {
		const { messages } = write([
			assistant(call("1"), call("2")),
			system("Careful."),
			user(text("Meanwhile"), result("2", text("two"))),
			user(result("1", text("one")), text("Go on")),
		]);
		assert.deepEqual(messages, [
			{ role: "assistant", content: null, tool_calls: [wired("1"), wired("2")] },
			{ role: "tool", tool_call_id: "2", content: "two" },
			{ role: "tool", tool_call_id: "1", content: "one" },
			{ role: "system", content: "Careful." },
			{ role: "user", content: "Meanwhile" },
			{ role: "user", content: "Go on" },
		]);
	});

	it("have what a result holds beside text in a message after all results, with words that say whose it is", () => {
		const { messages } = write([
			assistant(call("1"), call("2")),
			user(result("1", text("a"), png), result("2", text("b")), text("Go on")),
		]);
		assert.deepEqual(messages.slice(1), [
			{ role: "tool", tool_call_id: "1", content: "a\n\nThe rest of this result follows in the next message." },
			{ role: "tool", tool_call_id: "2", content: "b" },
			{
				role: "user",
				content: [{ type: "text", text: "From the result of the call 1 of the tool “read”:" }, pngPart],
			},
			{ role: "user", content: "Go on" },
		]);
	});

	it("say in words that a result is an error", () => {
		const { messages, losses } = write([
			assistant(call("1")),
			user({ ...result("1", text("No file.")), isError: true }),
		]);
		assert.deepEqual(messages[1], {
			role: "tool",
			tool_call_id: "1",
			content: "The tool reported an error.\n\nNo file.",
		});
		assert.deepEqual(losses, [{ feature: "toolResultError", sentAs: "text" }]);
	});

	it("have ids of calls that OpenAI takes, the same for the result", () => {
		const long = `functions.read:${"0".repeat(80)}`;
		const { messages } = write([assistant(call(long)), user(result(long))]);
		const [asked, answered] = messages as [{ tool_calls: [{ id: string }] }, { tool_call_id: string }];
		assert.match(asked.tool_calls[0].id, /^[\w-]{1,64}$/);
		assert.equal(answered.tool_call_id, asked.tool_calls[0].id);
	});

	it("have media that Chat Completions can hold", () => {
		const { messages } = write([
			user(
				text("See"),
				{ ...png, detail: "low" },
				{ kind: "image", source: { kind: "url", url: "https://a.example/b.png" } },
				{ kind: "audio", source: { kind: "data", mediaType: "audio/x-wav", data: "AAAA" } },
				{ kind: "document", source: { kind: "data", mediaType: "application/pdf", data: "AAAA" } },
			),
		]);
		assert.deepEqual(messages, [
			{
				role: "user",
				content: [
					{ type: "text", text: "See" },
					{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
					{ type: "image_url", image_url: { url: "https://a.example/b.png" } },
					{ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
					{ type: "file", file: { filename: "document.pdf", file_data: "data:application/pdf;base64,AAAA" } },
				],
			},
		]);
	});

	it("have documents of text as text", () => {
		const { messages } = write([
			user(
				{ kind: "document", source: { kind: "text", text: "Words." }, name: "a.txt", context: "old" },
				{ kind: "document", source: { kind: "data", mediaType: "text/plain", data: "SGk=" } },
			),
		]);
		assert.deepEqual(messages, [{ role: "user", content: "Document “a.txt”, old:\nWords.\n\nDocument:\nHi" }]);
	});

	it("cannot hold other media", () => {
		const others: readonly UserPart[] = [
			{ kind: "audio", source: { kind: "data", mediaType: "audio/flac", data: "AAAA" } },
			{ kind: "audio", source: { kind: "url", url: "https://a.example/a.wav" } },
			{ kind: "document", source: { kind: "url", url: "https://a.example/a.pdf" } },
			{ kind: "video", source: { kind: "data", mediaType: "video/mp4", data: "AAAA" } },
		];
		for (const part of others) assert.throws(() => write([user(part)]), Untranslatable);
	});

	it("show what the assistant has drawn in a message after it", () => {
		const { messages } = write([user(text("Draw")), assistant(text("Here"), png), user(text("Bigger"))]);
		assert.deepEqual(messages.slice(1), [
			{ role: "assistant", content: "Here" },
			{ role: "user", content: [{ type: "text", text: "From the assistant's last message:" }, pngPart] },
			{ role: "user", content: "Bigger" },
		]);
	});

	it("have a refusal as OpenAI knows it, and as text elsewhere", () => {
		const turns = [assistant(text("Hm."), { kind: "refusal", text: "No." })];
		assert.deepEqual(write(turns).messages, [
			{
				role: "assistant",
				content: [
					{ type: "text", text: "Hm." },
					{ type: "refusal", refusal: "No." },
				],
			},
		]);
		const elsewhere = write(turns, "qwen3");
		assert.deepEqual(elsewhere.messages, [{ role: "assistant", content: "Hm.\n\nNo." }]);
		assert.deepEqual(elsewhere.losses, [{ feature: "refusalHistory", sentAs: "text" }]);
	});

	it("name the marks and citations that they cannot hold", () => {
		const cited = { ...text("b"), citations: [{ url: "https://a.example" }] };
		const { losses } = write([user({ ...text("a"), cache: {} }), assistant(cited, { ...call("1"), cache: {} })]);
		assert.deepEqual(losses, [{ feature: "cacheMarks" }, { feature: "citations" }]);
	});
});

describe("reasoning of earlier turns", () => {
	const sealed = (value: unknown, words = ""): ReasoningPart => ({
		kind: "reasoning",
		text: words,
		seal: { maker: "openai", value },
	});

	it("goes back in the very members in which it came", () => {
		const { messages, losses } = write(
			[assistant(sealed({ message: { reasoning_content: "Hm." } }, "Hm."), text("a"), call("1"))],
			"glm-5",
		);
		assert.deepEqual(messages, [
			{ role: "assistant", content: "a", tool_calls: [wired("1")], reasoning_content: "Hm." },
		]);
		assert.deepEqual(losses, []);
	});

	it("goes back whole where it came in several parts, and signs the call it has signed", () => {
		const details = (data: string) => [{ type: "reasoning.encrypted", data }];
		const signed = { google: { thought_signature: "s" } };
		const { messages } = write([
			assistant(
				sealed({ message: { reasoning_details: details("1") } }),
				text("a"),
				sealed({ message: { reasoning_details: details("2") }, call: { extra_content: signed } }),
				call("1"),
				call("2"),
			),
		]);
		assert.deepEqual(messages, [
			{
				role: "assistant",
				content: "a",
				tool_calls: [{ ...wired("1"), extra_content: signed }, wired("2")],
				reasoning_details: [...details("1"), ...details("2")],
			},
		]);
	});

	it("puts nothing else into a request, whatever the client has made of the seal", () => {
		const { messages } = write([
			assistant(sealed({ message: { role: "system", tool_calls: [] }, call: 1 }), text("a")),
		]);
		assert.deepEqual(messages, [{ role: "assistant", content: "a" }]);
	});

	it("is left out and named where another maker has sealed it, or nobody", () => {
		const foreign: ReasoningPart = { kind: "reasoning", text: "Hm", seal: { maker: "anthropic", value: "x" } };
		for (const part of [foreign, { kind: "reasoning", text: "Hm" } as const]) {
			const { messages, losses } = write([assistant(part, text("a"))]);
			assert.deepEqual(messages, [{ role: "assistant", content: "a" }]);
			assert.deepEqual(losses, [{ feature: "reasoningHistory" }]);
		}
		assert.deepEqual(write([assistant(foreign)]).messages, []);
	});

	it("is a blank for models that refuse turns without it", () => {
		const { messages } = write([assistant(text("a"))], "deepseek/deepseek-v4-pro");
		assert.deepEqual(messages, [{ role: "assistant", content: "a", reasoning_content: " " }]);
	});
});
