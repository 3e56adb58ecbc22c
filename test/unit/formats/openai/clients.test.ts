import assert from "node:assert/strict";
import { readRequest } from "../../../../src/formats/openai/requestReader.ts";

const parameters = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };
const tools = [{ type: "function", function: { name: "read_file", description: "Reads.", parameters } }];
const called = [{ id: "call_1", type: "function", function: { name: "read_file", arguments: '{"path":"a"}' } }];

/** What each client sends in the second turn of a tool's round trip, and what of it can be told to nobody else. */
const clients: Readonly<Record<string, { readonly body: object; readonly lost: readonly string[] }>> = {
	Continue: {
		body: {
			messages: [
				{ role: "system", content: "You are…" },
				{ role: "user", content: "Read a" },
				{ role: "assistant", content: " ", tool_calls: called },
				{ role: "tool", content: "words", tool_call_id: "call_1" },
			],
			...{ model: "m", max_tokens: 4096, stream: true, tools, stream_options: { include_usage: true } },
		},
		lost: [],
	},
	Cline: {
		body: {
			messages: [
				{ role: "system", content: "You are…" },
				{
					role: "user",
					content: [
						{ type: "text", text: "<task>" },
						{ type: "text", text: "<env>" },
					],
				},
				{ role: "assistant", content: "I read.", tool_calls: called },
				{ role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "words" }] },
				{ role: "user", content: [{ type: "text", text: "<env>" }] },
			],
			...{ model: "m", temperature: 0, stream: true, stream_options: { include_usage: true }, tools },
			...{ tool_choice: "auto", parallel_tool_calls: false, reasoning_effort: "medium" },
		},
		lost: [],
	},
	"Copilot with a key of one's own": {
		body: {
			messages: [
				{ role: "system", content: "You are…" },
				{
					role: "user",
					content: [
						{ type: "text", text: "Look" },
						{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "auto" } },
					],
				},
				{ role: "assistant", content: "", tool_calls: called },
				{ role: "tool", content: "words", tool_call_id: "call_1" },
			],
			...{ model: "m", temperature: 0.1, top_p: 1, max_tokens: 4096, n: 1, stream: true, tools, tool_choice: "auto" },
			...{ stream_options: { include_usage: true }, reasoning: { effort: "high" } },
		},
		lost: [],
	},
	OpenCode: {
		body: {
			messages: [
				{ role: "system", content: "You are…" },
				{ role: "user", content: "Read a" },
				{ role: "assistant", content: null, reasoning_content: "Hm", tool_calls: called },
				{ role: "tool", tool_call_id: "call_1", content: "words" },
			],
			...{ model: "m", max_tokens: 32_000, reasoning_effort: "high", tools, tool_choice: "auto", stream: true },
			stream_options: { include_usage: true },
		},
		lost: [],
	},
	"Qwen Code": {
		body: {
			messages: [
				{ role: "system", content: [{ type: "text", text: "You are…", cache_control: { type: "ephemeral" } }] },
				{ role: "user", content: [{ type: "text", text: "Read a" }] },
				{ role: "assistant", content: null, tool_calls: [{ ...called[0], index: 0 }] },
				{ role: "tool", tool_call_id: "call_1", content: "words" },
			],
			...{ model: "m", stream: true, stream_options: { include_usage: true }, tools, temperature: 0, top_p: 1 },
			...{ metadata: { sessionId: "s", promptId: "p" }, vl_high_resolution_images: true, enable_thinking: false },
		},
		lost: ["vl_high_resolution_images"],
	},
	pi: {
		body: {
			messages: [
				{ role: "developer", content: "You are…" },
				{ role: "user", content: [{ type: "text", text: "Read a" }] },
				{ role: "assistant", content: null, tool_calls: called },
				{ role: "tool", tool_call_id: "call_1", content: "words", name: "read_file" },
			],
			...{ model: "m", stream: true, store: false, max_completion_tokens: 32_000, tools, prompt_cache_key: "k" },
			stream_options: { include_usage: true },
		},
		lost: [],
	},
};

describe("clients of Chat Completions", () => {
	for (const [client, { body, lost }] of Object.entries(clients)) {
		it(`come through with a tool's round trip: ${client}`, () => {
			const { conversation, losses } = readRequest({ body, stream: null });
			assert.deepEqual(losses, lost);
			assert.equal(conversation.stream, true);
			assert.equal(conversation.tools.length, 1);
			const results = conversation.turns.flatMap(({ parts }) => parts.filter((part) => part.kind === "toolResult"));
			assert.deepEqual(results, [
				{ kind: "toolResult", callId: "call_1", name: "read_file", content: [{ kind: "text", text: "words" }] },
			]);
		});
	}
});
