import assert from "node:assert/strict";
import { readRequest } from "../../../../src/formats/openai/requestReader.ts";
import { Malformed, Untranslatable } from "../../../../src/formats/translation.ts";

const hello = [{ role: "user", content: "Hello" }];

function read(body: object) {
	return readRequest({ body: { model: "m", messages: hello, ...body }, stream: null });
}

const settings = (body: object) => {
	const { conversation, losses } = read(body);
	const { turns: _, ...rest } = conversation;
	return { ...rest, losses };
};
const bare = { stream: false, tools: [], sampling: {}, stop: [], losses: [] };

describe("the settings of a chat completion", () => {
	it("are all read", () => {
		const told = settings({
			stream: true,
			stream_options: { include_usage: true, include_obfuscation: false },
			max_completion_tokens: 100,
			temperature: 1.5,
			top_p: 0.5,
			top_k: 40,
			seed: 7,
			presence_penalty: -1,
			frequency_penalty: 2,
			n: 3,
			stop: ["a", "b"],
			logprobs: true,
			top_logprobs: 5,
			verbosity: "low",
			service_tier: "flex",
			prompt_cache_key: "key",
			safety_identifier: "somebody",
			metadata: { project: "x" },
			response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object" }, strict: true } },
		});
		assert.deepEqual(told, {
			stream: true,
			tools: [],
			sampling: { temperature: 1.5, topP: 0.5, topK: 40, seed: 7, presencePenalty: -1, frequencyPenalty: 2 },
			stop: ["a", "b"],
			maxTokens: 100,
			candidates: 3,
			logprobs: 5,
			verbosity: "low",
			serviceTier: "flex",
			cacheKey: "key",
			userId: "somebody",
			metadata: { project: "x" },
			output: { kind: "schema", name: "n", schema: { type: "object" }, strict: true },
			losses: [],
		});
	});

	it("say nothing where they are the rule, empty or null", () => {
		const silent = {
			store: false,
			n: 1,
			logprobs: false,
			logit_bias: {},
			modalities: ["text"],
			response_format: { type: "text" },
			temperature: null,
			tools: null,
			stop: null,
			metadata: null,
			prompt_cache_options: { mode: "implicit", ttl: "30m" },
		};
		assert.deepEqual(settings(silent), bare);
	});

	it("have older and other names", () => {
		assert.equal(settings({ max_tokens: 5 }).maxTokens, 5);
		assert.equal(settings({ max_tokens: 5, max_completion_tokens: 6 }).maxTokens, 6);
		assert.equal(settings({ user: "somebody" }).userId, "somebody");
		assert.deepEqual(settings({ stop: "end" }).stop, ["end"]);
		assert.equal(settings({ service_tier: "fast" }).serviceTier, "priority");
		assert.deepEqual(settings({ response_format: { type: "json_object" } }).output, { kind: "json" });
	});

	it("are named where no other format has them, and where nobody knows them", () => {
		const lost = {
			logit_bias: { "50256": -100 },
			prediction: { type: "content", content: "x" },
			store: true,
			moderation: { model: "omni" },
			prompt_cache_retention: "24h",
			service_tier: "scale",
			user: "one",
			safety_identifier: "other",
			from_the_future: 1,
		};
		assert.deepEqual([...settings(lost).losses].sort(), [
			"from_the_future",
			"logit_bias",
			"moderation",
			"prediction",
			"prompt_cache_retention",
			"service_tier",
			"store",
			"user",
		]);
	});

	it("ask for reasoning in every way that clients of relays do", () => {
		const effort = (word: string) => ({ amount: { kind: "effort", effort: word } });
		const budget = { amount: { kind: "budget", tokens: 4000 }, shown: "auto" };
		assert.deepEqual(settings({ reasoning_effort: "xhigh" }).reasoning, { ...effort("xhigh"), shown: "auto" });
		assert.deepEqual(settings({ reasoning_effort: "none" }).reasoning, effort("none"));
		assert.deepEqual(settings({ reasoning: { effort: "low", summary: "detailed" } }).reasoning, {
			...effort("low"),
			shown: "detailed",
		});
		assert.deepEqual(settings({ reasoning: { max_tokens: 4000, exclude: true } }).reasoning, {
			...budget,
			shown: "no",
		});
		assert.deepEqual(settings({ thinking: { type: "enabled", budget_tokens: 4000 } }).reasoning, budget);
		assert.deepEqual(settings({ thinking: { type: "disabled" } }).reasoning, effort("none"));
		assert.deepEqual(settings({ enable_thinking: false }).reasoning, effort("none"));
		assert.deepEqual(settings({ enable_thinking: true, thinking_budget: 4000 }).reasoning, budget);
		assert.deepEqual(settings({ enable_thinking: true }).reasoning, { amount: { kind: "adaptive" }, shown: "auto" });
		assert.equal(settings({ reasoning_effort: "default" }).reasoning, undefined);
	});

	it("are refused with their names where OpenAI would refuse them", () => {
		const wrong: readonly (readonly [body: object, name: RegExp])[] = [
			[{ messages: undefined }, /^messages must be a list/],
			[{ temperature: "warm" }, /^temperature must be a number/],
			[{ top_logprobs: 3 }, /^logprobs must be true/],
			[{ reasoning_effort: "wild" }, /^reasoning_effort must be one of/],
			[{ response_format: { type: "xml" } }, /^response_format\.type must be one of/],
			[{ metadata: { a: 1 } }, /^metadata must be/],
			[{ messages: [{ role: "narrator", content: "x" }] }, /^messages\[0\]\.role must be/],
			[{ tools: [{ type: "function", function: {} }] }, /^tools\[0\]\.function\.name must be/],
			[{ messages: [{ role: "tool", tool_call_id: "x", content: "y" }] }, /^messages\[0\]\.tool_call_id must be/],
		];
		for (const [body, message] of wrong) {
			assert.throws(
				() => read(body),
				(error) => error instanceof Malformed && message.test(error.message),
			);
		}
	});

	it("cannot ask for a voice", () => {
		assert.throws(
			() => read({ modalities: ["text", "audio"], audio: { voice: "ash", format: "wav" } }),
			Untranslatable,
		);
	});
});

