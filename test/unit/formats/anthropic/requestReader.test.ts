import assert from "node:assert/strict";
import { Malformed, Untranslatable } from "../../../../src/formats/translation.ts";
import { read } from "./conversations.ts";

const hi = { messages: [{ role: "user", content: "Hi" }] };
describe("a request of an Anthropic client", () => {
	it("comes through as Claude Code sends it", () => {
		const cache_control = { type: "ephemeral" };
		const { conversation, losses } = read({
			max_tokens: 32_000,
			stream: true,
			system: [
				{ type: "text", text: "x-anthropic-billing-header: cc_version=2.1.330; cch=abcde;" },
				{ type: "text", text: "You are Claude Code.", cache_control },
				{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral", ttl: "1h" } },
			],
			thinking: { type: "enabled", budget_tokens: 31_999, display: "omitted" },
			context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
			metadata: { user_id: '{"session_id":"s"}' },
			tools: [
				{ name: "Read", description: "Reads", input_schema: { type: "object" }, eager_input_streaming: true },
				{ type: "custom", name: "Bash", input_schema: { type: "object", properties: {} }, cache_control },
			],
			messages: [
				{
					role: "user",
					content: [
						{ type: "text", text: "<system-reminder>x</system-reminder>" },
						{ type: "text", text: "Hi" },
					],
				},
				{
					role: "assistant",
					content: [
						{ type: "thinking", thinking: "", signature: "sig" },
						{ type: "text", text: "I look." },
						{ type: "tool_use", id: "toolu_1", name: "Read", input: { path: "a" }, caller: { type: "direct" } },
					],
				},
				{
					role: "user",
					content: [
						{ type: "tool_result", tool_use_id: "toolu_1", content: "text of a", is_error: false, cache_control },
					],
				},
				{ role: "system", content: "The plan has changed." },
			],
		});
		assert.deepEqual(losses, []);
		assert.deepEqual(conversation, {
			stream: true,
			turns: [
				{
					role: "system",
					parts: [
						{ kind: "text", text: "You are Claude Code.", cache: {} },
						{ kind: "text", text: "Be brief.", cache: { lifetime: "1h" } },
					],
				},
				{
					role: "user",
					parts: [
						{ kind: "text", text: "<system-reminder>x</system-reminder>" },
						{ kind: "text", text: "Hi" },
					],
				},
				{
					role: "assistant",
					parts: [
						{
							kind: "reasoning",
							text: "",
							seal: { maker: "anthropic", value: { type: "thinking", thinking: "", signature: "sig" } },
						},
						{ kind: "text", text: "I look." },
						{ kind: "toolCall", id: "toolu_1", name: "Read", input: { kind: "json", text: '{"path":"a"}' } },
					],
				},
				{
					role: "user",
					parts: [
						{
							kind: "toolResult",
							callId: "toolu_1",
							name: "Read",
							content: [{ kind: "text", text: "text of a" }],
							isError: false,
							cache: {},
						},
					],
				},
				{ role: "system", parts: [{ kind: "text", text: "The plan has changed." }] },
			],
			tools: [
				{ kind: "function", name: "Read", description: "Reads", parameters: { type: "object" } },
				{ kind: "function", name: "Bash", parameters: { type: "object", properties: {} }, cache: {} },
			],
			maxTokens: 32_000,
			sampling: {},
			stop: [],
			reasoning: { amount: { kind: "budget", tokens: 31_999 }, shown: "no" },
			userId: '{"session_id":"s"}',
		});
	});

	it("needs no limit, as in a count of tokens", () => {
		const { conversation } = read({ ...hi, max_tokens: null });
		assert.equal(conversation.maxTokens, undefined);
	});

	it("says how the reply is to be made", () => {
		const { conversation, losses } = read({
			...hi,
			temperature: 0.5,
			top_p: 0.9,
			top_k: 5,
			stop_sequences: ["END"],
			service_tier: "standard_only",
			output_config: { effort: "high", format: { type: "json_schema", schema: { type: "object" } } },
		});
		const { sampling, stop, serviceTier, output, reasoning } = conversation;
		assert.deepEqual(
			[sampling, stop, serviceTier, output, reasoning, losses],
			[
				{ temperature: 0.5, topP: 0.9, topK: 5 },
				["END"],
				"default",
				{ kind: "schema", schema: { type: "object" } },
				{ amount: { kind: "effort", effort: "high" } },
				[],
			],
		);
	});

	it("says how the model is to think", () => {
		const reasoning = (thinking: object, effort?: string) =>
			read({ ...hi, thinking, ...(effort && { output_config: { effort } }) }).conversation.reasoning;
		const named = (effort: string) => ({ kind: "effort", effort });
		assert.deepEqual(reasoning({ type: "adaptive" }), { amount: { kind: "adaptive" }, shown: "auto" });
		assert.deepEqual(reasoning({ type: "adaptive", display: "omitted" }, "low"), { amount: named("low"), shown: "no" });
		assert.deepEqual(reasoning({ type: "disabled" }, "low"), { amount: named("none") });
		assert.deepEqual(reasoning({ type: "enabled", budget_tokens: 2000 }, "low"), {
			amount: { kind: "budget", tokens: 2000 },
			shown: "auto",
		});
		assert.deepEqual(read({ ...hi, thinking: { type: "between_tools" } }).losses, ["thinking.type"]);
	});

	it("names every field that no other account can be told, nested ones too", () => {
		const { losses } = read({
			cache_control: { type: "ephemeral" },
			container: "c",
			context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
			inference_geo: "eu",
			mcp_servers: [],
			speed: "fast",
			metadata: { user_id: "u", team: "x" },
			diagnostics: { previous_message_id: null },
			mood: "good",
			thread: { type: "create" },
			output_config: { task_budget: { type: "tokens", total: 1 } },
			tools: [
				{ name: "f", input_schema: {}, input_examples: [{}], defer_loading: true, allowed_callers: ["direct"] },
				{ type: "bash_20250124", name: "bash" },
				{ type: "text_editor_20250728", name: "str_replace_based_edit_tool" },
				{ type: "mcp_toolset", mcp_server_name: "m" },
			],
			messages: [
				{
					role: "user",
					content: [
						{
							type: "image",
							source: { type: "url", url: "https://example.org" },
							transformations: { oversized_image: "error" },
						},
						{ type: "text", text: "Hi", tone: "sharp" },
					],
				},
				{
					role: "assistant",
					content: [
						{ type: "server_tool_use", id: "s", name: "web_search", input: {} },
						{ type: "web_search_tool_result", tool_use_id: "s", content: [] },
						{ type: "text", text: "Found" },
						{ type: "tool_use", id: "t", name: "left_click", input: {}, toolset_name: "computer" },
					],
				},
			],
		});
		assert.deepEqual([...losses].sort(), [
			"cache_control",
			"container",
			"context_management",
			"inference_geo",
			"mcp_servers",
			"messages[].content[].server_tool_use",
			"messages[].content[].tone",
			"messages[].content[].toolset_name",
			"messages[].content[].transformations",
			"messages[].content[].web_search_tool_result",
			"metadata.team",
			"mood",
			"output_config.task_budget",
			"speed",
			"thread",
			"tools[].bash_20250124",
			"tools[].defer_loading",
			"tools[].input_examples",
			"tools[].mcp_toolset",
			"tools[].text_editor_20250728",
		]);
	});

	it("offers tools that came later, and not the placeholder that keeps a place for them", () => {
		const { conversation, losses } = read({
			messages: [{ role: "user", content: "Hi" }],
			tools: [
				{ name: "WebFetch", input_schema: {}, defer_loading: true },
				{ name: "DeferredToolPlaceholder", input_schema: { type: "object", properties: {} }, defer_loading: true },
			],
		});
		assert.deepEqual(conversation.tools, [{ kind: "function", name: "WebFetch", parameters: {} }]);
		assert.deepEqual(losses, ["tools[].defer_loading"]);
	});

	it("chooses among tools", () => {
		const chosen = (tool_choice: object) => {
			const { toolChoice, parallelCalls } = read({ ...hi, tools: [{ name: "f" }], tool_choice }).conversation;
			return [toolChoice, parallelCalls];
		};
		assert.deepEqual(chosen({ type: "auto" }), [{ kind: "auto" }, undefined]);
		assert.deepEqual(chosen({ type: "any", disable_parallel_tool_use: true }), [{ kind: "required" }, false]);
		assert.deepEqual(chosen({ type: "tool", name: "f" }), [{ kind: "named", tool: { name: "f" } }, undefined]);
		assert.deepEqual(chosen({ type: "none" }), [{ kind: "none" }, undefined]);
	});

	it("searches the web in any version of that tool", () => {
		const { conversation, losses } = read({
			...hi,
			tools: [
				{
					type: "web_search_20260318",
					name: "web_search",
					blocked_domains: ["b.org"],
					max_uses: 3,
					user_location: { type: "approximate", city: "Bern" },
				},
			],
		});
		assert.deepEqual(conversation.tools, [
			{ kind: "webSearch", blockedDomains: ["b.org"], maxUses: 3, location: { city: "Bern" } },
		]);
		assert.deepEqual(losses, []);
	});

	it("is passed over where its meaning would change", () => {
		const cannot: readonly object[] = [
			{ messages: [{ role: "user", content: [{ type: "container_upload", file_id: "f" }] }] },
			{ messages: [{ role: "user", content: [{ type: "image", source: { type: "file", file_id: "f" } }] }] },
			{ messages: [{ role: "user", content: [{ type: "hologram" }] }] },
			{ ...hi, thread: { type: "continue", previous_message_id: "m" } },
			{ ...hi, compaction: { type: "summary" } },
			{ ...hi, tools: [{ type: "bash_20250124", name: "bash" }], tool_choice: { type: "tool", name: "bash" } },
			{ ...hi, tools: [{ type: "bash_20250124", name: "bash" }], tool_choice: { type: "any" } },
		];
		for (const body of cannot) assert.throws(() => read(body), Untranslatable, JSON.stringify(body));
	});

	it("is refused with the name of the field that Anthropic would refuse", () => {
		const wrong: readonly (readonly [body: object, field: RegExp])[] = [
			[{}, /^messages must/],
			[{ messages: [] }, /^messages must/],
			[{ messages: [{ role: "friend", content: "Hi" }] }, /^messages\[0\]\.role must/],
			[{ messages: [{ role: "user", content: [{ text: "Hi" }] }] }, /^messages\[0\]\.content\[0\] must/],
			[{ messages: [{ role: "user", content: [{ type: "text" }] }] }, /^messages\[0\]\.content\[0\]\.text must/],
			[{ ...hi, max_tokens: "10" }, /^max_tokens must/],
			[{ ...hi, system: 4 }, /^system must/],
			[{ ...hi, tools: [{ input_schema: {} }] }, /^tools\[0\]\.name must/],
		];
		for (const [body, message] of wrong) {
			assert.throws(
				() => read(body),
				(error) => error instanceof Malformed && message.test(error.message),
			);
		}
	});
});
