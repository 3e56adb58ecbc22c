import assert from "node:assert/strict";
import { user } from "../../support/matrix/ask.ts";
import { type Case, playCases } from "../../support/matrix/matrix.ts";
import { oneCall, twoCalls } from "./toolAsks.ts";

const plan = { name: "plan", schema: { type: "object", properties: { text: { type: "string" } } } };
const hard = { text: 'quotes " and \\ backslashes, \n lines, 🙂, \u0001', list: [1, -2.5e10, null, true, { "": [] }] };

const calls: readonly Case[] = [
	{
		line: "tool calls",
		name: "name and arguments arrive, put together from pieces",
		asks: [oneCall],
		heard: ({ calls: made }) => {
			assert.equal(made.length, 1);
			assert.equal(made[0]?.name, "get_weather");
			assert.deepEqual(made[0]?.input, { city: "Reykjavík", days: 2 });
			assert.notEqual(made[0]?.id, "");
		},
	},
	{
		line: "tool calls",
		name: "arguments that are hard to write arrive as they were",
		asks: [{ turns: [user(`[call plan ${JSON.stringify(hard)}]`)], tools: [plan] }],
		heard: ({ calls: made }) => assert.deepEqual(made[0]?.input, hard),
	},
	{
		line: "parallel calls",
		name: "several calls of one reply keep their order",
		asks: [twoCalls],
		heard: ({ calls: made }) => {
			assert.deepEqual(
				made.map(({ name, input }) => [name, input]),
				[
					["get_weather", { city: "Oslo" }],
					["get_time", { zone: "CET" }],
				],
			);
			assert.equal(new Set(made.map(({ id }) => id)).size, 2, "each has an id of its own");
		},
	},
	{
		line: "parallel calls",
		name: "calls that come interleaved are told apart",
		accounts: ["openai", "codex"],
		asks: [{ ...twoCalls, turns: [user('[mixed] [call get_weather {"city":"Oslo"}] [call get_time {"zone":"CET"}]')] }],
		heard: ({ calls: made }) =>
			assert.deepEqual(
				made.map(({ input }) => input),
				[{ city: "Oslo" }, { zone: "CET" }],
			),
	},
	{
		line: "a call after text",
		name: "text and call of one reply both arrive",
		asks: [{ ...oneCall, turns: [user('[say Let me look.] [call get_weather {"city":"Oslo"}]')] }],
		heard: ({ text, calls: made }) => {
			assert.equal(text, "Let me look.");
			assert.deepEqual(made[0]?.input, { city: "Oslo" });
		},
	},
];

playCases("tools, translated: calls", calls);
