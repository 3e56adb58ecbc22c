import assert from "node:assert/strict";
import { codexTranslation } from "../../../../src/formats/codex/translation.ts";
import type { Conversation, Effort, Turn } from "../../../../src/formats/conversation.ts";
import { isRecord } from "../../../../src/formats/modelList.ts";

const asked: Turn = { role: "user", parts: [{ kind: "text", text: "hi" }] };
const empty: Conversation = { stream: false, turns: [asked], tools: [], sampling: {}, stop: [] };

function written(conversation: Partial<Conversation>, model = "relay-model") {
	const { body, ...rest } = codexTranslation.writeRequest({ ...empty, ...conversation }, { model });
	const sent: unknown = JSON.parse(JSON.stringify(body));
	assert.ok(isRecord(sent));
	return { ...rest, body: sent };
}
const system = (...words: readonly string[]): Turn => ({
	role: "system",
	parts: words.map((text) => ({ kind: "text", text })),
});
const message = (role: string, ...texts: readonly string[]) => ({
	type: "message",
	role,
	content: texts.map((text) => ({ type: "input_text", text })),
});

describe("a Codex request", () => {
	it("always has instructions, is never kept and always streamed", () => {
		const { body, path, query, streams } = written({});
		assert.deepEqual({ path, query, streams }, { path: "/responses", query: "", streams: true });
		assert.deepEqual(body, {
			model: "relay-model",
			instructions: "",
			input: [message("user", "hi")],
			store: false,
			stream: true,
			include: ["reasoning.encrypted_content"],
		});
	});

	it("has as instructions what stands before the talk, and what stands in it as messages of the developer", () => {
		const { body } = written({ turns: [system("One.", "Two."), system("Three."), asked, system("Four.")] });
		assert.equal(body["instructions"], "One.\n\nTwo.\n\nThree.");
		assert.deepEqual(body["input"], [message("user", "hi"), message("developer", "Four.")]);
	});

	it("has an input also where there are instructions alone", () => {
		const { body } = written({ turns: [system("Say hi.")] });
		assert.equal(body["instructions"], "");
		assert.deepEqual(body["input"], [message("developer", "Say hi.")]);
	});

	it("names what the backend refuses, and leaves it out", () => {
		const { body, losses } = written({
			maxTokens: 5,
			sampling: { temperature: 1, topP: 1, topK: 1, seed: 1, presencePenalty: 1, frequencyPenalty: 1 },
			stop: ["x"],
			candidates: 2,
			logprobs: 1,
			metadata: { a: "b" },
			userId: "me",
		});
		assert.deepEqual(Object.keys(body).toSorted(), Object.keys(written({}).body).toSorted());
		assert.deepEqual(losses.map(({ feature }) => feature).toSorted(), [
			"candidates",
			"frequencyPenalty",
			"logprobs",
			"maxTokens",
			"metadata",
			"presencePenalty",
			"seed",
			"stop",
			"temperature",
			"topK",
			"topP",
			"userId",
		]);
	});

	it("has a key for the cache of at most 64 characters, of one key always the same", () => {
		const keyOf = (cacheKey: string) => written({ cacheKey }).body["prompt_cache_key"];
		assert.equal(keyOf("short"), "short");
		const long = keyOf("x".repeat(200));
		assert.equal(String(long).length, 64);
		assert.equal(keyOf("x".repeat(200)), long);
		assert.notEqual(keyOf("y".repeat(200)), long);
	});
});

