import assert from "node:assert/strict";
import type { AssistantPart, Conversation, Turn, UserPart } from "../../../../src/formats/conversation.ts";
import { geminiTranslation } from "../../../../src/formats/gemini/translation.ts";
import { bareConversation } from "./replyFixtures.ts";

interface Body {
	readonly contents: readonly { readonly role: string; readonly parts: readonly object[] }[];
	readonly systemInstruction?: object;
}

function write(turns: readonly Turn[], model = "gemini-2.5-pro", more: Partial<Conversation> = {}) {
	const { body, losses } = geminiTranslation.writeRequest({ ...bareConversation, turns, ...more }, { model });
	return { ...(body as Body), losses };
}

const text = (words: string) => ({ kind: "text" as const, text: words });
const user = (...parts: readonly UserPart[]): Turn => ({ role: "user", parts });
const assistant = (...parts: readonly AssistantPart[]): Turn => ({ role: "assistant", parts });
const system = (words: string): Turn => ({ role: "system", parts: [text(words)] });
const call = (id: string, name = "read", json = "{}") => ({
	kind: "toolCall" as const,
	id,
	name,
	input: { kind: "json" as const, text: json },
});
const result = (callId: string, ...content: readonly UserPart[]): UserPart => ({
	kind: "toolResult",
	callId,
	name: "read",
	content: content.filter((part) => part.kind !== "toolResult"),
});
const png = { kind: "image" as const, source: { kind: "data" as const, mediaType: "image/png", data: "AA==" } };

