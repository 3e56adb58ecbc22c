import assert from "node:assert/strict";
import { formats } from "../../../src/accounts/account.ts";
import { backendFates } from "../../support/chatgpt/backendFate.ts";
import { type ChatGpt, startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import { type Person, person } from "../../support/chatgpt/people.ts";
import { type Ask, type AskTurn, result, results, user } from "../../support/matrix/ask.ts";
import { drivers } from "../../support/matrix/drivers.ts";
import { clientModels } from "../../support/matrix/environment.ts";
import type { Heard } from "../../support/matrix/heard.ts";
import { type ProxyUnderTest, poolSettings, startProxy } from "../../support/proxyUnderTest.ts";

const aliases = Object.fromEntries(
	formats.flatMap((format) => Object.values(clientModels[format]).map((name) => [name, "gpt-6.1-sol"])),
);
const weather = {
	name: "get_weather",
	description: "The weather in a city.",
	schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
};

for (const driver of drivers) {
	for (const stream of [true, false]) {
		describe(`a talk of ${driver.name} that moves to another ChatGPT account, ${stream ? "streaming" : "whole"}`, () => {
			let chatGpt: ChatGpt;
			let proxy: ProxyUnderTest;
			let first: Person;
			let second: Person;
			before(async () => {
				first = person();
				second = person();
				chatGpt = await startChatGpt({ visitor: first });
				const accounts = await Promise.all(
					[first, second].map((one, index) => chatGpt.servedNative(one, { account: { priority: 2 - index } })),
				);
				proxy = await startProxy(accounts, { pool: { ...poolSettings, modelAliases: aliases } });
				chatGpt.backend.keepOut(proxy.localKey);
			});
			after(async () => {
				await proxy.close();
				await chatGpt.close();
				assert.deepEqual(chatGpt.violations, []);
			});

			const ask = (asked: Ask): Promise<Heard> =>
				driver.send(asked, {
					...{ origin: proxy.origin, apiKey: proxy.localKey, stream, fetch },
					model: clientModels[driver.client].thinker,
				});

			it("goes on there without the reasoning that only the first one can read, and knows nothing of its ids", async () => {
				const question: Ask = {
					model: "thinker",
					turns: [user('[think First the harbour.][call get_weather {"city":"Oslo"}]')],
					tools: [weather],
					...(!driver.cannot.has("effort") && { effort: "high" }),
					...(!driver.cannot.has("thoughts") && { thoughts: true }),
				};
				const called = await ask(question);
				const given = results(...called.calls.map(({ id, name }) => result(id, name, "12 °C, rain")));
				const turns: AskTurn[] = [...question.turns, { kind: "reply", heard: called }, given];
				chatGpt.backend.next(backendFates.overloaded, { person: first });
				assert.match((await ask({ ...question, turns })).text, /got this from the tool: .*12 °C, rain/);
				const calls = chatGpt.backend.callsAt("/codex/responses");
				assert.equal(calls.at(-1)?.person, second);
				assert.equal(calls.at(-1)?.status, 200);
				for (const place of ["prompt_cache_key", "session_id"]) {
					assert.notEqual(calls[0]?.traces.get(place), calls.at(-1)?.traces.get(place), place);
				}
			});
		});
	}
}
