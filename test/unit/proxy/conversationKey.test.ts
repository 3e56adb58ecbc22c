import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import type { Format } from "../../../src/accounts/account.ts";
import { conversationKey } from "../../../src/proxy/conversationKey.ts";
import { readEnvelope } from "../../../src/proxy/envelope.ts";

/** The key of a request as a client sends it. */
function keyOf(
	value: unknown,
	{ format = "openai" as Format, headers = {} as IncomingHttpHeaders, model = "m", isConversation = true } = {},
): string | null {
	const body = Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
	const members = readEnvelope(body)?.members ?? null;
	return conversationKey(headers, { format, model, body, members, isConversation });
}

const hello = { messages: [{ role: "user", content: "hello" }] };

describe("the key of a conversation", () => {
	it("is the first of the headers that name one, in their order", () => {
		const headers: Record<string, string> = {
			"x-session-affinity": "g",
			"x-session-id": "f",
			conversation_id: "e",
			"thread-id": "d",
			session_id: "c",
			"session-id": "b",
			"x-claude-code-session-id": "a",
		};
		for (const key of ["a", "b", "c", "d", "e", "f", "g"]) {
			assert.equal(keyOf({ ...hello, prompt_cache_key: "z" }, { headers }), key);
			const first = Object.keys(headers).find((name) => headers[name] === key);
			if (first !== undefined) delete headers[first];
		}
		assert.equal(keyOf({ ...hello, prompt_cache_key: "z" }, { headers }), "z");
	});

	it("passes over headers without a value", () => {
		assert.equal(keyOf(hello, { headers: { "session-id": "  ", session_id: "x" } }), "x");
	});

	it("bounds a long header without merging what differs at its end", () => {
		const long = "s".repeat(4000);
		const [one, other] = ["1", "2"].map((end) => keyOf(hello, { headers: { "session-id": long + end } }));
		assert.ok(one && other && one.length <= 200 && one !== other);
		assert.equal(one, keyOf(hello, { headers: { "session-id": `${long}1` } }));
	});

	it("is the cache key, then the metadata's user, then the user", () => {
		const all = { ...hello, user: "u", metadata: { user_id: "session_1" }, prompt_cache_key: "p" };
		const { prompt_cache_key: _, ...withoutCacheKey } = all;
		const { metadata: __, ...onlyUser } = withoutCacheKey;
		assert.deepEqual(
			[all, withoutCacheKey, onlyUser].map((value) => keyOf(value)),
			["p", "session_1", "u"],
		);
	});

	it("takes the last member of a name, decoded", () => {
		assert.equal(keyOf(String.raw`{"prompt_cache_key":"a","prompt_cache_key":"caf\u00e9"}`), "café");
		assert.equal(keyOf('{"metadata":{"user_id":"a"},"metadata":{"user_id":"b","user_id":"c"}}'), "c");
	});

	it("passes over members that are empty or no text", () => {
		assert.equal(keyOf({ prompt_cache_key: "", metadata: { user_id: 7 }, user: "u" }), "u");
		assert.equal(keyOf('{"metadata":{broken},"user":"u"}'), "u");
	});

	it("knows a member longer than any key by its bytes", () => {
		const [one, other] = ["1", "2"].map((end) => keyOf({ user: "u".repeat(10_000) + end }));
		assert.ok(one && other && one !== other && one.length < 100);
	});

	describe("by how the conversation begins", () => {
		const beginnings: Readonly<Record<Format, (system: string, first: string, more: readonly string[]) => object>> = {
			openai: (system, first, more) => ({
				messages: [
					{ role: "system", content: system },
					...[first, ...more].map((content, index) => ({ role: index % 2 ? "assistant" : "user", content })),
				],
			}),
			anthropic: (system, first, more) => ({
				system: [{ type: "text", text: system, cache_control: { type: "ephemeral" } }],
				messages: [first, ...more].map((text, index) => ({
					role: index % 2 ? "assistant" : "user",
					content: [{ type: "text", text }],
				})),
			}),
			codex: (system, first, more) => ({
				instructions: "be brief",
				input: [
					{ type: "message", role: "developer", content: [{ type: "input_text", text: system }] },
					...[first, ...more].map((text, index) => ({
						type: "message",
						role: index % 2 ? "assistant" : "user",
						content: [{ type: index % 2 ? "output_text" : "input_text", text }],
					})),
				],
			}),
			gemini: (system, first, more) => ({
				contents: [first, ...more].map((text, index) => ({ role: index % 2 ? "model" : "user", parts: [{ text }] })),
				systemInstruction: { parts: [{ text: system }] },
			}),
		};

		for (const [format, body] of Object.entries(beginnings) as [Format, (typeof beginnings)[Format]][]) {
			it(`stays the same as a ${format} conversation goes on, and differs from others`, () => {
				const key = keyOf(body("sys", "hi", []), { format });
				assert.ok(key);
				assert.equal(keyOf(body("sys", "hi", ["yes?", "go on"]), { format }), key);
				const others = [
					keyOf(body("sys", "bye", []), { format }),
					keyOf(body("other", "hi", []), { format }),
					keyOf(body("sys", "hi", []), { format, model: "another" }),
					keyOf(body("syshi", "", []), { format }),
				];
				assert.equal(new Set([key, ...others]).size, 5);
			});
		}

		it("stays the same when a client changes how it writes a text, or moves a cache mark", () => {
			const written: readonly unknown[] = [
				"hi",
				[{ type: "text", text: "hi" }],
				[{ type: "text", text: "hi", cache_control: { type: "ephemeral" } }],
			];
			const keys = written.map((content) => keyOf({ messages: [{ role: "user", content }] }, { format: "anthropic" }));
			assert.equal(new Set(keys).size, 1);
			const image = (mark: object) => ({
				messages: [{ role: "user", content: [{ type: "image", source: { data: "AAAA" }, ...mark }] }],
			});
			assert.equal(keyOf(image({ cache_control: { type: "ephemeral" } })), keyOf(image({})));
			assert.notEqual(keyOf(image({})), keyOf({ messages: [{ role: "user", content: [] }] }));
		});

		it("takes a Responses input that is a text, and Gemini's other ways of writing", () => {
			assert.ok(keyOf({ input: "hi" }, { format: "codex" }));
			assert.notEqual(keyOf({ input: "hi" }, { format: "codex" }), keyOf({ input: "bye" }, { format: "codex" }));
			const camel = { contents: [{ parts: [{ text: "hi" }] }], systemInstruction: { parts: [{ text: "s" }] } };
			const snake = {
				contents: [{ role: "user", parts: { text: "hi" } }],
				system_instruction: { parts: { text: "s" } },
			};
			assert.ok(keyOf(camel, { format: "gemini" }));
			assert.equal(keyOf(camel, { format: "gemini" }), keyOf(snake, { format: "gemini" }));
		});

		it("reads the first 64 KiB of each part", () => {
			const long = "x".repeat(64 * 1024);
			const key = (text: string) => keyOf({ messages: [{ role: "user", content: text }] });
			assert.equal(key(`${long}1`), key(`${long}2`));
			assert.notEqual(key(`1${long}`), key(`2${long}`));
		});

		it("is none where there is no user message, or the body cannot be read", () => {
			for (const value of [
				{},
				{ messages: [] },
				{ messages: "hi".length },
				{ messages: [{ role: "system", content: "s" }] },
				{ messages: [{ role: "user" }] },
				'{"messages":[{"role":"user" "content"}]}',
				'{"messages":[7,null,{broken}]}',
				"no json",
				"",
			]) {
				assert.equal(keyOf(value), null, JSON.stringify(value));
			}
		});

		it("is none where the operation is no conversation, unless the client names one", () => {
			assert.equal(keyOf(hello, { isConversation: false }), null);
			assert.equal(keyOf({ ...hello, user: "u" }, { isConversation: false }), "u");
		});

		it("does not stumble over a body that nests deeper than any stack", () => {
			const deep = 100_000;
			const body = `{"systemInstruction":${'{"parts":'.repeat(deep)}1${"}".repeat(deep)},"contents":"hi"}`;
			assert.ok(keyOf(body, { format: "gemini" }));
		});
	});
});
