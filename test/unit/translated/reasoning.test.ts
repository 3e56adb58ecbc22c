import assert from "node:assert/strict";
import { type Ask, type AskTurn, result, results, user } from "../../support/matrix/ask.ts";
import type { Heard } from "../../support/matrix/heard.ts";
import { type Case, playCases } from "../../support/matrix/matrix.ts";

const thought = "First the harbour, then the wind.";
const weather = { name: "get_weather", schema: { type: "object", properties: { city: { type: "string" } } } };

function answered({ calls }: Heard): AskTurn {
	return results(...calls.map(({ id, name }) => result(id, name, "rain")));
}

/** The next step of a loop of tools. */
function goOn(ask: Ask): (heard: readonly Heard[]) => Ask {
	return (all) => {
		const turns = all.flatMap((heard): AskTurn[] => [{ kind: "reply", heard }, answered(heard)]);
		return { ...ask, turns: [...ask.turns, ...turns] };
	};
}

const thinking: Ask = {
	model: "thinker",
	turns: [user(`[think ${thought}][say It rains.]`)],
	effort: "high",
	thoughts: true,
};
const budgeted: Ask = { model: "thinker", turns: thinking.turns, budget: 4096, thoughts: true };
const loop: Ask = {
	model: "thinker",
	turns: [user(`[think ${thought}][call get_weather {"city":"Oslo"}]`)],
	tools: [weather],
	effort: "high",
	thoughts: true,
};

const hidden: Ask = { ...loop, turns: [user('[hide][call get_weather {"city":"Oslo"}]')] };

const amounts: readonly Case[] = [
	{
		line: "reasoning effort",
		name: "an effort becomes the account's own measure",
		clients: ["openai", "codex"],
		asks: [{ ...thinking, thoughts: true }],
		mayLose: /reasoning|thinking/i,
		received: ({ effort, budget }, { account }) => {
			if (account === "openai" || account === "codex") assert.equal(effort, "high");
			else assert.equal(budget, 16_384);
		},
	},
	{
		line: "reasoning effort",
		name: "no effort switches thinking off",
		clients: ["openai", "codex"],
		asks: [{ model: "signing", turns: [user("good morning")], effort: "none" }],
		mayLose: /reasoning|thinking/i,
		received: ({ effort, thoughts, budget }, { account }) => {
			if (account === "openai") assert.equal(effort, "none");
			// This model has no less.
			if (account === "codex") assert.equal(effort, "low");
			if (account === "anthropic") assert.notEqual(thoughts, true);
			if (account === "gemini") assert.ok(budget === undefined || budget === 0);
		},
	},
	{
		line: "thinking budget",
		name: "a budget becomes the account's own measure",
		clients: ["anthropic", "gemini"],
		asks: [budgeted],
		mayLose: /thinking/i,
		received: ({ effort, budget }, { account }) => {
			if (account === "openai" || account === "codex") assert.equal(effort, "low");
			else assert.equal(budget, 4096);
		},
	},
	{
		line: "thinking budget",
		name: "a budget that leaves no room for the reply is no obstacle",
		clients: ["gemini"],
		accounts: ["anthropic"],
		asks: [{ ...budgeted, maxTokens: 4000 }],
		mayLose: /thinking|maxOutputTokens/i,
		heard: ({ text }) => assert.equal(text, "It rains."),
	},
	{
		line: "thinking level",
		name: "a level becomes the account's own measure",
		clients: ["gemini"],
		only: "official",
		asks: [{ ...thinking, thoughts: true }],
		mayLose: /thinking/i,
		received: ({ effort, budget }, { account }) => {
			if (account === "anthropic") assert.equal(budget, 16_384);
			else assert.equal(effort, "high");
		},
	},
	{
		line: "adaptive thinking",
		name: "an effort of Messages becomes the account's own measure",
		clients: ["anthropic"],
		only: "official",
		asks: [thinking],
		mayLose: /thinking/i,
		received: ({ effort, budget }, { account }) => {
			if (account === "gemini") assert.equal(budget, 16_384);
			else assert.equal(effort, "high");
		},
	},
];

