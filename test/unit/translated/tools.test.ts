import assert from "node:assert/strict";
import type { Format } from "../../../src/accounts/account.ts";
import { user } from "../../support/matrix/ask.ts";
import { type Case, playCases } from "../../support/matrix/matrix.ts";
import { clock, time, toolIn, twoCalls, weather } from "./toolAsks.ts";

const rich = {
	type: "object",
	properties: {
		place: { $ref: "#/$defs/place" },
		when: { anyOf: [{ type: "string", format: "date" }, { type: "null" }] },
		unit: { type: "string", enum: ["C", "F"], description: "Of the degrees." },
		hours: { type: "array", items: { type: "integer", minimum: 0, maximum: 23 }, minItems: 1 },
		deep: { type: "object", properties: { a: { type: "object", properties: { b: { type: ["string", "null"] } } } } },
		sure: { const: true },
	},
	required: ["place", "unit"],
	$defs: {
		place: {
			type: "object",
			properties: { name: { type: "string" }, inside: { $ref: "#/$defs/place" } },
			required: ["name"],
		},
	},
};

const tuple = {
	type: "object",
	properties: { span: { type: "array", prefixItems: [{ type: "number" }, { type: "string" }], items: false } },
};

/** OpenAI's own models do not. */
const takesTuples = (account: Format) => account !== "codex" && account !== "openai";

const definitions: readonly Case[] = [
	{
		line: "tool definitions",
		name: "name, description and schema arrive",
		asks: [{ turns: [user("good morning")], tools: [weather, time] }],
		received: (received) => {
			assert.deepEqual(
				received.tools.map(({ name }) => name),
				["get_weather", "get_time"],
			);
			const { description, schema } = toolIn(received, "get_weather");
			assert.equal(description, "The weather in a city.");
			assert.deepEqual(schema, weather.schema);
		},
	},
	{
		line: "tools without parameters",
		name: "a tool that takes nothing is called with nothing",
		asks: [{ turns: [user("[call now]")], tools: [clock] }],
		received: (received) => assert.equal(toolIn(received, "now").description, "The time here."),
		heard: ({ calls }) => {
			assert.equal(calls.length, 1);
			assert.deepEqual(calls[0]?.input, {});
		},
	},
	{
		line: "schemas with references and unions",
		name: "every word of JSON Schema arrives",
		asks: [{ turns: [user("good morning")], tools: [{ name: "plan", schema: rich }] }],
		received: (received) => assert.deepEqual(toolIn(received, "plan").schema, rich),
	},
	{
		line: "schemas with tuples",
		name: "tuples arrive, or what holds them too",
		asks: [{ turns: [user("good morning")], tools: [{ name: "plan", schema: tuple }] }],
		lost: ({ account }) => (takesTuples(account) ? null : /a wider schema/),
		received: (received, { account }) => {
			const { schema } = toolIn(received, "plan");
			if (takesTuples(account)) assert.deepEqual(schema, tuple);
			else assert.match(JSON.stringify(schema), /"span":\{"type":"array"/);
		},
	},
	{
		line: "strict tools",
		name: "strictness arrives where there is such a thing",
		asks: [
			{
				turns: [user("[call get_zone]")],
				tools: [{ name: "get_zone", schema: { ...time.schema, additionalProperties: false }, strict: true }],
			},
		],
		lost: ({ account }) => (account === "gemini" ? /strict/ : null),
		received: (received, { account }) => {
			if (account !== "gemini") assert.equal(toolIn(received, "get_zone").strict, true);
		},
	},
	{
		line: "Gemini's upper-case types",
		name: "types are spelt as JSON Schema spells them",
		clients: ["gemini"],
		only: "official",
		asks: [
			{
				turns: [user("good morning")],
				extra: {
					tools: [
						{
							functionDeclarations: [
								{
									name: "get_weather",
									parameters: {
										type: "OBJECT",
										properties: {
											city: { type: "STRING", nullable: true },
											days: { type: "ARRAY", items: { type: "INTEGER" } },
										},
										required: ["city"],
									},
								},
							],
						},
					],
				},
			},
		],
		received: (received) => {
			const { schema } = toolIn(received, "get_weather");
			assert.doesNotMatch(JSON.stringify(schema), /"(?:OBJECT|STRING|ARRAY|INTEGER)"|nullable/);
			assert.match(JSON.stringify(schema), /"city":\{"type":\["string","null"\]|"city":\{"anyOf"/);
		},
	},
	{
		line: "names that other formats refuse",
		name: "the account gets a name that it takes, the client its own",
		clients: ["gemini"],
		only: "official",
		asks: [{ turns: [user("[call filesread_all]")], tools: [{ ...clock, name: "files.read:all" }] }],
		heard: ({ calls }) => assert.equal(calls[0]?.name, "files.read:all"),
	},
];

const choices: readonly Case[] = [
	{
		line: "tool choice: none",
		name: "no tool is called",
		asks: [{ turns: [user("the weather please")], tools: [weather], toolChoice: "none" }],
		received: ({ toolChoice }) => assert.equal(toolChoice, "none"),
		heard: ({ calls, text }) => {
			assert.deepEqual(calls, []);
			assert.match(text, /Hello/);
		},
	},
	{
		line: "tool choice: required",
		name: "a tool is called although the text asks for none",
		asks: [{ turns: [user("good morning")], tools: [weather], toolChoice: "required" }],
		received: ({ toolChoice }) => assert.equal(toolChoice, "required"),
		heard: ({ calls }) => assert.equal(calls[0]?.name, "get_weather"),
	},
	{
		line: "tool choice: named",
		name: "the one that is named is called",
		asks: [{ turns: [user("good morning")], tools: [weather, time], toolChoice: { name: "get_time" } }],
		received: ({ toolChoice }) => assert.deepEqual(toolChoice, { names: ["get_time"] }),
		heard: ({ calls }) => assert.equal(calls[0]?.name, "get_time"),
	},
	{
		line: "tool choice: allowed tools",
		name: "none but the allowed are called",
		asks: [
			{
				turns: [user("good morning")],
				tools: [weather, time, clock],
				toolChoice: { allowed: ["get_weather", "get_time"] },
			},
		],
		mayLose: /tool_choice|toolConfig/,
		received: ({ toolChoice, tools }) => {
			const names = typeof toolChoice === "object" ? toolChoice.names : tools.map(({ name }) => name);
			assert.deepEqual(names, ["get_weather", "get_time"]);
		},
		heard: ({ calls }) => assert.equal(calls[0]?.name, "get_weather"),
	},
	{
		line: "no parallel calls",
		name: "one call where several are forbidden",
		asks: [{ ...twoCalls, parallel: false }],
		lost: ({ account }) => (account === "gemini" ? /parallel/ : null),
		received: ({ parallel }, { account }) => {
			if (account !== "gemini") assert.equal(parallel, false);
		},
		heard: ({ calls }, { account }) => assert.equal(calls.length, account === "gemini" ? 2 : 1),
	},
];

playCases("tools, translated: definitions", definitions);
playCases("tools, translated: choice", choices);
