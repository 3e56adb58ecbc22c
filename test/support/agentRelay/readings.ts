import type { Format } from "../../../src/accounts/account.ts";
import { objectOf, objectsOf } from "../demoRelay/answer.ts";

type Body = Readonly<Record<string, unknown>>;

/** A call of a tool, and what came of it; both as JSON. */
export interface Reading {
	readonly asked: string;
	readonly given: string;
}

/** What a conversation holds of calls, each with its result, paired as the API itself pairs them. */
export const readingsOf: Readonly<Record<Format, (body: Body) => readonly Reading[]>> = {
	anthropic: ({ messages }) => {
		const blocks = objectsOf(messages).flatMap(({ content }) => objectsOf(content));
		return paired(
			blocks.filter(({ type }) => type === "tool_use").map(({ id, input }) => [id, input]),
			blocks.filter(({ type }) => type === "tool_result").map((block) => [block["tool_use_id"], block["content"]]),
		);
	},
	openai: ({ messages: given }) => {
		const messages = objectsOf(given);
		const calls = messages.flatMap((message) => objectsOf(message["tool_calls"]));
		return paired(
			calls.map((call) => [call["id"], call["function"] ?? call["custom"]]),
			messages.filter(({ role }) => role === "tool").map((message) => [message["tool_call_id"], message["content"]]),
		);
	},
	codex: ({ input }) => {
		const items = objectsOf(input);
		const callsOf = (type: string, member: string) =>
			items.filter((item) => item["type"] === type).map((item): Identified => [item["call_id"], item[member]]);
		return paired(
			[...callsOf("function_call", "arguments"), ...callsOf("custom_tool_call", "input")],
			[...callsOf("function_call_output", "output"), ...callsOf("custom_tool_call_output", "output")],
		);
	},
	// It goes by their order.
	gemini: ({ contents: given }) => {
		const contents = objectsOf(given);
		return contents.flatMap((content, index) => {
			const calls = partsOf(content, "functionCall");
			const results = partsOf(contents[index + 1], "functionResponse");
			return calls.flatMap(({ args }, place) => {
				const result = results[place];
				return result === undefined ? [] : [reading(args, result["response"])];
			});
		});
	},
};

type Identified = readonly [id: unknown, content: unknown];

function paired(calls: readonly Identified[], results: readonly Identified[]): readonly Reading[] {
	return calls.flatMap(([id, asked]) => {
		const result = results.find(([of]) => of === id);
		return result === undefined ? [] : [reading(asked, result[1])];
	});
}

function reading(asked: unknown, given: unknown): Reading {
	return { asked: JSON.stringify(asked ?? null), given: JSON.stringify(given ?? null) };
}

function partsOf(content: Body | undefined, member: string): readonly Body[] {
	return objectsOf(content?.["parts"])
		.map((part) => objectOf(part[member]))
		.filter((part) => part !== null);
}
