import assert from "node:assert/strict";
import { type Ask, type AskTool, result, results, user } from "../../support/matrix/ask.ts";
import { type Case, playCases } from "../../support/matrix/matrix.ts";
import { goOn, matched, time, toolIn, weather } from "./toolAsks.ts";

const patch: AskTool = { name: "apply_patch", description: "Changes files." };
const patchText = '*** Begin Patch\n*** Add File: a.txt\n+"quoted" \\ 🙂\n*** End Patch';
const patchAsk: Ask = { turns: [user(`[call apply_patch ${patchText}]`)], tools: [patch] };

const free: readonly Case[] = [
	{
		line: "freeform tools",
		name: "a tool whose input is text is offered and called",
		asks: [patchAsk],
		received: (received, { account }) => {
			assert.match(toolIn(received, "apply_patch").description ?? "", /Changes files\./);
			if (account === "codex") assert.equal(toolIn(received, "apply_patch").free, true);
		},
		heard: ({ calls: [made] }) => {
			assert.equal(made?.free, true);
			assert.equal(made?.name, "apply_patch");
			assert.equal(made?.input, patchText);
		},
	},
	{
		line: "freeform tools",
		name: "its result finds its call",
		asks: [
			patchAsk,
			goOn(patchAsk, ({ calls: [made] }) =>
				results({ ...result(made?.id ?? "", made?.name ?? "", "done"), free: true }),
			),
		],
		received: matched(["done"]),
		heard: ({ text }) => assert.match(text, /done/),
	},
	{
		line: "grammars of freeform tools",
		name: "the grammar reaches the model, as one or in words",
		asks: [
			{
				turns: [user("good morning")],
				tools: [{ ...patch, grammar: { syntax: "lark", definition: 'start: "*** Begin"' } }],
			},
		],
		mayLose: /format|grammar/,
		received: (received) => assert.match(JSON.stringify(toolIn(received, "apply_patch")), /start: \\+"\*\*\* Begin/),
	},
	{
		line: "namespaces",
		name: "tools of a namespace are offered and called",
		asks: [
			{
				turns: [user('[call get_weather {"city":"Oslo"}]')],
				tools: [time, { ...weather, namespace: "mcp_home" }],
			},
		],
		heard: ({ calls: [made] }) => {
			assert.equal(made?.name, "get_weather");
			assert.equal(made?.namespace, "mcp_home");
			assert.deepEqual(made?.input, { city: "Oslo" });
		},
	},
	{
		line: "web search",
		name: "the account's own search is offered where it has one",
		only: "official",
		clients: ["anthropic", "gemini", "codex"],
		asks: [{ turns: [user("[search rain][cite It rains in Reykjavík.]")], webSearch: true }],
		lost: ({ account }) => (account === "openai" ? /search/i : null),
		received: ({ webSearch }, { account }) => assert.equal(webSearch, account !== "openai"),
		heard: ({ text, citations }) => {
			assert.equal(text, "It rains in Reykjavík.");
			assert.deepEqual(citations, [{ url: "https://example.com/weather", title: "Weather report" }]);
		},
	},
];

playCases("tools, translated: freeform, namespaces, search", free);
