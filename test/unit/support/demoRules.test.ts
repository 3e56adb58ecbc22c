import assert from "node:assert/strict";
import { anthropicRefusal } from "../../support/demoRelay/anthropicRules.ts";
import { codexRefusal } from "../../support/demoRelay/codexRules.ts";
import { callSeal } from "../../support/demoRelay/geminiReply.ts";
import { geminiRefusal } from "../../support/demoRelay/geminiRules.ts";
import { openaiRefusal } from "../../support/demoRelay/openaiRules.ts";
import type { Body } from "../../support/demoRelay/rules.ts";
import { encrypted, sealOf } from "../../support/demoRelay/seals.ts";

/** What is added to a good request, and what the real API then says. */
type Row = readonly [more: Body, refusal: RegExp];

function holds(
	base: Body,
	refusalOf: (body: Body) => string | null,
	good: readonly Body[],
	rows: readonly Row[],
): void {
	for (const more of [{}, ...good]) assert.equal(refusalOf({ ...base, ...more }), null, JSON.stringify(more));
	for (const [more, refusal] of rows)
		assert.match(refusalOf({ ...base, ...more }) ?? "nothing", refusal, JSON.stringify(more));
}

const parameters = { type: "object", properties: { city: { type: "string" } } };

describe("the strict demo relay", () => {
	it("refuses what Messages refuses", () => {
		const user = { role: "user", content: "hi" };
		const call = { type: "tool_use", id: "toolu_1", name: "f", input: {} };
		const result = { type: "tool_result", tool_use_id: "toolu_1", content: "x" };
		const talk = (...messages: unknown[]) => ({ messages });
		const thinking = { type: "enabled", budget_tokens: 2048 };
		const signed = { type: "thinking", thinking: "Hm.", signature: sealOf("thinking", "Hm.") };
		const tool = { name: "f", input_schema: parameters };
		const worked = (...blocks: unknown[]) => ({
			...talk(user, { role: "assistant", content: [...blocks, call] }, { role: "user", content: [result] }),
			tools: [tool],
		});
		const base = { model: "claude-sonnet-4-5", max_tokens: 4096, messages: [user] };
		holds(
			base,
			anthropicRefusal,
			[worked(), { ...worked(signed), thinking }],
			[
				[{ seed: 1 }, /^seed: Extra inputs are not permitted/],
				[{ temperature: 1.5 }, /temperature/],
				[{ temperature: 0.5, top_p: 0.5 }, /cannot both be specified/],
				[{ thinking: { type: "enabled", budget_tokens: 4096 } }, /must be greater than `thinking.budget_tokens`/],
				[{ thinking: { type: "enabled", budget_tokens: 100 } }, /greater than or equal to 1024/],
				[{ thinking, temperature: 0.5 }, /may only be set to 1/],
				[{ ...worked(), thinking }, /must start with a thinking block/],
				[worked({ ...signed, thinking: "altered" }), /Invalid `signature`/],
				[worked({ ...signed, signature: "foreign" }), /Invalid `signature`/],
				[talk(user, { role: "user", content: [result] }), /unexpected `tool_use_id`/],
				[talk(user, { role: "assistant", content: [call] }, user), /without `tool_result` blocks/],
				[talk({ role: "user", content: [{ type: "text", text: "" }] }), /must be non-empty/],
				[talk({ role: "assistant", content: "hi" }), /first message/],
				[{ tool_choice: { type: "auto" } }, /while providing tools/],
				[{ tools: [{ name: "a.b", input_schema: parameters }] }, /should match pattern/],
				[{ output_config: { format: { type: "json_schema", schema: parameters } } }, /additionalProperties/],
				[{ metadata: { trace: "1" } }, /metadata.trace/],
			],
		);
	});

	it("refuses what Chat Completions refuses", () => {
		const user = { role: "user", content: "hi" };
		const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
		const tools = [{ type: "function", function: { name: "f", parameters } }];
		const answer = { role: "tool", tool_call_id: "call_1", content: "x" };
		const talk = (...messages: unknown[]) => ({ messages });
		const called = { role: "assistant", content: null, tool_calls: [call] };
		const base = { model: "gpt-4.1", messages: [user] };
		const refusalOf = (body: Body) => openaiRefusal(body)?.message ?? null;
		holds(
			base,
			refusalOf,
			[{ tools, ...talk(user, called, answer) }],
			[
				[{ top_k: 1 }, /Unrecognized request argument supplied: top_k/],
				[talk(user, answer), /must be a response to a preceeding message/],
				[talk(user, called, user), /did not have response messages: call_1/],
				[talk({ ...user, thinking: "x" }), /Additional properties are not allowed/],
				[talk(user, { role: "assistant", content: "x", reasoning_content: "y" }), /'reasoning_content' was unexpected/],
				[talk(user, { ...called, tool_calls: [{ ...call, id: "x".repeat(41) }] }, answer), /maximum length 40/],
				[{ parallel_tool_calls: true }, /only allowed when 'tools' are specified/],
				[{ tools: [] }, /empty array/],
				[{ tools: [{ type: "function", function: { name: "a.b" } }] }, /does not match pattern/],
				[{ tools: [{ type: "function", function: { name: "f", parameters, strict: true } }] }, /additionalProperties/],
				[{ response_format: { type: "json_object" } }, /must contain the word 'json'/],
				[{ metadata: { a: "b" } }, /only allowed when 'store' is enabled/],
				[{ top_logprobs: 2 }, /requires 'logprobs'/],
				[{ reasoning_effort: "low" }, /'reasoning_effort' is not supported/],
				[{ model: "gpt-5", temperature: 0.5 }, /'temperature' is not supported/],
				[{ stop: ["1", "2", "3", "4", "5"] }, /1 to 4/],
			],
		);
	});

	it("refuses what ChatGPT's backend refuses", () => {
		const user = { role: "user", content: "hi" };
		const call = { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" };
		const output = { type: "function_call_output", call_id: "call_1", output: "x" };
		const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: encrypted("rs_1", "Hm.") };
		const input = (...items: unknown[]) => ({ input: items });
		const base = { model: "gpt-5.1-codex", instructions: "", input: [user], stream: true, store: false };
		const refusalOf = (body: Body) => codexRefusal(body, true)?.message ?? null;
		holds(
			base,
			refusalOf,
			[input(user, reasoning, call, output)],
			[
				[{ temperature: 1 }, /^Unsupported parameter: temperature$/],
				[{ max_output_tokens: 100 }, /^Unsupported parameter: max_output_tokens$/],
				[{ instructions: undefined }, /Instructions are required/],
				[{ store: true }, /Store must be set to false/],
				[{ stream: false }, /Stream must be set to true/],
				[{ input: "hi" }, /Input must be a list/],
				[input({ role: "system", content: "x" }), /System messages are not allowed/],
				[input(user, output), /No tool call found for function call output/],
				[input(user, call), /No tool output found for function call call_1/],
				[input(user, { ...reasoning, id: "rs_2" }), /item_id did not match/],
				[input(user, { ...reasoning, encrypted_content: "foreign" }), /could not be verified/],
				[input(user, { type: "reasoning", id: "rs_1", summary: [] }), /not found/],
				[input(user, { type: "message", id: "m1", role: "assistant", content: [] }), /begins with 'msg'/],
				[input({ role: "assistant", content: [{ type: "input_text", text: "x" }] }), /Invalid value: 'input_text'/],
			],
		);
	});

	it("refuses what generateContent refuses", () => {
		const user = { role: "user", parts: [{ text: "hi" }] };
		const functionCall = { name: "f", args: { a: 1 } };
		const call = { role: "model", parts: [{ functionCall }] };
		const signed = { role: "model", parts: [{ functionCall, thoughtSignature: callSeal("f", { a: 1 }) }] };
		const result = { role: "user", parts: [{ functionResponse: { name: "f", response: { output: "x" } } }] };
		const talk = (...contents: unknown[]) => ({ contents });
		const declared = (declaration: object) => ({ tools: [{ functionDeclarations: [{ name: "f", ...declaration }] }] });
		const base = { contents: [user] };
		const older = (body: Body) => geminiRefusal(body, "gemini-2.5-flash");
		holds(
			base,
			older,
			[talk(user, call, result), declared({ parametersJsonSchema: parameters })],
			[
				[{ seed: 1 }, /Unknown name "seed": Cannot find field/],
				[
					{ generationConfig: { stop: [] } },
					/Unknown name "stop" at 'generationConfig|Unknown name "stop" at 'generation_config'/,
				],
				[
					declared({ parameters: { ...parameters, additionalProperties: false } }),
					/Unknown name "additionalProperties"/,
				],
				[declared({ parameters: { type: "OBJECT", properties: {} } }), /should be non-empty for OBJECT type/],
				[declared({ name: "1f" }), /Invalid function name/],
				[
					talk(user, call, { ...result, parts: [...result.parts, ...result.parts] }),
					/number of function response parts/,
				],
				[talk(user, result), /immediately after a function call turn/],
				[talk({ role: "user", parts: [] }), /must not be empty/],
				[talk({ role: "system", parts: [{ text: "x" }] }), /valid role/],
				[
					talk(user, { role: "model", parts: [{ functionCall, thoughtSignature: "Zm9yZWlnbg==" }] }),
					/signature is not valid/,
				],
				[{ generationConfig: { thinkingConfig: { thinkingBudget: 63_999 } } }, /thinking budget 63999 is invalid/],
				[{ generationConfig: { responseSchema: {} } }, /response_mime_type/],
				[
					{ ...declared({}), toolConfig: { functionCallingConfig: { mode: "AUTO", allowedFunctionNames: ["f"] } } },
					/only when calling mode is ANY/,
				],
			],
		);
		const newer = (body: Body) => geminiRefusal(body, "gemini-3-pro-preview");
		holds(base, newer, [talk(user, signed, result)], [[talk(user, call, result), /missing a thought_signature/]]);
	});
});
