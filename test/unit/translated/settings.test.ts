import assert from "node:assert/strict";
import type { Format } from "../../../src/accounts/account.ts";
import { type Ask, user } from "../../support/matrix/ask.ts";
import { type Case, playCases } from "../../support/matrix/matrix.ts";
import type { Received } from "../../support/matrix/receivedParts.ts";

const question = user("good morning");

/** A setting that arrives as it is, but for accounts that have none. */
function setting(
	line: string,
	ask: Partial<Ask>,
	expected: Partial<Received>,
	without: Partial<Record<Format, RegExp>>,
): Case {
	return {
		line,
		name: `${line}: ${JSON.stringify(Object.values(ask)[0])}`,
		asks: [{ turns: [question], ...ask }],
		lost: ({ account }) => without[account] ?? null,
		received: (received, { account }) => {
			for (const [name, value] of Object.entries(expected)) {
				const got = received[name as keyof Received];
				if (without[account] === undefined) assert.deepEqual(got, value, name);
				else if (name !== "maxTokens") assert.equal(got, undefined, `${name} is not to be sent`);
			}
		},
	};
}

const sampling: readonly Case[] = [
	setting("temperature", { temperature: 0.5 }, { temperature: 0.5 }, { codex: /temperature/i }),
	setting("top_p", { topP: 0.9 }, { topP: 0.9 }, { codex: /top_?p/i }),
	setting("top_k", { topK: 20 }, { topK: 20 }, { codex: /top_?k/i, openai: /top_?k/i }),
	setting("seed", { seed: 7 }, { seed: 7 }, { codex: /seed/, anthropic: /seed/ }),
	setting(
		"presence penalty",
		{ presencePenalty: 0.5 },
		{ presencePenalty: 0.5 },
		{ codex: /presence/, anthropic: /presence/, gemini: /presence/ },
	),
	setting(
		"frequency penalty",
		{ frequencyPenalty: 0.5 },
		{ frequencyPenalty: 0.5 },
		{ codex: /frequency/, anthropic: /frequency/, gemini: /frequency/ },
	),
	setting("max tokens", { maxTokens: 500 }, { maxTokens: 500 }, { codex: /max_?(?:completion|output)?_?tokens/i }),
	{
		line: "temperature",
		name: "more than the account takes becomes the most that it takes",
		clients: ["openai", "gemini", "codex"],
		asks: [{ turns: [question], temperature: 1.5 }],
		lost: ({ account }) => (account === "anthropic" ? /temperature=1\b/ : account === "codex" ? /temperature/ : null),
		received: ({ temperature }, { account }) =>
			assert.equal(temperature, { anthropic: 1, openai: 1.5, gemini: 1.5, codex: undefined }[account]),
	},
	{
		line: "temperature and top_p at once",
		name: "an account that takes one of them alone gets one",
		clients: ["openai", "gemini", "codex"],
		asks: [{ turns: [question], temperature: 0.5, topP: 0.9 }],
		lost: ({ account }) => (account === "anthropic" || account === "codex" ? /top_?p/i : null),
		received: ({ temperature, topP }, { account }) => {
			if (account === "openai" || account === "gemini") assert.equal(topP, 0.9);
			if (account !== "codex") assert.equal(temperature, 0.5);
		},
	},
	{
		line: "stop sequences",
		name: "the reply ends before one",
		asks: [{ turns: [user("[say one two STOP three]")], stop: ["STOP", "never"] }],
		lost: ({ account }) => (account === "codex" ? /stop/ : null),
		received: ({ stop }, { account }) => assert.deepEqual(stop, account === "codex" ? undefined : ["STOP", "never"]),
		heard: ({ text }, { account }) => {
			assert.match(text, account === "codex" ? /^one two STOP three$/ : /^one two\s*$/);
		},
	},
	{
		line: "several candidates",
		name: "as many replies as were asked for, each its own",
		asks: [{ turns: [user("[say good morning]")], candidates: 3 }],
		lost: ({ account }) => (account === "anthropic" || account === "codex" ? /\bn\b|candidateCount/ : null),
		received: ({ candidates }, { account }) =>
			assert.equal(candidates, account === "anthropic" || account === "codex" ? undefined : 3),
		heard: ({ candidates }, { account }) => {
			const one = ["good morning"];
			const several = [...one, "good morning #2", "good morning #3"];
			assert.deepEqual(candidates, account === "anthropic" || account === "codex" ? one : several);
		},
	},
	{
		line: "logprobs",
		name: "each token tells its probability and those of others",
		only: "official",
		asks: [{ turns: [user("[say good morning]")], logprobs: 2 }],
		lost: ({ account }) => (account === "anthropic" || account === "codex" ? /logprobs/i : null),
		received: ({ logprobs }, { account }) =>
			assert.equal(logprobs, account === "anthropic" || account === "codex" ? undefined : 2),
		heard: ({ logprobs }, { account }) => {
			const told = [
				{ token: "good ", logprob: -0.25, alternatives: 2 },
				{ token: "morning", logprob: -0.25, alternatives: 2 },
			];
			assert.deepEqual(logprobs, account === "anthropic" || account === "codex" ? [] : told);
		},
	},
];

