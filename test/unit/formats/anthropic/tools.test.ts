import assert from "node:assert/strict";
import { anthropicTranslation } from "../../../../src/formats/anthropic/translation.ts";
import type { JsonSchema, Tool, ToolChoice } from "../../../../src/formats/conversation.ts";
import { assistant, call, conversation, look, models, result, user, write } from "./conversations.ts";

const tool = (parameters: JsonSchema, more: object = {}): Tool => ({
	kind: "function",
	name: "f",
	parameters,
	...more,
});
const schemaOf = (parameters: JsonSchema) => {
	const [written] = write({ tools: [tool(parameters)] }).body.tools ?? [];
	return written !== undefined && "input_schema" in written ? written.input_schema : null;
};
const point = { type: "object", properties: { x: { type: "number" } }, required: ["x"] };

describe("tools for Anthropic", () => {
	it("have a schema of an object, whatever they were given", () => {
		assert.deepEqual(write({ tools: [{ kind: "function", name: "f" }] }).body.tools, [
			{ name: "f", input_schema: { type: "object", properties: {} } },
		]);
		assert.deepEqual(schemaOf({ properties: {} }), { type: "object", properties: {} });
		assert.deepEqual(schemaOf({ type: ["object", "null"], properties: {} }), { type: "object", properties: {} });
		assert.deepEqual(schemaOf({ $ref: "#/$defs/point", $defs: { point } }), { ...point, $defs: { point } });
	});

	it("have one object in the place of a union at the top, which Anthropic refuses", () => {
		const square = { type: "object", properties: { x: { type: "number" }, size: {} }, required: ["x", "size"] };
		const { body, losses } = write({
			tools: [tool({ anyOf: [point, { $ref: "#/$defs/square" }], $defs: { square } })],
		});
		assert.deepEqual(body.tools, [
			{
				name: "f",
				input_schema: {
					$defs: { square },
					type: "object",
					properties: { x: { type: "number" }, size: {} },
					required: ["x"],
				},
			},
		]);
		assert.deepEqual(losses, [{ feature: "schema", sentAs: "one object" }]);
		assert.deepEqual(schemaOf({ allOf: [point, square] }), {
			type: "object",
			properties: { x: { type: "number" }, size: {} },
			required: ["x", "size"],
		});
	});

	it("have tuples and limits in the words of the newest JSON Schema", () => {
		const pair = { type: "array", items: [{ type: "string" }, { type: "number" }], additionalItems: false };
		const limits = { type: "number", minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false };
		assert.deepEqual(schemaOf({ type: "object", properties: { pair, limits, items: { enum: [["items"]] } } }), {
			type: "object",
			properties: {
				pair: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], items: false },
				limits: { type: "number", exclusiveMinimum: 0, maximum: 9 },
				items: { enum: [["items"]] },
			},
		});
	});

	it("are strict where Anthropic can be", () => {
		const strict = (parameters: JsonSchema, model?: string) => {
			const { body, losses } = write({ tools: [tool(parameters, { strict: true })] }, model);
			return [body.tools?.[0], losses];
		};
		const closed = { ...point, additionalProperties: false };
		assert.deepEqual(strict(point), [{ name: "f", input_schema: closed, strict: true }, []]);
		assert.deepEqual(strict(point, models.old), [{ name: "f", input_schema: point }, [{ feature: "strict" }]]);
		const free = { type: "object", additionalProperties: { type: "string" } };
		assert.deepEqual(strict(free), [{ name: "f", input_schema: free }, [{ feature: "strict" }]]);
		const many = Array.from({ length: 21 }, (_, place) => tool(point, { name: `f${place}`, strict: true }));
		assert.deepEqual(write({ tools: many }).losses, [{ feature: "strict" }]);
	});

	it("have names that Anthropic takes, and are known again by them", () => {
		const written = anthropicTranslation.writeRequest(
			conversation({
				tools: [
					{ ...look, name: "read.file" },
					{ ...look, namespace: { name: "mcp", description: "Of the house" }, description: "Look" },
				],
				turns: [user("a"), assistant({ ...call("c1"), name: "read.file" }), user(result("c1"))],
				toolChoice: { kind: "named", tool: { name: "look", namespace: "mcp" } },
			}),
			{ model: models.both },
		);
		const text = JSON.stringify(written.body);
		assert.match(text, /"name":"read_file","input_schema"/);
		assert.match(text, /"type":"tool_use","id":"c1","name":"read_file"/);
		assert.match(text, /"name":"mcp__look","description":"Of the house\\n\\nLook"/);
		assert.match(text, /"tool_choice":\{"type":"tool","name":"mcp__look"\}/);
		assert.deepEqual(written.names.fromWire({ name: "mcp__look" }), { name: "look", namespace: "mcp", free: false });
	});

	it("take JSON where they took text", () => {
		const { body, losses } = write({
			tools: [{ kind: "free", name: "patch", grammar: { syntax: "lark", definition: "start: X" } }],
			turns: [
				user("a"),
				assistant({ kind: "toolCall", id: "c1", name: "patch", input: { kind: "free", text: "*** x" } }),
				user(result("c1")),
			],
		});
		assert.deepEqual(body.tools?.[0], {
			name: "patch",
			description: "The input must match this lark grammar:\nstart: X",
			input_schema: {
				type: "object",
				properties: { input: { type: "string", description: "The whole input of the tool, as plain text." } },
				required: ["input"],
				additionalProperties: false,
			},
			cache_control: { type: "ephemeral" },
		});
		assert.match(JSON.stringify(body.messages), /"input":\{"input":"\*\*\* x"\}/);
		assert.deepEqual(losses, [{ feature: "grammar", sentAs: "in words" }]);
	});

	it("are defined where they only stand in the history, and may not be called", () => {
		const { body } = write({ turns: [user("a"), assistant(call("c1")), user(result("c1"))] });
		assert.deepEqual(
			body.tools?.map(({ cache_control: _, ...tool }) => tool),
			[{ name: "look", input_schema: { type: "object" } }],
		);
		assert.deepEqual(body.tool_choice, { type: "none" });
	});

	describe("are chosen", () => {
		const choices: readonly (readonly [
			choice: ToolChoice | undefined,
			parallel: boolean | undefined,
			sent: unknown,
		])[] = [
			[undefined, undefined, undefined],
			[undefined, false, { type: "auto", disable_parallel_tool_use: true }],
			[undefined, true, { type: "auto", disable_parallel_tool_use: false }],
			[{ kind: "auto" }, undefined, { type: "auto" }],
			[{ kind: "none" }, false, { type: "none" }],
			[{ kind: "required" }, false, { type: "any", disable_parallel_tool_use: true }],
			[{ kind: "named", tool: { name: "look" } }, undefined, { type: "tool", name: "look" }],
			[{ kind: "allowed", mode: "auto", tools: [{ name: "look" }] }, undefined, { type: "auto" }],
			[{ kind: "allowed", mode: "required", tools: [{ name: "look" }] }, undefined, { type: "any" }],
		];
		for (const [toolChoice, parallelCalls, sent] of choices) {
			it(`by ${JSON.stringify(toolChoice ?? "nothing")} and parallel ${parallelCalls} as ${JSON.stringify(sent)}`, () => {
				const { body, losses } = write({
					tools: [look, { ...look, name: "other" }],
					...(toolChoice && { toolChoice }),
					...(parallelCalls === undefined ? {} : { parallelCalls }),
				});
				assert.deepEqual(body.tool_choice, sent);
				assert.equal(body.tools?.length, toolChoice?.kind === "allowed" ? 1 : 2, "the allowed ones alone");
				assert.deepEqual(losses, []);
			});
		}

		it("not where there are none", () => {
			const { body, losses } = write({ toolChoice: { kind: "required" }, parallelCalls: false });
			assert.equal(body.tool_choice, undefined);
			assert.deepEqual(losses, [{ feature: "toolChoice" }]);
		});

		it("by leaving out the others where the model cannot be forced to one", () => {
			const { body } = write(
				{ tools: [look, { ...look, name: "other" }], toolChoice: { kind: "named", tool: { name: "look" } } },
				models.always,
			);
			assert.deepEqual(
				body.tools?.map((one) => ("name" in one ? one.name : "")),
				["look"],
			);
		});
	});

	describe("search the web", () => {
		it("with the limits that Anthropic has", () => {
			const { body, losses } = write({
				tools: [
					{ kind: "webSearch", allowedDomains: ["a.org"], maxUses: 2, location: { city: "Bern", country: "CH" } },
				],
			});
			assert.deepEqual(body.tools, [
				{
					type: "web_search_20250305",
					name: "web_search",
					allowed_domains: ["a.org"],
					max_uses: 2,
					user_location: { type: "approximate", city: "Bern", country: "CH" },
				},
			]);
			assert.deepEqual(losses, []);
		});

		it("and name what Anthropic has not", () => {
			const sized = write({ tools: [{ kind: "webSearch", contextSize: "high" }] });
			assert.deepEqual(sized.losses, [{ feature: "webSearch", sentAs: "medium" }]);
			const both = write({ tools: [{ kind: "webSearch", allowedDomains: ["a.org"], blockedDomains: ["b.org"] }] });
			assert.deepEqual(both.losses, [{ feature: "webSearch", sentAs: "allowed domains only" }]);
			assert.doesNotMatch(JSON.stringify(both.body), /blocked_domains/);
		});

		it("not beside a tool of the client's that has its name", () => {
			const { body, losses } = write({ tools: [{ ...look, name: "web_search" }, { kind: "webSearch" }] });
			assert.equal(body.tools?.length, 1);
			assert.deepEqual(losses, [{ feature: "webSearch" }]);
		});
	});
});
