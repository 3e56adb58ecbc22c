import assert from "node:assert/strict";
import type { Format } from "../../../src/accounts/account.ts";
import { user } from "../../support/matrix/ask.ts";
import { accountModels, alias, clientModels } from "../../support/matrix/environment.ts";
import type { Failure, Heard } from "../../support/matrix/heard.ts";
import { type Case, type Place, playCases } from "../../support/matrix/matrix.ts";

type Words = Readonly<Record<Format, string>>;

/** How each client calls an end. */
const stopped: Words = { openai: "stop", anthropic: "end_turn", gemini: "STOP", codex: "completed" };
const tooLong: Words = {
	openai: "length",
	anthropic: "max_tokens",
	gemini: "MAX_TOKENS",
	codex: "incomplete: max_output_tokens",
};
const filtered: Words = {
	openai: "content_filter",
	anthropic: "refusal",
	gemini: "SAFETY",
	codex: "incomplete: content_filter",
};
const called: Words = { openai: "tool_calls", anthropic: "tool_use", gemini: "STOP", codex: "completed" };

/** A word that the client knows, for what it has none of its own for. */
function isSomeEnd({ finish }: Heard, { client }: Place): void {
	const known: Readonly<Record<Format, RegExp>> = {
		openai: /^(?:stop|content_filter|length)$/,
		anthropic: /^(?:end_turn|refusal|max_tokens)$/,
		codex: /^(?:completed|incomplete: .+)$/,
		gemini: /./,
	};
	assert.match(finish, known[client]);
}

const weather = { name: "get_weather", schema: { type: "object", properties: { city: { type: "string" } } } };

/** The AI SDK tells the raw word of the Responses API without its status. */
function isFinish({ finish }: Heard, expected: Words, { client, driver }: Place): void {
	const word = expected[client];
	const told = driver.official || client !== "codex" ? word : word.replace(/^incomplete: /, "");
	if (!driver.official && client === "codex" && told === "completed") return;
	assert.equal(finish, told);
}

function finish(line: string, word: string, expected: Words, more: Partial<Case> = {}): Case {
	return {
		line,
		name: `[end ${word}]`,
		asks: [{ turns: [user(`[say It rains in ][end ${word}]`)] }],
		heard: (heard, place) => isFinish(heard, expected, place),
		...more,
	};
}

const ends: readonly Case[] = [
	finish("finish: stop", "stop", stopped),
	finish("finish: length", "length", tooLong),
	finish("finish: content filter", "filter", filtered),
	{
		line: "finish: tool use",
		name: "a call is what it ended with",
		asks: [{ turns: [user("[call get_weather]")], tools: [weather] }],
		heard: (heard, place) => isFinish(heard, called, place),
	},
	{
		line: "finish: tool use",
		name: "also where the account says that it just stopped",
		accounts: ["openai"],
		asks: [{ turns: [user("[call get_weather][end stop]")], tools: [weather] }],
		heard: (heard, place) => isFinish(heard, called, place),
	},
	{
		line: "finish: stop sequence",
		name: "the sequence that was met is told where there is a word for it",
		clients: ["openai", "anthropic", "gemini"],
		accounts: ["anthropic", "openai", "gemini"],
		asks: [{ turns: [user("[say one two STOP three]")], stop: ["STOP"] }],
		heard: (heard, place) => {
			const told = place.client === "anthropic" ? heard.finish : stopped[place.client];
			isFinish(heard, { ...stopped, [place.client]: told }, place);
			if (place.client === "anthropic") assert.match(heard.finish, /^(?:stop_sequence|end_turn)$/);
		},
	},
	...["RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"].map((word) =>
		finish("finish: Gemini's other filters", word, filtered, {
			accounts: ["gemini"],
			heard: (heard, place) => isFinish(heard, filtered, place),
		}),
	),
	...["OTHER", "LANGUAGE", "TOO_MANY_TOOL_CALLS"].map((word) =>
		finish("finish: Gemini's other ends", word, stopped, { accounts: ["gemini"], only: "official", heard: isSomeEnd }),
	),
	...["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL"].flatMap((word) => [
		finish("finish: Gemini's other ends", word, stopped, {
			accounts: ["gemini"],
			clients: ["openai", "anthropic"],
			only: "official",
			heard: isSomeEnd,
		}),
		{
			line: "finish: Gemini's other ends",
			name: `${word} is a failure`,
			accounts: ["gemini"],
			clients: ["codex"],
			only: "official",
			asks: [{ turns: [user(`[say It rains in ][end ${word}]`)] }],
			fails: ({ message }: Failure) => assert.match(message, new RegExp(word)),
		} satisfies Case,
	]),
	{
		line: "finish: blocked prompt",
		name: "a prompt that Gemini blocks is refused, not answered with nothing",
		accounts: ["gemini"],
		asks: [{ turns: [user("[end blocked]")] }],
		heard: (heard, place) => isFinish(heard, filtered, place),
	},
	finish("finish: pause", "pause", { ...stopped, gemini: "OTHER" }, { accounts: ["anthropic"] }),
	finish("finish: context window", "context", tooLong, { accounts: ["anthropic"] }),
];

