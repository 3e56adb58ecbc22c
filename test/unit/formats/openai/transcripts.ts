/** A stream as relays send it, and the reply that it comes to. */
export interface Transcript {
	readonly what: string;
	/** Chunks as JSON; a text stands for itself. */
	readonly data: readonly (object | string)[];
	readonly reply: {
		readonly reason: string;
		/** `kind`, or `name(id)` of a call; then the text. */
		readonly parts: readonly string[];
		readonly usage?: object;
	};
}

const base = { id: "chatcmpl-9", object: "chat.completion.chunk", created: 1, model: "m" };
const chunk = (delta: object, finish_reason: string | null = null) => ({
	...base,
	choices: [{ index: 0, delta, logprobs: null, finish_reason }],
});
const call = (index: number | undefined, rest: object) => ({
	tool_calls: [{ ...(index === undefined ? {} : { index }), ...rest }],
});
const begun = (index: number | undefined, id: string, name: string, args: unknown = "") =>
	chunk(call(index, { id, type: "function", function: { name, arguments: args } }));
const more = (index: number | undefined, args: string) => chunk(call(index, { function: { arguments: args } }));
const end = (reason: string) => chunk({}, reason);
const done = "[DONE]";

export const transcripts: readonly Transcript[] = [
	{
		what: "text, with usage in a chunk of its own",
		data: [
			chunk({ role: "assistant", content: "", refusal: null }),
			chunk({ content: "Hællo " }),
			chunk({ content: "👩‍👩‍👧!" }),
			end("stop"),
			{
				...base,
				choices: [],
				usage: {
					prompt_tokens: 10,
					completion_tokens: 5,
					total_tokens: 15,
					prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
					completion_tokens_details: { reasoning_tokens: 1 },
				},
			},
			done,
		],
		reply: {
			reason: "stop",
			parts: ["text Hællo 👩‍👩‍👧!"],
			usage: { input: 10, output: 5, cached: 4, cacheWritten: 2, reasoning: 1 },
		},
	},
	{
		what: "reasoning, text and a call in one reply",
		data: [
			chunk({ role: "assistant", reasoning_content: "Hm" }),
			chunk({ reasoning_content: "m." }),
			chunk({ content: "Let me see." }),
			begun(0, "call_1", "read"),
			more(0, '{"path":'),
			more(0, '"a"}'),
			end("tool_calls"),
			done,
		],
		reply: { reason: "toolCalls", parts: ["reasoning Hmm.", "text Let me see.", 'read(call_1) {"path":"a"}'] },
	},
	{
		what: "parallel calls whose pieces come in turn",
		data: [
			begun(0, "call_1", "read"),
			begun(1, "call_2", "list"),
			more(1, '{"dir":'),
			more(0, '{"path":'),
			more(1, '"b"}'),
			more(0, '"a"}'),
			end("tool_calls"),
			done,
		],
		reply: { reason: "toolCalls", parts: ['read(call_1) {"path":"a"}', 'list(call_2) {"dir":"b"}'] },
	},
	{
		what: "calls without index",
		data: [
			begun(undefined, "call_1", "read"),
			more(undefined, '{"path":"a"}'),
			begun(undefined, "call_2", "read"),
			more(undefined, '{"path":"b"}'),
			end("tool_calls"),
			done,
		],
		reply: { reason: "toolCalls", parts: ['read(call_1) {"path":"a"}', 'read(call_2) {"path":"b"}'] },
	},
	{
		what: "calls that all have the same index",
		data: [begun(0, "call_1", "read", '{"path":"a"}'), begun(0, "call_2", "read", '{"path":"b"}'), end("stop"), done],
		reply: { reason: "toolCalls", parts: ['read(call_1) {"path":"a"}', 'read(call_2) {"path":"b"}'] },
	},
	{
		what: "a call that says its id and name with each piece",
		data: [
			begun(0, "call_1", "read", '{"path"'),
			begun(0, "call_1", "read", ':"a"}'),
			begun(0, "call_1", "read", ""),
			end("tool_calls"),
			done,
		],
		reply: { reason: "toolCalls", parts: ['read(call_1) {"path":"a"}'] },
	},
	{
		what: "a call whose name comes after its id, and whose arguments are an object",
		data: [
			chunk(call(0, { id: "call_1" })),
			chunk(call(0, { function: { name: "read", arguments: { path: "a" } } })),
			end("tool_calls"),
			done,
		],
		reply: { reason: "toolCalls", parts: ['read(call_1) {"path":"a"}'] },
	},
	{
		what: "text after a call",
		data: [begun(0, "call_1", "read"), more(0, "{}"), chunk({ content: "Reading." }), end("tool_calls"), done],
		reply: { reason: "toolCalls", parts: ["read(call_1) {}", "text Reading."] },
	},
	{
		what: "the older function call",
		data: [
			chunk({ function_call: { name: "read", arguments: "" } }),
			chunk({ function_call: { arguments: '{"a":' } }),
			chunk({ function_call: { arguments: "1}" } }),
			end("function_call"),
			done,
		],
		reply: { reason: "toolCalls", parts: ['read(made) {"a":1}'] },
	},
	{
		what: "a tool whose input is text",
		data: [
			chunk(call(0, { id: "call_1", type: "custom", custom: { name: "patch", input: "" } })),
			chunk(call(0, { custom: { input: "*** Begin" } })),
			chunk(call(0, { custom: { input: " Patch" } })),
			end("tool_calls"),
			done,
		],
		reply: { reason: "toolCalls", parts: ["patch(call_1) *** Begin Patch"] },
	},
	{
		what: "a tool whose input is text, in a function",
		data: [begun(0, "call_1", "patch"), more(0, '{"input":"*** Be'), more(0, 'gin\\n"}'), end("tool_calls"), done],
		reply: { reason: "toolCalls", parts: ["patch(call_1) *** Begin\n"] },
	},
	{
		what: "a refusal",
		data: [chunk({ refusal: "I " }), chunk({ refusal: "cannot." }), end("stop"), done],
		reply: { reason: "refusal", parts: ["refusal I cannot."] },
	},
	{
		what: "a filtered reply",
		data: [chunk({ content: "So" }), end("content_filter"), done],
		reply: { reason: "contentFilter", parts: ["text So"] },
	},
	{
		what: "a reason to end with every chunk, and usage in the last one with content",
		data: [
			chunk({ content: "a" }, "stop"),
			{ ...chunk({ content: "b" }, "stop"), usage: { prompt_tokens: 3, completion_tokens: 2 } },
			done,
		],
		reply: {
			reason: "stop",
			parts: ["text ab"],
			usage: { input: 3, output: 2, cached: null, cacheWritten: null, reasoning: null },
		},
	},
	{
		what: "empty choices, pings and comments",
		data: [
			{ ...base, choices: [], prompt_filter_results: [] },
			{ type: "ping" },
			chunk({ content: "a" }),
			{ choices: [{ delta: { content: null }, finish_reason: "" }] },
			end("stop"),
			done,
		],
		reply: { reason: "stop", parts: ["text a"] },
	},
	{
		what: "no reason to end",
		data: [chunk({ content: "a" }), done],
		reply: { reason: "stop", parts: ["text a"] },
	},
	{
		what: "no [DONE]",
		data: [chunk({ content: "a" }), end("length")],
		reply: { reason: "length", parts: ["text a"] },
	},
	{
		what: "Mistral's list of reasoning and text",
		data: [
			chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm" }] }] }),
			chunk({ content: [{ type: "text", text: "a" }] }),
			end("model_length"),
			done,
		],
		reply: { reason: "contextWindow", parts: ["reasoning Hm", "text a"] },
	},
	{
		what: "words that look like reasoning",
		data: [chunk({ content: "<think>Hm</think>a" }), end("stop"), done],
		reply: { reason: "stop", parts: ["text <think>Hm</think>a"] },
	},
	{
		what: "whole messages in a stream",
		data: [{ ...base, choices: [{ message: { role: "assistant", content: "a" }, finish_reason: "STOP" }] }, done],
		reply: { reason: "stop", parts: ["text a"] },
	},
	{
		what: "an image",
		data: [
			chunk({ images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] }),
			end("stop"),
			done,
		],
		reply: { reason: "stop", parts: ["image "] },
	},
];