const others: readonly Case[] = [
	{
		...setting(
			"verbosity",
			{ verbosity: "low", model: "signing" },
			{ verbosity: "low" },
			{ anthropic: /verbosity/, gemini: /verbosity/ },
		),
	},
	setting(
		"prompt cache key",
		{ cacheKey: "talk-1" },
		{ cacheKey: "talk-1" },
		{ anthropic: /prompt_cache_key/, gemini: /prompt_cache_key/ },
	),
	{
		line: "cache marks",
		name: "marks arrive where there are such",
		asks: [{ system: ["Be brief."], turns: [question], cacheMarks: true }],
		lost: ({ account }) => (account === "gemini" || account === "codex" || account === "openai" ? /cache/ : null),
	},
	{
		line: "the end user",
		name: "the user's id arrives where there is such a thing",
		asks: [{ turns: [question], user: "user-1" }],
		lost: ({ account }) => (account === "gemini" || account === "codex" ? /user|safety_identifier/ : null),
		received: ({ user: named }, { account }) => {
			if (account === "anthropic" || account === "openai") assert.equal(named, "user-1");
		},
	},
	{
		line: "metadata",
		name: "metadata goes to no account: OpenAI ties it to keeping the reply, others have none",
		asks: [{ turns: [question], metadata: { trace: "7" } }],
		lost: () => /metadata/,
	},
	{
		line: "service tier",
		name: "a tier arrives where there is such a thing",
		only: "official",
		clients: ["openai", "codex", "gemini"],
		asks: [{ turns: [question], serviceTier: "flex" }],
		lost: ({ account }) => (account === "anthropic" ? /service_?tier/i : null),
		received: ({ serviceTier }, { account }) => {
			if (account !== "anthropic") assert.equal(serviceTier, "flex");
		},
	},
];

const schema = {
	type: "object",
	properties: { city: { type: "string" }, days: { type: "integer" }, sure: { type: "boolean" } },
	required: ["city", "days", "sure"],
	additionalProperties: false,
};
const limited = {
	...schema,
	properties: {
		city: { type: "string", minLength: 1 },
		days: { type: "integer", minimum: 1, maximum: 7 },
		sure: { type: "boolean" },
	},
};

const output: readonly Case[] = [
	{
		line: "JSON output",
		name: "JSON is asked for, as a mode or in words",
		asks: [{ system: ["Answer in JSON."], turns: [question], output: "json" }],
		lost: ({ account }) => (account === "anthropic" ? /response_format|text\.format|responseMimeType/ : null),
		mayLose: /=.*instruction/,
		received: ({ output: asked, system }, { account }) => {
			if (account === "anthropic") assert.match(system.join("\n"), /JSON/);
			else assert.equal(asked, "json");
		},
		heard: ({ text }, { account }) => {
			if (account !== "anthropic") assert.deepEqual(JSON.parse(text), { answer: "demo" });
		},
	},
	{
		line: "JSON output",
		name: "a prompt that does not speak of JSON is no obstacle",
		clients: ["gemini"],
		accounts: ["openai", "codex"],
		only: "official",
		asks: [{ turns: [question], output: "json" }],
		mayLose: /responseMimeType/,
		heard: ({ text }) => assert.deepEqual(JSON.parse(text), { answer: "demo" }),
	},
	{
		line: "output of a schema",
		name: "the schema arrives and the reply keeps to it",
		asks: [{ turns: [question], output: { name: "trip", schema } }],
		received: ({ output: asked }) => {
			assert.ok(typeof asked === "object");
			assert.deepEqual({ ...Object(asked.schema), title: "trip" }, { ...schema, title: "trip" });
		},
		heard: ({ text }) => assert.deepEqual(JSON.parse(text), { city: "Reykjavík", days: 1, sure: true }),
	},
	{
		line: "output of a schema",
		name: "limits that an account does not know are told in words or named",
		asks: [{ turns: [question], output: { name: "trip", schema: limited } }],
		mayLose: /in words$/,
		heard: ({ text }) => assert.deepEqual(JSON.parse(text), { city: "Reykjavík", days: 1, sure: true }),
	},
	{
		line: "output of a schema",
		name: "tools and a schema at once",
		only: "official",
		asks: [
			{
				turns: [user("[call get_time]")],
				tools: [{ name: "get_time", schema: { type: "object", properties: {} } }],
				output: { name: "trip", schema },
			},
		],
		mayLose: /schema|format|responseMimeType/i,
		heard: ({ calls }) => assert.equal(calls[0]?.name, "get_time"),
	},
];

/** Members of a client's own body that no account of another format can be told. */
const unknown: readonly Case[] = [
	{
		line: "unknown fields",
		name: "what nobody knows is named",
		only: "official",
		clients: ["openai", "anthropic", "codex"],
		asks: [{ turns: [question], extra: { made_up: { by: "the client" } } }],
		lost: () => /made_up/,
	},
	{
		line: "what another account keeps",
		name: "a talk that is kept elsewhere is refused, since it cannot be had",
		only: "official",
		clients: ["codex"],
		asks: [{ turns: [question], extra: { previous_response_id: "resp_1" } }],
		refused: () => /previous_response_id/,
	},
	{
		line: "what another account keeps",
		name: "so is a file by its id",
		only: "official",
		clients: ["anthropic", "openai", "codex"],
		asks: [
			{
				turns: [question],
				extra: {
					messages: [
						{
							role: "user",
							content: [{ type: "document", source: { type: "file", file_id: "file_1" } }],
						},
					],
					input: [{ role: "user", content: [{ type: "input_file", file_id: "file_1" }] }],
				},
			},
		],
		refused: () => /file|document/i,
	},
];

playCases("settings, translated: unknown", unknown);
playCases("settings, translated: sampling", sampling);
playCases("settings, translated: others", others);
playCases("settings, translated: output", output);
