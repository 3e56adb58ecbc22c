import assert from "node:assert/strict";
import type { Conversation, JsonSchema, Tool, Turn } from "../../../../src/formats/conversation.ts";
import { writeRequest } from "../../../../src/formats/openai/requestWriter.ts";
import { assertShape } from "../../../support/sdkShapes.ts";

const hello: readonly Turn[] = [{ role: "user", parts: [{ kind: "text", text: "Hello" }] }];

/** The body but for its messages, and what is lost. */
function write(conversation: Partial<Conversation>, model = "gpt-4o") {
	const whole = { stream: false, turns: hello, tools: [], sampling: {}, stop: [], ...conversation };
	const request = writeRequest(whole, { model });
	const body: Record<string, unknown> = JSON.parse(JSON.stringify(request.body));
	assertShape("openai.request", body);
	assert.equal(body["model"], model);
	const { model: _, messages, stream, ...settings } = body;
	return { ...request, messages, stream, settings };
}

const settings = (conversation: Partial<Conversation>, model?: string) => write(conversation, model).settings;
const losses = (conversation: Partial<Conversation>, model?: string) => write(conversation, model).losses;
const effort = (word: "none" | "minimal" | "low" | "max") =>
	({ reasoning: { amount: { kind: "effort", effort: word } } }) as const;
const read: Tool = { kind: "function", name: "read", parameters: { type: "object", properties: {} } };
const list: Tool = { kind: "function", name: "list" };

