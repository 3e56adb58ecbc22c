import assert from "node:assert/strict";
import { codexTranslation } from "../../../../src/formats/codex/translation.ts";
import { Malformed, Untranslatable } from "../../../../src/formats/translation.ts";

const read = (body: unknown) => codexTranslation.readRequest({ body, stream: null });
const conversationOf = (body: object) => read({ model: "m", ...body }).conversation;
const lossesOf = (body: object) => read({ model: "m", input: "hi", ...body }).losses;
const output = (id: string, words: unknown) => ({ type: "function_call_output", call_id: id, output: words });

describe("what a Codex request says beside its turns", () => {
	it("is carried", () => {
		const { turns: _, ...settings } = conversationOf({
			input: "hi",
			stream: true,
			max_output_tokens: 9,
			temperature: 1.5,
			top_p: 0.5,
			top_logprobs: 3,
			include: ["message.output_text.logprobs", "reasoning.encrypted_content"],
			parallel_tool_calls: false,
			reasoning: { effort: "high", summary: "auto" },
			text: { format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true }, verbosity: "low" },
			service_tier: "fast",
			prompt_cache_key: "key",
			safety_identifier: "me",
			metadata: { a: "b" },
			store: false,
			truncation: "disabled",
			client_metadata: { x: "y" },
		});
		assert.deepEqual(settings, {
			stream: true,
			tools: [],
			sampling: { temperature: 1.5, topP: 0.5 },
			stop: [],
			maxTokens: 9,
			logprobs: 3,
			parallelCalls: false,
			reasoning: { amount: { kind: "effort", effort: "high" }, shown: "auto" },
			output: { kind: "schema", schema: { type: "object" }, name: "n", strict: true },
			verbosity: "low",
			serviceTier: "priority",
			cacheKey: "key",
			userId: "me",
			metadata: { a: "b" },
		});
	});

	it("is lost by name where no other account can do it", () => {
		assert.deepEqual(
			lossesOf({
				store: true,
				truncation: "auto",
				context_management: [{ type: "compaction" }],
				moderation: { model: "x" },
				prompt_cache_retention: "24h",
				service_tier: "ultrafast",
				reasoning: { effort: "low", context: "all_turns", mode: "pro" },
				include: ["web_search_call.action.sources"],
				something_new: 1,
			}).toSorted(),
			[
				"context_management",
				"include",
				"moderation",
				"prompt_cache_retention",
				"reasoning.context",
				"reasoning.mode",
				"service_tier",
				"something_new",
				"store",
				"truncation",
			],
		);
	});

	it("may be changed by an item of the input", () => {
		const { reasoning, output: format } = conversationOf({
			reasoning: { effort: "low", summary: "auto" },
			text: { format: { type: "json_object" } },
			input: [
				{ role: "user", content: "hi" },
				{ type: "configuration_update", reasoning: { effort: "max" }, text: { format: { type: "text" } } },
			],
		});
		assert.deepEqual(reasoning, { amount: { kind: "effort", effort: "max" }, shown: "auto" });
		assert.equal(format, undefined);
	});
});

describe("the tools of a Codex request", () => {
	const tools = [
		{ type: "function", name: "f", description: "d", parameters: { type: "object" }, strict: false },
		{ type: "custom", name: "patch", format: { type: "grammar", syntax: "lark", definition: "start: A" } },
		{ type: "namespace", name: "crm", description: "Customers", tools: [{ type: "function", name: "f" }] },
		{ type: "web_search", external_web_access: true, filters: { allowed_domains: ["x.test"] } },
		{ type: "web_search_preview" },
	];

	it("are functions, custom tools, namespaces and one search of the web", () => {
		assert.deepEqual(conversationOf({ input: "hi", tools, max_tool_calls: 2 }).tools, [
			{ kind: "function", name: "f", description: "d", parameters: { type: "object" }, strict: false },
			{ kind: "free", name: "patch", grammar: { syntax: "lark", definition: "start: A" } },
			{ kind: "function", name: "f", namespace: { name: "crm", description: "Customers" } },
			{ kind: "webSearch", allowedDomains: ["x.test"], maxUses: 2 },
		]);
	});

	it("are lost by their type where only their maker can run them", () => {
		const hosted = ["computer", "shell", "local_shell", "apply_patch", "tool_search", "file_search", "mcp"];
		const all = [...hosted, "code_interpreter", "image_generation", "programmatic_tool_calling", "new_one"];
		assert.deepEqual(
			lossesOf({ tools: all.map((type) => ({ type, server_label: "x", container: { type: "auto" } })) }),
			all.map((type) => `tools[].${type}`),
		);
	});

	it("may come in the midst of the talk", () => {
		const { tools: found } = conversationOf({
			input: [
				{ role: "user", content: "hi" },
				{ type: "tool_search_call", arguments: {}, execution: "server" },
				{ type: "tool_search_output", execution: "server", tools: [{ type: "function", name: "found" }] },
				{ type: "additional_tools", role: "developer", tools: [{ type: "custom", name: "more" }] },
			],
		});
		assert.deepEqual(found, [
			{ kind: "function", name: "found" },
			{ kind: "free", name: "more" },
		]);
	});

	const choices: readonly (readonly [what: string, given: unknown, read: unknown])[] = [
		["a word", "required", { kind: "required" }],
		["a function", { type: "function", name: "f" }, { kind: "named", tool: { name: "f" } }],
		["a custom tool", { type: "custom", name: "patch" }, { kind: "named", tool: { name: "patch" } }],
		[
			"some of them",
			{
				type: "allowed_tools",
				mode: "required",
				tools: [{ type: "function", name: "f" }, { type: "namespace", name: "crm" }, { type: "image_generation" }],
			},
			{ kind: "allowed", mode: "required", tools: [{ name: "f" }, { name: "f", namespace: "crm" }] },
		],
	];
	for (const [what, tool_choice, expected] of choices) {
		it(`are chosen by ${what}`, () => {
			assert.deepEqual(conversationOf({ input: "hi", tools, tool_choice }).toolChoice, expected);
		});
	}

	it("cannot be chosen where only their maker can run them", () => {
		for (const type of ["web_search_preview", "file_search", "shell", "apply_patch", "mcp"]) {
			assert.throws(() => read({ input: "hi", tool_choice: { type } }), Untranslatable);
		}
	});
});