describe("the tools of a Codex request", () => {
	it("have properties and say whether they are strict", () => {
		const { body, losses } = written({
			tools: [
				{ kind: "function", name: "nothing" },
				{ kind: "function", name: "any", parameters: { type: "object" }, strict: false },
				{
					kind: "function",
					name: "closed",
					parameters: { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
					strict: true,
				},
				{
					kind: "function",
					name: "open",
					parameters: { type: "object", properties: { a: { type: "string" } } },
					strict: true,
				},
			],
		});
		const bare = { type: "object", properties: {} };
		const a = { a: { type: "string" } };
		assert.deepEqual(body["tools"], [
			{ type: "function", name: "nothing", parameters: bare, strict: false },
			{ type: "function", name: "any", parameters: bare, strict: false },
			{
				type: "function",
				name: "closed",
				parameters: { type: "object", properties: a, required: ["a"], additionalProperties: false },
				strict: true,
			},
			{ type: "function", name: "open", parameters: { type: "object", properties: a }, strict: false },
		]);
		assert.deepEqual(losses, [{ feature: "strict", sentAs: "false" }]);
	});

	it("have names that fit, and give back the client's", () => {
		const long = `a.b ${"x".repeat(80)}`;
		const { body, names } = written({
			tools: [{ kind: "function", name: long }],
			toolChoice: { kind: "named", tool: { name: long } },
		});
		assert.ok(Array.isArray(body["tools"]));
		const [{ name }] = body["tools"];
		assert.match(name, /^[\w-]{1,64}$/);
		assert.deepEqual(body["tool_choice"], { type: "function", name });
		assert.equal(names.fromWire({ name }).name, long);
	});

	it("lose what its search of the web cannot do", () => {
		const { body, losses } = written({
			tools: [{ kind: "webSearch", maxUses: 2, blockedDomains: ["x.test"], location: { country: "IS" } }],
		});
		assert.deepEqual(body["tools"], [{ type: "web_search", user_location: { type: "approximate", country: "IS" } }]);
		assert.deepEqual(losses, [{ feature: "webSearch", sentAs: "without blocked domains; without a limit" }]);
	});

	it("are not chosen where there are none", () => {
		const { body, losses } = written({ toolChoice: { kind: "required" }, parallelCalls: true });
		assert.equal(body["tool_choice"], undefined);
		assert.equal(body["parallel_tool_calls"], undefined);
		assert.deepEqual(losses, [{ feature: "toolChoice" }]);
	});
});

describe("the reasoning of a Codex request", () => {
	const efforts: readonly (readonly [model: string, wanted: Effort, sent: string | undefined])[] = [
		["gpt-5", "none", "minimal"],
		["gpt-5-codex", "minimal", "low"],
		["gpt-5.1-codex-max", "xhigh", "xhigh"],
		["gpt-5.2", "max", "xhigh"],
		["openai/gpt-6-astra", "max", "max"],
		["a-relay's-own", "max", "xhigh"],
		["gpt-4o", "high", undefined],
	];
	for (const [model, wanted, sent] of efforts) {
		it(`is ${sent ?? "not asked for"} where ${model} is to reason with ${wanted}`, () => {
			const { body, losses } = written({ reasoning: { amount: { kind: "effort", effort: wanted } } }, model);
			assert.deepEqual(body["reasoning"], sent === undefined ? undefined : { effort: sent });
			const isSame = sent === wanted;
			const loss = sent === undefined ? { feature: "reasoning" } : { feature: "reasoning", sentAs: sent };
			assert.deepEqual(losses, isSame ? [] : [loss]);
		});
	}

	it("is an effort where a budget was given, and shown only where it is to be", () => {
		const budget = { kind: "budget", tokens: 10_000 } as const;
		const { body, losses } = written({ reasoning: { amount: budget, shown: "auto" } });
		assert.deepEqual(body["reasoning"], { effort: "medium", summary: "auto" });
		assert.deepEqual(losses, [{ feature: "reasoning", sentAs: "medium" }]);
		assert.equal(written({ reasoning: { amount: { kind: "adaptive" }, shown: "no" } }).body["reasoning"], undefined);
	});

	it("does not come back from models that have none", () => {
		assert.equal(written({}, "gpt-4.1").body["include"], undefined);
	});
});

describe("the form of the reply that a Codex request asks for", () => {
	it("is JSON, with a word of it in the input", () => {
		const { body, losses } = written({ output: { kind: "json" } });
		assert.deepEqual(body["text"], { format: { type: "json_object" } });
		assert.deepEqual(body["input"], [message("user", "hi"), message("developer", "Reply in JSON.")]);
		assert.deepEqual(losses, [{ feature: "output", sentAs: "json_object with an instruction" }]);
		const told: Turn = { role: "user", parts: [{ kind: "text", text: "As json, please." }] };
		assert.deepEqual(written({ turns: [told], output: { kind: "json" } }).losses, []);
	});

	const closed = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
	const open = { type: "object", properties: { a: { type: "string" } } };

	it("is a strict schema where it can be, and where nobody said otherwise", () => {
		const formatOf = (strict?: boolean) => {
			const { body } = written({
				output: { kind: "schema", schema: closed, name: "my name", ...(strict === undefined ? {} : { strict }) },
			});
			return isRecord(body["text"]) ? body["text"]["format"] : undefined;
		};
		const strict = {
			type: "json_schema",
			name: "my_name",
			schema: { ...closed, additionalProperties: false },
			strict: true,
		};
		assert.deepEqual(formatOf(true), strict);
		assert.deepEqual(formatOf(), strict);
		assert.deepEqual(formatOf(false), { type: "json_schema", name: "my_name", schema: closed, strict: false });
	});

	it("is a schema that is not strict where it allows what strict ones cannot", () => {
		const { body, losses } = written({ output: { kind: "schema", schema: open, strict: true } });
		assert.deepEqual(body["text"], { format: { type: "json_schema", name: "reply", schema: open, strict: false } });
		assert.deepEqual(losses, [{ feature: "strict", sentAs: "false" }]);
	});

	it("is asked for in words where it is no object", () => {
		const schema = { type: "array", items: { type: "string" } };
		const { body, losses } = written({ output: { kind: "schema", schema }, verbosity: "low" });
		assert.deepEqual(body["text"], { verbosity: "low" });
		assert.ok(JSON.stringify(body["input"]).includes(JSON.stringify(JSON.stringify(schema)).slice(1, -1)));
		assert.deepEqual(losses, [{ feature: "output", sentAs: "an instruction" }]);
	});
});
