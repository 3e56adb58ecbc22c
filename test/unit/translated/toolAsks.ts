import assert from "node:assert/strict";
import { type Ask, type AskTool, type AskTurn, result, results, user } from "../../support/matrix/ask.ts";
import type { Heard } from "../../support/matrix/heard.ts";
import type { Received, ReceivedTool } from "../../support/matrix/receivedParts.ts";

export const weather: AskTool = {
	name: "get_weather",
	description: "The weather in a city.",
	schema: {
		type: "object",
		properties: { city: { type: "string" }, days: { type: "integer" } },
		required: ["city"],
		additionalProperties: false,
	},
};
export const time: AskTool = {
	name: "get_time",
	schema: { type: "object", properties: { zone: { type: "string" } }, required: ["zone"] },
};
export const clock: AskTool = {
	name: "now",
	description: "The time here.",
	schema: { type: "object", properties: {} },
};

export function toolIn({ tools }: Received, name: string): ReceivedTool {
	const found = tools.find((tool) => tool.name === name);
	assert.ok(found, `no tool ${name} among ${tools.map((tool) => tool.name)}`);
	return found;
}

/** Goes on with the results of what was called. */
export function goOn(ask: Ask, answers: (heard: Heard) => AskTurn): (heard: readonly Heard[]) => Ask {
	return (all) => {
		const heard = all.at(-1);
		assert.ok(heard);
		return { ...ask, turns: [...ask.turns, { kind: "reply", heard }, answers(heard)] };
	};
}

export function resultsInTurn(texts: readonly string[]): (heard: Heard) => AskTurn {
	return ({ calls }) => results(...calls.map(({ id, name }, index) => result(id, name, texts[index] ?? "")));
}

export const oneCall: Ask = { turns: [user('[call get_weather {"city":"Reykjavík","days":2}]')], tools: [weather] };
export const twoCalls: Ask = {
	turns: [user('[call get_weather {"city":"Oslo"}] [call get_time {"zone":"CET"}]')],
	tools: [weather, time],
};
export const sameTwice: Ask = {
	turns: [user('[call get_weather {"city":"Oslo"}] [call get_weather {"city":"Bergen"}]')],
	tools: [weather],
};

/** Every result has the id of its own call. */
export function matched(texts: readonly string[]): (received: Received) => void {
	return ({ talk }) => {
		const made = talk.filter((said) => said.kind === "call");
		const given = talk.filter((said) => said.kind === "result");
		assert.equal(made.length, texts.length);
		assert.deepEqual(
			given.map(({ id }) => id),
			made.map(({ id }) => id),
		);
		assert.deepEqual(
			given.map(({ text }) => text),
			texts,
		);
	};
}