describe("a request to a relay of Chat Completions", () => {
	it("asks for the tokens of every stream, and of nothing else", () => {
		const { path, query, headers, streams, settings: streamed } = write({ stream: true });
		assert.deepEqual(
			{ path, query, headers, streams },
			{ path: "/chat/completions", query: "", headers: [], streams: true },
		);
		assert.deepEqual(streamed, { stream_options: { include_usage: true } });
		assert.deepEqual(settings({}), {});
		assert.equal(write({}).stream, false);
	});

	it("has the limit of tokens that the model knows", () => {
		for (const model of ["gpt-4o", "o3", "gpt-5.2-codex", "openai/gpt-5", "ft:gpt-4o-mini:me::1"]) {
			assert.equal(settings({ maxTokens: 5 }, model)["max_completion_tokens"], 5, model);
		}
		for (const model of ["deepseek-chat", "qwen3-coder", "my-best", "gpt-oss-120b"]) {
			assert.equal(settings({ maxTokens: 5 }, model)["max_tokens"], 5, model);
		}
	});

	it("has no higher limit than the model can write, and names it: Claude Code asks for 128 000", () => {
		const limits: readonly (readonly [model: string, limit: number])[] = [
			["gpt-3.5-turbo", 4096],
			["gpt-4-turbo", 4096],
			["gpt-4", 8192],
			["gpt-4o-mini", 16_384],
			["gpt-5-chat-latest", 16_384],
			["gpt-4.1", 32_768],
			["o4-mini", 100_000],
			["gpt-5.1", 128_000],
			["deepseek/deepseek-chat", 8192],
			["deepseek-reasoner", 65_536],
		];
		for (const [model, limit] of limits) {
			const { body, losses } = write({ maxTokens: 200_000 }, model);
			assert.ok(JSON.stringify(body).includes(`_tokens":${limit},`), model);
			assert.deepEqual(losses, [{ feature: "maxTokens", sentAs: String(limit) }], model);
			assert.deepEqual(write({ maxTokens: limit }, model).losses, [], model);
		}
		assert.equal(settings({ maxTokens: 200_000 }, "my-best")["max_tokens"], 200_000);
	});

	it("has lists that say of what, and no tuples, where the model is OpenAI's", () => {
		const parameters: JsonSchema = {
			type: "object",
			properties: {
				labels: { type: "array" },
				perhaps: { type: ["array", "null"] },
				deep: { type: "object", properties: { items: { type: "array", description: "d" } } },
				pair: { type: "array", items: [{ type: "string" }, { type: "number" }] },
			},
		};
		const tools: readonly Tool[] = [{ kind: "function", name: "label", parameters }];
		const written = (model: string) => {
			const [tool] = settings({ tools }, model)["tools"] as readonly { function: { parameters: unknown } }[];
			return tool?.function.parameters;
		};
		assert.deepEqual(written("gpt-5.1"), {
			type: "object",
			properties: {
				labels: { type: "array", items: {} },
				perhaps: { type: ["array", "null"], items: {} },
				deep: { type: "object", properties: { items: { type: "array", description: "d", items: {} } } },
				pair: { type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }] } },
			},
		});
		assert.deepEqual(losses({ tools }, "gpt-5.1"), [{ feature: "schema", sentAs: "a wider schema" }]);
		assert.deepEqual(written("my-best"), parameters);
	});

	it("has of reasoning what the model knows", () => {
		const sent = (word: Parameters<typeof effort>[0], model: string) =>
			settings(effort(word), model)["reasoning_effort"];
		assert.equal(sent("minimal", "gpt-5"), "minimal");
		assert.equal(sent("minimal", "o4-mini"), "low");
		assert.equal(sent("none", "gpt-5.1"), "none");
		assert.equal(sent("max", "gpt-5.6-terra"), "xhigh");
		assert.equal(sent("max", "gpt-6-astra"), "max");
		assert.equal(sent("max", "qwen3"), "high");
		assert.equal(sent("none", "qwen3"), undefined);
		assert.equal(sent("low", "gpt-4o"), undefined);
		assert.equal(sent("low", "mistral-large"), undefined);
		assert.deepEqual(losses(effort("max"), "qwen3"), [{ feature: "reasoning", sentAs: "high" }]);
		assert.deepEqual(losses(effort("low"), "gpt-4o"), [{ feature: "reasoning" }]);
		const budget = { reasoning: { amount: { kind: "budget", tokens: 9000 }, shown: "auto" } } as const;
		assert.equal(settings(budget, "o3")["reasoning_effort"], "medium");
		assert.deepEqual(losses(budget, "o3"), [{ feature: "reasoningShown" }, { feature: "reasoning", sentAs: "medium" }]);
	});

	it("turns reasoning off beside functions for the models of OpenAI that refuse both, and says so", () => {
		const wanted = { ...effort("low"), tools: [read] };
		assert.equal(settings(wanted, "gpt-5.4")["reasoning_effort"], "none");
		assert.deepEqual(losses(wanted, "gpt-5.4"), [{ feature: "reasoning", sentAs: "none" }]);
		assert.equal(settings({ tools: [read] }, "gpt-5.6")["reasoning_effort"], "none");
		assert.deepEqual(losses({ tools: [read] }, "gpt-5.6"), []);
		assert.equal(settings(wanted, "gpt-5.1")["reasoning_effort"], "low");
		assert.equal(settings(wanted, "gpt-5")["reasoning_effort"], "low");
	});

	it("leaves out for reasoning models what they refuse, and names it", () => {
		const wanted = { sampling: { temperature: 0, topP: 0.9, presencePenalty: 1, seed: 1 }, stop: ["x"], logprobs: 2 };
		assert.deepEqual(settings(wanted, "gpt-5"), {});
		assert.deepEqual(
			losses(wanted, "gpt-5").map(({ feature }) => feature),
			["logprobs", "temperature", "topP", "presencePenalty", "seed", "stop"],
		);
		const standard = { sampling: { temperature: 1, topP: 1, presencePenalty: 0 } };
		assert.deepEqual(write(standard, "gpt-5").losses, []);
		assert.equal(settings({ ...wanted, ...effort("none") }, "gpt-5.2")["temperature"], 0);
		assert.equal(settings({ ...wanted, tools: [read] }, "gpt-5.2")["temperature"], 0);
	});

	it("keeps to the ranges of Chat Completions", () => {
		const wanted = { stop: ["1", "2", "3", "4", "5"], logprobs: 30, sampling: { topK: 5 }, metadata: { a: "b" } };
		const { settings: sent, losses: lost } = write(wanted);
		assert.deepEqual(sent, { stop: ["1", "2", "3", "4"], logprobs: true, top_logprobs: 20 });
		assert.deepEqual(lost, [
			{ feature: "metadata" },
			{ feature: "topK" },
			{ feature: "logprobs", sentAs: "20" },
			{ feature: "stop", sentAs: "the first 4" },
		]);
		assert.deepEqual(settings({ logprobs: 0 }), { logprobs: true });
	});

	it("tells what only OpenAI defines to OpenAI's models alone", () => {
		const wanted = {
			verbosity: "low",
			serviceTier: "flex",
			cacheKey: "k",
			userId: "u",
		} as const;
		assert.deepEqual(settings(wanted, "gpt-5"), {
			verbosity: "low",
			service_tier: "flex",
			prompt_cache_key: "k",
			user: "u",
		});
		assert.deepEqual(settings(wanted, "mistral-large"), {});
		assert.deepEqual(
			losses(wanted, "mistral-large").map(({ feature }) => feature),
			["verbosity", "serviceTier", "cacheKey", "userId"],
		);
	});

	it("sends a digest of names that are too long", () => {
		const long = "x".repeat(200);
		const sent = settings({ userId: long, cacheKey: long });
		assert.match(String(sent["user"]), /^[0-9a-f]{64}$/);
		assert.equal(sent["user"], sent["prompt_cache_key"]);
	});

	it("names its schema, and is strict only with schemas that OpenAI takes so", () => {
		const closed: JsonSchema = {
			type: "object",
			properties: { a: { type: "string" } },
			required: ["a"],
			additionalProperties: false,
		};
		const output = (schema: JsonSchema, name?: string) =>
			({ output: { kind: "schema", schema, strict: true, ...(name === undefined ? {} : { name }) } }) as const;
		assert.deepEqual(settings(output(closed, "my reply!")), {
			response_format: { type: "json_schema", json_schema: { name: "my_reply_", schema: closed, strict: true } },
		});
		const open = { ...closed, required: [] };
		assert.deepEqual(settings(output(open)), {
			response_format: { type: "json_schema", json_schema: { name: "reply", schema: open, strict: false } },
		});
		assert.deepEqual(losses(output(open)), [{ feature: "strict" }]);
	});

	it("asks OpenAI in words for JSON that is no object, which it refuses as a form", () => {
		const schemas: readonly JsonSchema[] = [
			{ type: "array", items: { type: "string" } },
			{ anyOf: [{ type: "object", properties: {} }] },
			{ $ref: "#/$defs/a", $defs: { a: { type: "object" } } },
		];
		for (const schema of schemas) {
			const output = { kind: "schema", schema, description: "Names" } as const;
			const { messages, settings: sent, losses: lost } = write({ output });
			assert.deepEqual(sent, {});
			assert.deepEqual(messages, [
				{
					role: "system",
					content: `Answer with JSON that fits this JSON Schema (Names), and with nothing else:\n${JSON.stringify(schema)}`,
				},
				{ role: "user", content: "Hello" },
			]);
			assert.deepEqual(lost, [{ feature: "output", sentAs: "an instruction" }]);
			assert.deepEqual(settings({ output: { kind: "schema", schema } }, "my-best"), {
				response_format: { type: "json_schema", json_schema: { name: "reply", schema } },
			});
		}
	});

	it("has an object by name, and lists that say of what, for OpenAI", () => {
		const schema = { properties: { list: { type: "array" } } };
		assert.deepEqual(settings({ output: { kind: "schema", schema } }), {
			response_format: {
				type: "json_schema",
				json_schema: { name: "reply", schema: { type: "object", properties: { list: { type: "array", items: {} } } } },
			},
		});
	});

	it("says the word without which JSON is refused", () => {
		const { messages, losses: lost } = write({ output: { kind: "json" } });
		assert.deepEqual(messages, [
			{ role: "system", content: "Answer with a JSON object." },
			{ role: "user", content: "Hello" },
		]);
		assert.equal(lost[0]?.feature, "output");
		const said: Turn = { role: "system", parts: [{ kind: "text", text: "Give me Json." }] };
		assert.deepEqual(losses({ output: { kind: "json" }, turns: [said, ...hello] }), []);
	});
});

