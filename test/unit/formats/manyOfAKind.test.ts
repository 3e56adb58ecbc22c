import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { translations } from "../../../src/formats/translations.ts";

/** How many of a kind a long request holds. */
const many = 20_000;
/** Milliseconds of the processor for one direction; work that grows with the square takes many times as long. */
const longest = 2_500;

interface Call {
	readonly id: string;
	readonly name: string;
}

/** A format's own words. */
interface Words {
	readonly said: (role: "user" | "assistant" | "system", count: number) => readonly unknown[];
	/** Calls of one turn, and their results. */
	readonly called: (calls: readonly Call[]) => readonly unknown[];
	readonly body: (talk: readonly unknown[], toolNames: readonly string[]) => object;
}

const texts = (count: number, type: string) => Array.from({ length: count }, () => ({ type, text: "x" }));

const words: Readonly<Record<Format, Words>> = {
	openai: {
		said: (role, count) => Array.from({ length: count }, () => ({ role, content: "x" })),
		called: (calls) => [
			{
				role: "assistant",
				content: null,
				tool_calls: calls.map(({ id, name }) => ({ id, type: "function", function: { name, arguments: "{}" } })),
			},
			...calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "done" })),
		],
		body: (messages, toolNames) => ({
			model: "m",
			messages,
			tools: toolNames.map((name) => ({ type: "function", function: { name } })),
		}),
	},
	anthropic: {
		said: (role, count) => Array.from({ length: count }, () => ({ role, content: texts(1, "text") })),
		called: (calls) => [
			{ role: "assistant", content: calls.map(({ id, name }) => ({ type: "tool_use", id, name, input: {} })) },
			{ role: "user", content: calls.map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: "done" })) },
		],
		body: (messages, toolNames) => ({
			model: "m",
			max_tokens: 100,
			messages,
			tools: toolNames.map((name) => ({ name, input_schema: { type: "object" } })),
		}),
	},
	codex: {
		said: (role, count) => Array.from({ length: count }, () => ({ type: "message", role, content: "x" })),
		called: (calls) => [
			...calls.map(({ id, name }) => ({ type: "function_call", call_id: id, name, arguments: "{}" })),
			...calls.map(({ id }) => ({ type: "function_call_output", call_id: id, output: "done" })),
		],
		body: (input, toolNames) => ({
			model: "m",
			input,
			tools: toolNames.map((name) => ({ type: "function", name, parameters: { type: "object" } })),
		}),
	},
	gemini: {
		said: (role, count) =>
			Array.from({ length: count }, () => ({
				role: role === "assistant" ? "model" : role,
				parts: [{ text: "x" }],
			})),
		called: (calls) => [
			{ role: "model", parts: calls.map(({ id, name }) => ({ functionCall: { id, name, args: {} } })) },
			{
				role: "user",
				parts: calls.map(({ id, name }) => ({ functionResponse: { id, name, response: { output: "done" } } })),
			},
		],
		body: (contents, toolNames) => ({
			contents,
			tools: [{ functionDeclarations: toolNames.map((name) => ({ name })) }],
		}),
	},
};

/** A name with no character that any wire allows: cleaned, all of one length are the same. */
function foreignName(place: number): string {
	return String.fromCodePoint(0x4e00 + (place % 20_000), 0x4e00 + Math.floor(place / 20_000));
}

function calls(id: (place: number) => string, name: (place: number) => string = () => "look"): readonly Call[] {
	return Array.from({ length: many }, (_, place) => ({ id: id(place), name: name(place) }));
}

const unique = (place: number) => `call_${place}`;

const kinds: Readonly<Record<string, (own: Words) => object>> = {
	"turns of the user": ({ said, body }) => body(said("user", many), []),
	"turns of the assistant": ({ said, body }) =>
		body([...said("user", 1), ...said("assistant", many), ...said("user", 1)], []),
	"instructions in the middle": ({ said, body }) =>
		body([...said("user", 1), ...said("system", many), ...said("user", 1)], []),
	"calls at once": ({ said, called, body }) => body([...said("user", 1), ...called(calls(unique))], []),
	"calls one after the other": ({ said, called, body }) =>
		body([...said("user", 1), ...calls(unique).flatMap((call) => called([call]))], []),
	"calls of one id": ({ said, called, body }) => body([...said("user", 1), ...called(calls(() => "call_0"))], []),
	"calls without an id": ({ said, called, body }) => body([...said("user", 1), ...called(calls(() => ""))], []),
	"calls of tools whose names fall together": ({ said, called, body }) =>
		body([...said("user", 1), ...called(calls(unique, foreignName))], []),
	"tools whose names fall together": ({ said, body }) =>
		body(
			said("user", 1),
			Array.from({ length: many }, (_, place) => foreignName(place)),
		),
};

/** Milliseconds that this process has worked: other work on the same machine does not count. */
function processorTime(): number {
	return process.cpuUsage().user / 1000;
}

describe("a request with very many", () => {
	for (const [kind, make] of Object.entries(kinds)) {
		for (const client of formats) {
			it(`${kind} from ${client} takes no more time than its length`, () => {
				const body: unknown = JSON.parse(JSON.stringify(make(words[client])));
				const stream = client === "gemini" ? false : null;
				const began = processorTime();
				const { conversation } = translations[client].readRequest({ body, stream });
				const read = processorTime() - began;
				assert.ok(read < longest, `reading took ${Math.round(read)} ms`);
				for (const account of formats.filter((format) => format !== client)) {
					const start = processorTime();
					translations[account].writeRequest(conversation, { model: "m" });
					const written = processorTime() - start;
					assert.ok(written < longest, `writing for ${account} took ${Math.round(written)} ms`);
				}
			});
		}
	}
});
