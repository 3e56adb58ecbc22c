import assert from "node:assert/strict";
import type { Format } from "../../../src/accounts/account.ts";
import { formats } from "../../../src/accounts/account.ts";
import { type Ask, type AskTurn, result, results, traitsOf, user } from "../../support/matrix/ask.ts";
import { drivers } from "../../support/matrix/drivers.ts";
import { clientModels, type Environment } from "../../support/matrix/environment.ts";
import type { Driver, Heard } from "../../support/matrix/heard.ts";
import { playPairs } from "../../support/matrix/matrix.ts";
import { pairs } from "../../support/matrix/table.ts";

const opening: Ask = {
	model: "signing",
	turns: [user('[think First the harbour.][call get_weather {"city":"Oslo"}]')],
	tools: [{ name: "get_weather", schema: { type: "object", properties: { city: { type: "string" } } } }],
	thoughts: true,
};

function answered({ calls }: Heard): AskTurn {
	return results(...calls.map(({ id, name }) => result(id, name, "rain")));
}

/** An account of the client's own format gets the client's bytes, and has to be one that takes what clients say. */
function proxyOf({ proxies, publicCodex }: Environment, client: Format, account: Format) {
	return client === "codex" && account === "codex" ? publicCodex : proxies[account];
}

/** What one account has sealed is sent to none but its like; others go on without it. */
async function move(
	environment: Environment,
	driver: Driver,
	stream: boolean,
	from: Format,
	to: Format,
): Promise<void> {
	const ask = (account: Format, turns: readonly AskTurn[]): Promise<Heard> => {
		const proxy = proxyOf(environment, driver.client, account);
		const model = clientModels[driver.client].signing;
		return driver.send({ ...opening, turns }, { origin: proxy.origin, apiKey: proxy.localKey, model, stream, fetch });
	};
	const first = await ask(from, opening.turns);
	assert.equal(first.calls[0]?.name, "get_weather");
	const worked: readonly AskTurn[] = [...opening.turns, { kind: "reply", heard: first }, answered(first)];
	const second = await ask(to, worked);
	assert.match(second.text, /rain/);
	const talked: readonly AskTurn[] = [...worked, { kind: "reply", heard: second }, user("[think Again.][say Bye.]")];
	const third = await ask(from, talked);
	assert.equal(third.text, "Bye.");
}

describe("moving between accounts, translated", () => {
	const able = drivers.filter(({ cannot }) => [...traitsOf(opening)].every((trait) => !cannot.has(trait)));
	for (const to of formats) {
		const moves = pairs.filter(({ account }) => account !== to);
		playPairs(
			"seals, when accounts change",
			`on to ${to} and back`,
			moves,
			async ({ client, account }, environment) => {
				for (const driver of able.filter((one) => one.client === client)) {
					for (const stream of [false, true]) await move(environment, driver, stream, account, to);
				}
			},
		);
	}
});
