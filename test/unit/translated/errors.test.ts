import assert from "node:assert/strict";
import { user } from "../../support/matrix/ask.ts";
import { type Case, playCases } from "../../support/matrix/matrix.ts";

/** What clients are told where their own format has another status for the same. */
const statuses: Readonly<Record<number, readonly number[]>> = {
	402: [402, 429],
	503: [503, 529],
	529: [529, 503],
};

const before: readonly Case[] = [400, 401, 402, 403, 404, 413, 422, 429, 500, 503, 529].map((status) => ({
	line: `errors: ${status}`,
	name: `an account that answers ${status}`,
	asks: [{ turns: [user(`[status ${status}]`)] }],
	fails: (failure, { account }) => {
		assert.ok((statuses[status] ?? [status]).includes(failure.status ?? 0), `${failure.status} for ${status}`);
		const words = account === "anthropic" && status === 529 ? /Overloaded/ : new RegExp(`asked for ${status}`);
		assert.match(failure.message, words);
	},
}));

/** Types and codes at which clients look. */
const kinds: readonly Case[] = [
	{
		line: "error types",
		name: "a limit of requests is told as the client's own kind",
		only: "official",
		asks: [{ turns: [user("[status 429]")] }],
		fails: ({ type, code }, { client }) => {
			if (client === "anthropic") assert.equal(type, "rate_limit_error");
			if (client === "gemini") assert.equal(type, "RESOURCE_EXHAUSTED");
			if (client === "openai" || client === "codex") assert.equal(code, "rate_limit_exceeded");
		},
	},
	{
		line: "error types",
		name: "an account that is overloaded is told as the client's own kind",
		only: "official",
		asks: [{ turns: [user("[status 529]")] }],
		fails: ({ type }, { client }) => {
			if (client === "anthropic") assert.equal(type, "overloaded_error");
			if (client === "gemini") assert.equal(type, "UNAVAILABLE");
			if (client === "openai" || client === "codex") assert.equal(type, "server_error");
		},
	},
	{
		line: "error types",
		name: "a talk that is too long is told so that agents make it shorter",
		only: "official",
		clients: ["openai", "codex"],
		accounts: ["openai", "codex"],
		asks: [{ turns: [user("[status 400 context_length_exceeded]")] }],
		fails: ({ code }) => assert.equal(code, "context_length_exceeded"),
	},
	{
		line: "error types",
		name: "a spent quota is told as one",
		only: "official",
		accounts: ["openai", "codex"],
		asks: [{ turns: [user("[status 429 insufficient_quota]")] }],
		fails: ({ status, message }) => {
			assert.ok(status === 429 || status === 402);
			assert.match(message, /asked for 429/);
		},
	},
];

const within: readonly Case[] = [
	...["overloaded", "rate", "server"].map(
		(code): Case => ({
			line: "errors within a stream",
			name: `[fail ${code}] after half of the reply`,
			streams: [true],
			asks: [{ turns: [user(`[long 400][fail ${code}]`)] }],
			fails: ({ message }) => assert.match(message, /failed on the way|Overloaded|asked for/i),
		}),
	),
	{
		line: "errors within a stream",
		name: "a client that does not stream is told by a status",
		streams: [false],
		asks: [{ turns: [user("[long 400][fail overloaded]")] }],
		fails: ({ status, message }) => {
			assert.ok((status ?? 0) >= 500, `${status}`);
			assert.match(message, /failed on the way|Overloaded|asked for/i);
		},
	},
	{
		line: "streams that just stop",
		name: "a stream without its end is an error",
		asks: [{ turns: [user("[long 400][halt]")] }],
		fails: ({ message }) => assert.notEqual(message, ""),
	},
	{
		line: "streams that just stop",
		name: "a connection that breaks is an error",
		asks: [{ turns: [user("[long 400][cut]")] }],
		fails: ({ message }) => assert.notEqual(message, ""),
	},
	{
		line: "streams that just stop",
		name: "so is a call whose arguments are not whole",
		streams: [true],
		asks: [
			{
				turns: [user('[say Let me look.][call get_weather {"city":"Llanfairpwllgwyngyll"}][halt]')],
				tools: [{ name: "get_weather", schema: { type: "object", properties: { city: { type: "string" } } } }],
			},
		],
		fails: ({ message }) => assert.notEqual(message, ""),
	},
];

playCases("errors, translated: before the reply", before);
playCases("errors, translated: their kinds", kinds);
playCases("errors, translated: within the reply", within);