describe("the tools of a chat completion", () => {
	const parameters = { type: "object", properties: { path: { $ref: "#/$defs/path" } }, $defs: { path: {} } };

	it("are functions and tools whose input is text", () => {
		const grammar = { syntax: "lark", definition: 'start: "x"' };
		const { conversation, losses } = read({
			tools: [
				{ type: "function", function: { name: "read", description: "Reads.", parameters, strict: true } },
				{ type: "function", function: { name: "now" } },
				{ type: "custom", custom: { name: "patch", format: { type: "grammar", grammar } } },
				{ type: "custom", custom: { name: "say", format: { type: "text" } } },
			],
			parallel_tool_calls: false,
		});
		assert.deepEqual(conversation.tools, [
			{ kind: "function", name: "read", description: "Reads.", parameters, strict: true },
			{ kind: "function", name: "now" },
			{ kind: "free", name: "patch", grammar },
			{ kind: "free", name: "say" },
		]);
		assert.equal(conversation.parallelCalls, false);
		assert.deepEqual(losses, []);
	});

	it("may be written as for Responses", () => {
		const { conversation, losses } = read({
			tools: [
				{ type: "function", name: "read", parameters, strict: false },
				{ type: "web_search", search_context_size: "low", filters: { allowed_domains: ["a.example"] } },
			],
		});
		assert.deepEqual(conversation.tools, [
			{ kind: "function", name: "read", parameters, strict: false },
			{ kind: "webSearch", contextSize: "low", allowedDomains: ["a.example"] },
		]);
		assert.deepEqual(losses, []);
	});

	it("may be the older functions, of which one at most is called", () => {
		const { conversation } = read({ functions: [{ name: "read", parameters }], function_call: { name: "read" } });
		assert.deepEqual(conversation.tools, [{ kind: "function", name: "read", parameters }]);
		assert.deepEqual(conversation.toolChoice, { kind: "named", tool: { name: "read" } });
		assert.equal(conversation.parallelCalls, false);
		assert.deepEqual(read({ functions: [{ name: "read" }], function_call: "none" }).conversation.toolChoice, {
			kind: "none",
		});
	});

	it("may be a search of the web", () => {
		const place = { city: "Oslo", country: "NO" };
		const { conversation, losses } = read({
			web_search_options: { search_context_size: "high", user_location: { type: "approximate", approximate: place } },
		});
		assert.deepEqual(conversation.tools, [{ kind: "webSearch", contextSize: "high", location: place }]);
		assert.deepEqual(losses, []);
	});

	it("are dropped and named where they are the maker's own", () => {
		const { conversation, losses } = read({ tools: [{ type: "code_interpreter", container: { type: "auto" } }] });
		assert.deepEqual(conversation.tools, []);
		assert.deepEqual(losses, ["tools[].code_interpreter"]);
	});

	it("are chosen in every way", () => {
		const choice = (tool_choice: unknown) => read({ tool_choice }).conversation.toolChoice;
		const allowed = {
			mode: "required",
			tools: [
				{ type: "function", function: { name: "a" } },
				{ type: "custom", name: "b" },
			],
		};
		assert.deepEqual(choice("auto"), { kind: "auto" });
		assert.deepEqual(choice("required"), { kind: "required" });
		assert.deepEqual(choice("any"), { kind: "required" });
		assert.deepEqual(choice({ type: "auto" }), { kind: "auto" });
		assert.deepEqual(choice({ type: "function", function: { name: "a" } }), { kind: "named", tool: { name: "a" } });
		assert.deepEqual(choice({ type: "custom", custom: { name: "b" } }), { kind: "named", tool: { name: "b" } });
		assert.deepEqual(choice({ type: "allowed_tools", allowed_tools: allowed }), {
			kind: "allowed",
			mode: "required",
			tools: [{ name: "a" }, { name: "b" }],
		});
		assert.throws(() => choice("perhaps"), Malformed);
		assert.throws(() => choice({ type: "code_interpreter" }), Untranslatable);
	});
});