const contents: readonly Case[] = [
	{
		line: "refusals",
		name: "a refusal and its words arrive",
		accounts: ["openai", "codex", "anthropic"],
		asks: [{ turns: [user("[refuse I cannot help with that.]")] }],
		heard: ({ text, refusal }, { driver, client }) => {
			// Google's SDK leaves out the words of an end, the AI SDK those of a refusal.
			if (driver.official && client !== "gemini") assert.equal(`${text}${refusal}`, "I cannot help with that.");
		},
	},
	{
		line: "citations",
		name: "what a text cites is told as the client's own kind",
		asks: [{ turns: [user("[say Well: ][cite It rains in Reykjavík.]")] }],
		heard: ({ text, citations }, { driver }) => {
			assert.match(text, /^Well:\s*It rains in Reykjavík\.$/);
			// The AI SDK shows none of Messages unless a search was offered.
			if (driver.official || driver.client !== "anthropic") {
				assert.deepEqual(citations, [{ url: "https://example.com/weather", title: "Weather report" }]);
			}
		},
	},
	{
		line: "ids",
		name: "a reply has an id of the client's own kind, and no two have the same",
		asks: [{ turns: [user("one")] }, { turns: [user("one")] }],
		heard: ({ id }, { client }, all) => {
			assert.match(id, { openai: /^chatcmpl-./, anthropic: /^msg_./, codex: /^resp_./, gemini: /^[\w-]{8,}$/ }[client]);
			assert.notEqual(all[0]?.id, id);
		},
	},
	{
		line: "model names",
		name: "the client sees the name that it asked for, the account its own",
		asks: [{ turns: [user("good morning")] }],
		received: ({ model }, { client }) =>
			assert.ok(!Object.values(clientModels[client]).includes(model) || model === "gpt-4.1"),
		heard: ({ model }, { client, driver }) => {
			// The AI SDK of Google tells the name that was asked for in any case.
			if (driver.official || client !== "gemini") assert.equal(model, clientModels[client].plain);
		},
	},
	...(["openai", "anthropic", "gemini", "codex"] as const).map(
		(account): Case => ({
			line: "model names",
			name: `a model of the account that is named, ${account}`,
			accounts: [account],
			only: "official",
			asks: [{ turns: [user("good morning")], modelName: `Demo ${account}/${accountModels[account].plain}` }],
			received: ({ model }) => assert.equal(model, accountModels[account].plain),
			heard: ({ model }) => assert.equal(model, `Demo ${account}/${accountModels[account].plain}`),
		}),
	),
	{
		line: "model names",
		name: "an alias of the settings",
		only: "official",
		asks: [{ turns: [user("good morning")], modelName: alias }],
		received: ({ model }, { account }) => assert.equal(model, accountModels[account].plain),
		heard: ({ model }) => assert.equal(model, alias),
	},
	{
		line: "heartbeats",
		name: "signs of life from the account disturb nothing",
		asks: [{ turns: [user("[beat][say It rains.]")] }],
		heard: ({ text }) => assert.equal(text, "It rains."),
	},
	{
		line: "compressed replies",
		name: "an account that compresses although nobody asked is read",
		asks: [{ turns: [user("[gzip][say It rains.]")] }],
		heard: ({ text }) => assert.equal(text, "It rains."),
	},
];

/** As each official SDK names what `[usage]` says; `null` where the account does not tell or the client has no word. */
const usages: Readonly<Record<Format, Readonly<Record<string, readonly [all: number, ...others: string[]]>>>> = {
	openai: {
		prompt_tokens: [1000],
		completion_tokens: [200],
		total_tokens: [1200],
		"prompt_tokens_details.cached_tokens": [600],
		"completion_tokens_details.reasoning_tokens": [50],
	},
	codex: {
		input_tokens: [1000],
		output_tokens: [200],
		total_tokens: [1200],
		"input_tokens_details.cached_tokens": [600],
		"output_tokens_details.reasoning_tokens": [50],
	},
	gemini: {
		promptTokenCount: [1000],
		candidatesTokenCount: [150],
		thoughtsTokenCount: [50],
		totalTokenCount: [1200],
		cachedContentTokenCount: [600],
	},
	anthropic: { output_tokens: [200], cache_read_input_tokens: [600] },
};

const usage: readonly Case[] = [
	{
		line: "usage",
		name: "tokens are counted as the client's format counts them",
		only: "official",
		asks: [{ turns: [user("[say It rains.][usage]")] }],
		heard: ({ usage: told }, { client, account }) => {
			for (const [name, [count]] of Object.entries(usages[client])) assert.equal(told[name], count, name);
			// Gemini does not tell what it wrote into a cache.
			const written = account === "gemini" ? 0 : 300;
			if (client === "anthropic") {
				assert.equal(told["input_tokens"], 400 - written);
				assert.equal(told["cache_creation_input_tokens"] ?? 0, written);
				assert.equal(told["output_tokens_details.thinking_tokens"], 50);
			}
			if (client === "codex") assert.equal(told["input_tokens_details.cache_write_tokens"], written);
		},
	},
	{
		line: "usage",
		name: "the AI SDK adds it up to the same",
		asks: [{ turns: [user("[say It rains.][usage]")] }],
		heard: ({ usage: told }, { driver }) => {
			if (driver.official) return;
			assert.equal(told["inputTokens"], 1000);
			assert.equal(told["outputTokens"], 200);
			assert.equal(told["inputTokenDetails.cacheReadTokens"], 600);
		},
	},
];

playCases("replies, translated: how they end", ends);
playCases("replies, translated: what they hold", contents);
playCases("replies, translated: what they took", usage);