describe("tools in a request to a relay of Chat Completions", () => {
	it("go with nothing about tools where there are none", () => {
		const { settings: sent, losses: lost } = write({ toolChoice: { kind: "none" }, parallelCalls: false });
		assert.deepEqual(sent, {});
		assert.deepEqual(lost, []);
	});

	it("have parameters in any case, and names that fit", () => {
		const { settings: sent, names } = write({
			tools: [list, { kind: "function", name: "mcp.server/read", parameters: { type: "object" } }],
			toolChoice: { kind: "named", tool: { name: "mcp.server/read" } },
			parallelCalls: false,
		});
		assert.deepEqual(sent, {
			tools: [
				{ type: "function", function: { name: "list", parameters: { type: "object", properties: {} } } },
				{ type: "function", function: { name: "mcp_server_read", parameters: { type: "object", properties: {} } } },
			],
			tool_choice: { type: "function", function: { name: "mcp_server_read" } },
			parallel_tool_calls: false,
		});
		assert.equal(names.fromWire({ name: "mcp_server_read" }).name, "mcp.server/read");
	});

	it("have no union at the root for OpenAI, which refuses it", () => {
		const parameters = {
			type: "object",
			oneOf: [{ properties: { a: { type: "string" } }, required: ["a"] }, { properties: { b: { type: "string" } } }],
		};
		const tool: Tool = { kind: "function", name: "either", parameters };
		const sent = (model: string) => settings({ tools: [tool] }, model)["tools"];
		const flat = { type: "object", properties: { a: { type: "string" }, b: { type: "string" } } };
		assert.deepEqual(sent("gpt-4o"), [{ type: "function", function: { name: "either", parameters: flat } }]);
		assert.deepEqual(sent("qwen3"), [
			{ type: "function", function: { name: "either", parameters: { ...parameters, properties: {} } } },
		]);
		assert.equal(losses({ tools: [tool] })[0]?.feature, "schema");
	});

	it("are strict where OpenAI takes their schema so", () => {
		const closed = { type: "object", properties: {}, additionalProperties: false };
		const strict = (parameters: JsonSchema): Tool => ({ kind: "function", name: "f", parameters, strict: true });
		assert.deepEqual(losses({ tools: [strict(closed)] }), []);
		assert.deepEqual(losses({ tools: [strict({ type: "object", properties: { a: {} } })] }), [{ feature: "strict" }]);
	});

	const grammar = { syntax: "regex", definition: "^a$" } as const;
	const patch: Tool = { kind: "free", name: "patch", description: "Patches.", grammar };

	it("may take text where OpenAI's model knows such tools", () => {
		const wanted = { tools: [patch], toolChoice: { kind: "named", tool: { name: "patch" } } } as const;
		assert.deepEqual(settings(wanted, "gpt-5"), {
			tools: [
				{ type: "custom", custom: { name: "patch", description: "Patches.", format: { type: "grammar", grammar } } },
			],
			tool_choice: { type: "custom", custom: { name: "patch" } },
		});
	});

	it("take the text in a function elsewhere", () => {
		const { settings: sent, losses: lost, names } = write({ tools: [patch] }, "deepseek-chat");
		const [tool] = sent["tools"] as { type: string; function: { description: string; parameters: JsonSchema } }[];
		assert.equal(tool?.type, "function");
		assert.match(tool?.function.description ?? "", /regex grammar:\n\^a\$/);
		assert.deepEqual(tool?.function.parameters["required"], ["input"]);
		assert.deepEqual(lost, [{ feature: "grammar", sentAs: "description" }]);
		assert.equal(names.fromWire({ name: "patch" }).free, true);
	});

	it("are narrowed by OpenAI's word for it, and elsewhere by leaving the others out", () => {
		const wanted = {
			tools: [read, list],
			toolChoice: { kind: "allowed", mode: "required", tools: [{ name: "list" }] },
		} as const;
		assert.deepEqual(settings(wanted)["tool_choice"], {
			type: "allowed_tools",
			allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "list" } }] },
		});
		const { settings: sent, losses: lost } = write(wanted, "qwen3");
		assert.equal(sent["tool_choice"], "required");
		assert.deepEqual(
			(sent["tools"] as { function: { name: string } }[]).map((tool) => tool.function.name),
			["list"],
		);
		assert.equal(lost[0]?.feature, "toolChoice");
	});

	it("cannot be called one by one by the first reasoning models", () => {
		const wanted = { tools: [read], parallelCalls: false };
		assert.equal(settings(wanted, "o3")["parallel_tool_calls"], undefined);
		assert.deepEqual(losses(wanted, "o3"), [{ feature: "parallelCalls" }]);
	});

	it("search the web where the model does nothing else", () => {
		const search: Tool = { kind: "webSearch", contextSize: "low", location: { city: "Oslo" }, maxUses: 3 };
		assert.deepEqual(settings({ tools: [search] }, "gpt-4o-search-preview"), {
			web_search_options: {
				search_context_size: "low",
				user_location: { type: "approximate", approximate: { city: "Oslo" } },
			},
		});
		assert.deepEqual(settings({ tools: [search] }), {});
		assert.deepEqual(losses({ tools: [search] }), [{ feature: "webSearch" }]);
	});

	it("of a namespace bear its name, and the first says what it is about", () => {
		const namespace = { name: "files", description: "Files of the project." };
		const tools: Tool[] = [
			{ ...read, namespace, description: "Reads." },
			{ ...list, namespace },
		];
		const sent = settings({ tools })["tools"] as { function: { name: string; description?: string } }[];
		assert.deepEqual(
			sent.map(({ function: { name, description } }) => [name, description]),
			[
				["files__read", "Files of the project.\n\nReads."],
				["files__list", undefined],
			],
		);
	});
});