const shown: readonly Case[] = [
	{
		line: "thinking shown",
		name: "thinking arrives as the client's own kind, apart from the text",
		asks: [thinking],
		mayLose: /reasoning|thinking/i,
		heard: ({ reasoning, text }) => {
			assert.equal(reasoning, thought);
			assert.equal(text, "It rains.");
		},
	},
	{
		line: "thinking shown",
		name: "so it does with a budget",
		clients: ["anthropic", "gemini"],
		asks: [budgeted],
		mayLose: /thinking/i,
		heard: ({ reasoning, text }) => {
			assert.equal(reasoning, thought);
			assert.equal(text, "It rains.");
		},
	},
	{
		line: "thinking tokens",
		name: "the tokens of thinking are told",
		asks: [thinking],
		mayLose: /reasoning|thinking/i,
		heard: ({ usage }) => {
			const told = Object.entries(usage).find(([name]) =>
				/(?:reasoning_?|thinking_|thoughts)Token(?:s|Count)|(?:reasoning|thinking)_tokens/i.test(name),
			);
			assert.ok(told && told[1] > 0, JSON.stringify(usage));
		},
	},
];

const sealed: readonly Case[] = [
	{
		line: "signatures in a loop of tools",
		name: "what the account sealed comes back to it as it was",
		asks: [loop, goOn(loop)],
		mayLose: /reasoning|thinking/i,
		received: ({ talk }, { account }) => {
			const kinds = talk.map(({ kind }) => kind);
			// Chat Completions seals nothing.
			if (account !== "openai") assert.deepEqual(kinds, ["text", "reasoning", "call", "result"]);
		},
		heard: ({ text }) => assert.match(text, /rain/),
	},
	{
		line: "signatures in a loop of tools",
		name: "so it does over several steps, with models that insist on it",
		accounts: ["gemini", "anthropic", "codex"],
		asks: [{ ...loop, model: "signing" }, goOn({ ...loop, model: "signing" })],
		mayLose: /reasoning|thinking/i,
		heard: ({ text }) => assert.match(text, /rain/),
	},
	{
		line: "signatures in a loop of tools",
		name: "thinking that nobody may read comes back too",
		accounts: ["gemini", "anthropic", "codex"],
		asks: [hidden, goOn(hidden)],
		mayLose: /reasoning|thinking/i,
		received: ({ talk }) =>
			assert.deepEqual(
				talk.map(({ kind }) => kind),
				["text", "reasoning", "call", "result"],
			),
		heard: ({ text }) => assert.match(text, /rain/),
	},
	{
		line: "signatures in a loop of tools",
		name: "calls that the account did not make are no obstacle",
		accounts: ["gemini", "anthropic"],
		asks: [
			{
				...loop,
				model: "signing",
				turns: [
					user("the weather"),
					{ kind: "assistant", parts: [{ kind: "call", id: "call_1", name: "get_weather", input: { city: "Oslo" } }] },
					results(result("call_1", "get_weather", "rain")),
				],
			},
		],
		mayLose: /reasoning|thinking|thoughtSignature/i,
		heard: ({ text }) => assert.match(text, /rain/),
	},
	{
		line: "signatures after text",
		name: "thinking before a text comes back too",
		asks: [
			thinking,
			([heard]) => ({
				...thinking,
				turns: [...thinking.turns, ...(heard ? [{ kind: "reply" as const, heard }] : []), user("and tomorrow?")],
			}),
		],
		mayLose: /reasoning|thinking|thought|encrypted_content/i,
		received: ({ talk }) => assert.deepEqual(talk.at(-1), { kind: "text", role: "user", text: "and tomorrow?" }),
	},
];

playCases("reasoning, translated: how much", amounts);
playCases("reasoning, translated: shown", shown);
playCases("reasoning, translated: sealed", sealed);