describe("a Codex request is refused", () => {
	const stored: readonly (readonly [string, object])[] = [
		["previous_response_id", { previous_response_id: "resp_1" }],
		["conversation", { conversation: { id: "conv_1" } }],
		["prompt", { prompt: { id: "pmpt_1" } }],
		["background", { background: true }],
		...[
			{ type: "item_reference", id: "msg_1" },
			{ id: "msg_1" },
			{ type: "compaction", encrypted_content: "x" },
			{ type: "compaction_trigger" },
			{ type: "computer_call_output", call_id: "c", output: {} },
			{ type: "mcp_approval_request", id: "a", name: "f", arguments: "{}", server_label: "s" },
			{ type: "program", id: "p", call_id: "c", code: "1", fingerprint: "f" },
			{ type: "something_new" },
			{ type: "constructor" },
			{ role: "user", content: [{ type: "input_image", file_id: "file_1" }] },
			{ role: "user", content: [{ type: "something_new" }] },
			{ role: "user", content: [{ type: "constructor" }] },
			{ role: "developer", content: [{ type: "input_image", image_url: "https://x.test" }] },
		].map((item) => ["input[0]", { input: [item] }] as const),
	];
	for (const [name, body] of stored) {
		it(`for another kind of account where it has ${JSON.stringify(body)}`, () => {
			assert.throws(
				() => read({ input: "hi", ...body }),
				(error: unknown) => error instanceof Untranslatable && error.message.includes(name),
			);
		});
	}

	const malformed: readonly (readonly [string, unknown])[] = [
		["The body", "text"],
		["input", {}],
		["input[0]", { input: [1] }],
		["input[0].role", { input: [{ role: "tool", content: "x" }] }],
		["input[0].call_id", { input: [output("nobody", "x")] }],
		["input[0].content", { input: [{ role: "user", content: 1 }] }],
		["input[0].call_id", { input: [{ type: "function_call", name: "f", arguments: "{}" }] }],
		["tools[0].name", { input: "hi", tools: [{ type: "function" }] }],
		["temperature", { input: "hi", temperature: "hot" }],
		["tool_choice", { input: "hi", tool_choice: "maybe" }],
	];
	for (const [name, body] of malformed) {
		it(`by all where ${name} is wrong: ${JSON.stringify(body)}`, () => {
			assert.throws(
				() => read(body),
				(error: unknown) => error instanceof Malformed && error.message.startsWith(name),
			);
		});
	}
});

describe("what Codex CLI sends", () => {
	it("loses nothing but the limit of its search", () => {
		const { losses, conversation } = read({
			model: "claude-x",
			stream: true,
			store: false,
			include: ["reasoning.encrypted_content"],
			prompt_cache_key: "0199",
			client_metadata: { "x-codex-installation-id": "1" },
			reasoning: { summary: "auto" },
			parallel_tool_calls: true,
			tool_choice: "auto",
			tools: [
				{ type: "function", name: "exec_command", description: "d", strict: false, parameters: { type: "object" } },
				{ type: "namespace", name: "mcp", description: "", tools: [{ type: "function", name: "f", strict: false }] },
				{ type: "web_search", external_web_access: false },
			],
			input: [
				{ type: "message", role: "developer", content: [{ type: "input_text", text: "You are Codex." }] },
				{ type: "message", role: "user", content: [{ type: "input_text", text: "Read it." }] },
				{ type: "reasoning", id: "rs_1", summary: [], content: null, encrypted_content: "e" },
				{ type: "function_call", id: "fc_1", name: "exec_command", arguments: "{}", call_id: "call_1" },
				{ type: "function_call_output", call_id: "call_1", output: "text" },
			],
		});
		assert.deepEqual(losses, ["tools[].external_web_access"]);
		assert.deepEqual(
			conversation.turns.map(({ role }) => role),
			["system", "user", "assistant", "user"],
		);
	});
});