describe("turns, written as Gemini's contents", () => {
	it("begin with the instructions, and keep later ones in their place", () => {
		const { systemInstruction, contents } = write([
			system("Be brief."),
			system("Be kind."),
			user(text("Hi")),
			system("Now be loud."),
			assistant(text("HI")),
			system("Stop."),
		]);
		assert.deepEqual(systemInstruction, { parts: [{ text: "Be brief." }, { text: "Be kind." }] });
		assert.deepEqual(contents, [
			{ role: "user", parts: [{ text: "Hi" }, { text: "<system>\nNow be loud.\n</system>" }] },
			{ role: "model", parts: [{ text: "HI" }] },
			{ role: "user", parts: [{ text: "<system>\nStop.\n</system>" }] },
		]);
	});

	it("begin with the instructions as the user's words, for models that take none", () => {
		assert.deepEqual(write([system("Be brief."), user(text("Hi"))], "gemma-3-27b-it"), {
			contents: [{ role: "user", parts: [{ text: "Be brief." }, { text: "Hi" }] }],
			losses: [],
		});
	});

	it("ask something, even where there are instructions alone", () => {
		assert.deepEqual(write([system("Be brief."), system("Write a poem.")]), {
			systemInstruction: { parts: [{ text: "Be brief." }] },
			contents: [{ role: "user", parts: [{ text: "Write a poem." }] }],
			losses: [],
		});
	});

	it("join turns of one role, and leave out what is empty", () => {
		const { contents } = write([
			user(text("a")),
			user(text("")),
			user(text("b")),
			assistant(text("")),
			user(text("c")),
		]);
		assert.deepEqual(contents, [
			{ role: "user", parts: [{ text: "a" }, { text: "b" }] },
			{ role: "user", parts: [{ text: "c" }] },
		]);
	});

	it("hold the results at once after their calls, together and in their order", () => {
		const { contents } = write([
			assistant(call("c1"), call("c2")),
			user(text("By the way,")),
			user(result("c2", text("two"))),
			user(result("c1", text("one"), png)),
		]);
		const response = (id: string, output: string) => ({ functionResponse: { id, name: "read", response: { output } } });
		assert.deepEqual(contents[1]?.parts, [
			response("c1", "one"),
			response("c2", "two"),
			{ inlineData: { mimeType: "image/png", data: "AA==" } },
			{ text: "By the way," },
		]);
	});

	it("hold the results at once after their calls, even where the client asked on in between", () => {
		const { contents } = write([
			assistant(call("c1"), call("c2")),
			user(result("c1", text("one"))),
			system("Go on."),
			assistant(call("c3")),
			user(result("c3", text("three")), result("c2", text("two")), text("So?")),
		]);
		const held = contents.map(({ parts }) => JSON.stringify(parts).match(/"id":"c\d"|Go on|So\?/g));
		assert.deepEqual(held, [
			['"id":"c1"', '"id":"c2"'],
			['"id":"c1"', '"id":"c2"', "Go on"],
			['"id":"c3"'],
			['"id":"c3"', "So?"],
		]);
	});

	it("hold media in the result itself from the third generation on", () => {
		const { contents } = write([assistant(call("c1")), user(result("c1", text("one"), png))], "gemini-3-pro-preview");
		assert.deepEqual(contents[1]?.parts, [
			{
				functionResponse: {
					id: "c1",
					name: "read",
					response: { output: "one" },
					parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }],
				},
			},
		]);
	});

	it("tell errors, results of several texts, and results of nothing", () => {
		const { contents } = write([
			assistant(call("c1"), call("c2"), call("c3")),
			user(
				{ kind: "toolResult", callId: "c1", name: "read", content: [text("no such file")], isError: true },
				result("c2", text("a"), text("b")),
				result("c3"),
			),
		]);
		assert.deepEqual(
			contents[1]?.parts.map(
				(part) => "functionResponse" in part && (part.functionResponse as { response: object }).response,
			),
			[{ error: "no such file" }, { output: "a\nb" }, { output: "" }],
		);
	});

	it("give the same fit id to a call and its result", () => {
		const { contents } = write([assistant(call("an id | with fc_1")), user(result("an id | with fc_1", text("x")))]);
		const idOf = (part: object | undefined) => JSON.stringify(part).match(/"id":"([^"]+)"/)?.[1] ?? "";
		const [first, second] = contents.map(({ parts }) => idOf(parts[0]));
		assert.equal(first, second);
		assert.match(first ?? "", /^[\w-]{1,64}$/);
	});

	it("name calls of namespaces and calls whose input is text as their tools are named", () => {
		const { contents } = write([
			assistant(
				{ ...call("c1", "read file"), namespace: "fs" },
				{ kind: "toolCall", id: "c2", name: "patch", input: { kind: "free", text: "+ a" } },
				call("c3", "broken", "{no json"),
			),
			user({ kind: "toolResult", callId: "c1", name: "read file", content: [text("x")] }),
		]);
		assert.deepEqual(contents[0]?.parts, [
			{ functionCall: { id: "c1", name: "fs__read_file", args: {} } },
			{ functionCall: { id: "c2", name: "patch", args: { input: "+ a" } } },
			{ functionCall: { id: "c3", name: "broken", args: { input: "{no json" } } },
		]);
		assert.match(JSON.stringify(contents[1]), /"name":"fs__read_file"/);
	});

	it("bear Gemini's own signatures where Gemini put them", () => {
		const seal = (value: unknown) => ({ maker: "gemini" as const, value });
		const code = { executableCode: { language: "PYTHON", code: "1" } };
		const { contents, losses } = write([
			assistant(
				{ kind: "reasoning", text: "Hm", seal: seal("czE=") },
				call("c1"),
				call("c2"),
				{ kind: "reasoning", text: "", seal: seal({ part: code }) },
				text("So"),
				{ kind: "reasoning", text: "", seal: seal("czI=") },
				text("it is"),
				{ kind: "reasoning", text: "", seal: seal("czM=") },
			),
		]);
		assert.deepEqual(contents[0]?.parts, [
			{ text: "Hm", thought: true },
			{ functionCall: { id: "c1", name: "read", args: {} }, thoughtSignature: "czE=" },
			{ functionCall: { id: "c2", name: "read", args: {} } },
			code,
			{ text: "So" },
			{ text: "", thoughtSignature: "czI=" },
			{ text: "it is" },
			{ text: "", thoughtSignature: "czM=" },
		]);
		assert.deepEqual(losses, []);
	});

	it("leave out reasoning of other makers, and put Google's placeholder on the first call where it is asked for", () => {
		const turns = [
			assistant(
				{ kind: "reasoning", text: "Hm", seal: { maker: "anthropic", value: "x" } },
				{ kind: "reasoning", text: "Hm" },
				call("c1"),
				call("c2"),
			),
		];
		const first = (model: string) => write(turns, model).contents[0]?.parts;
		const plain = [
			{ functionCall: { id: "c1", name: "read", args: {} } },
			{ functionCall: { id: "c2", name: "read", args: {} } },
		];
		assert.deepEqual(first("gemini-2.5-flash"), plain);
		const signed = [{ ...plain[0], thoughtSignature: "skip_thought_signature_validator" }, plain[1]];
		for (const model of ["gemini-3-pro-preview", "models/gemini-3.1-flash", "gemini-flash-latest", "house-model"]) {
			assert.deepEqual(first(model), signed, model);
		}
		assert.deepEqual(write(turns).losses, [{ feature: "reasoningHistory" }]);
	});

	it("carry media as data or by URL, and tell a document's name in words", () => {
		const url = (address: string, mediaType?: string) => ({
			kind: "url" as const,
			url: address,
			...(mediaType === undefined ? {} : { mediaType }),
		});
		const { contents, losses } = write([
			user(
				{ kind: "image", source: url("https://example.com/a.png") },
				{ kind: "video", source: url("https://youtu.be/x") },
				{ kind: "audio", source: { kind: "data", mediaType: "audio/wav", data: "AA==" } },
				{ kind: "document", source: { kind: "text", text: "Hæ" }, name: "hi.txt", context: "A greeting.", cited: true },
			),
		]);
		assert.deepEqual(contents[0]?.parts, [
			{ fileData: { fileUri: "https://example.com/a.png", mimeType: "image/png" } },
			{ fileData: { fileUri: "https://youtu.be/x" } },
			{ inlineData: { mimeType: "audio/wav", data: "AA==" } },
			{ text: "Document: hi.txt\nA greeting." },
			{ inlineData: { mimeType: "text/plain", data: Buffer.from("Hæ").toString("base64") } },
		]);
		assert.deepEqual(losses, [{ feature: "citations" }, { feature: "documentContext", sentAs: "text" }]);
	});

	it("tell an image's detail from the third generation on", () => {
		const turns = [user({ ...png, detail: "original" })];
		const part = { inlineData: { mimeType: "image/png", data: "AA==" } };
		assert.deepEqual(write(turns, "gemini-3-pro-preview").contents[0]?.parts, [
			{ ...part, mediaResolution: { level: "MEDIA_RESOLUTION_ULTRA_HIGH" } },
		]);
		assert.deepEqual(write(turns), {
			contents: [{ role: "user", parts: [part] }],
			losses: [{ feature: "imageDetail" }],
		});
		assert.deepEqual(write([user({ ...png, detail: "auto" })]).losses, []);
	});

	it("name what of the history cannot be said", () => {
		const { contents, losses } = write([
			{ role: "user", parts: [{ ...text("Hi"), cache: { lifetime: "1h" } }] },
			assistant({ kind: "refusal", text: "No." }, { ...text("But"), citations: [{ url: "https://a.example" }] }),
		]);
		assert.deepEqual(contents[1]?.parts, [{ text: "No." }, { text: "But" }]);
		assert.deepEqual(losses, [
			{ feature: "cacheMarks" },
			{ feature: "refusalHistory", sentAs: "text" },
			{ feature: "citations" },
		]);
	});
});
