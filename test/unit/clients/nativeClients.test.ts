import assert from "node:assert/strict";
import { formats } from "../../../src/accounts/account.ts";
import { type ChatGpt, startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import type { BackendCall } from "../../support/chatgpt/journal.ts";
import { pixelDescription, pixelPng } from "../../support/fixtures.ts";
import { type Ask, type AskTurn, result, results, user } from "../../support/matrix/ask.ts";
import { drivers } from "../../support/matrix/drivers.ts";
import { clientModels } from "../../support/matrix/environment.ts";
import type { Driver, Heard } from "../../support/matrix/heard.ts";
import { Tap } from "../../support/matrix/tap.ts";
import { checkClientReply, checkShape } from "../../support/matrix/wireChecks.ts";
import { type ProxyUnderTest, poolSettings, startProxy } from "../../support/proxyUnderTest.ts";

/** The account's own name of the model; clients call it as their SDKs know models. */
const model = "gpt-6.1-sol";

const aliases = Object.fromEntries(
	formats.flatMap((format) => Object.values(clientModels[format]).map((name) => [name, model])),
);

const weather = {
	name: "get_weather",
	description: "The weather in a city.",
	schema: {
		type: "object",
		properties: { city: { type: "string" } },
		required: ["city"],
		additionalProperties: false,
	},
};

for (const driver of drivers) {
	for (const stream of [true, false]) {
		describe(`${driver.name} through the proxy to a ChatGPT account, ${stream ? "streaming" : "whole"}`, () => {
			let chatGpt: ChatGpt;
			let proxy: ProxyUnderTest;
			before(async () => {
				chatGpt = await startChatGpt();
				proxy = await startProxy([await chatGpt.servedNative()], { pool: { ...poolSettings, modelAliases: aliases } });
				chatGpt.backend.keepOut(proxy.localKey);
			});
			afterEach(() => {
				proxy.proxy.clearCooldown(null);
				chatGpt.backend.quotaOf(chatGpt.auth.visitor).main.primary.usedPercent = 0;
				chatGpt.backend.forget();
			});
			after(async () => {
				await proxy.close();
				await chatGpt.close();
			});

			/** Checks beside what is heard what the account was asked, and that nothing came to it that should not. */
			const ask = async (asked: Ask): Promise<Heard> => {
				const tap = new Tap();
				const { origin, localKey: apiKey } = proxy;
				const { fetch } = tap;
				const kind = asked.model ?? "plain";
				const heard = await driver.send(asked, {
					origin,
					apiKey,
					stream,
					fetch,
					model: clientModels[driver.client][kind],
				});
				const call = chatGpt.backend.callsAt("/codex/responses").at(-1);
				assert.equal(call?.status, 200);
				if (driver.official) {
					checkShape("codex.request", call.body);
					if (driver.client !== "codex") checkClientReply(driver.client, await tap.last());
				}
				assert.deepEqual(chatGpt.violations, []);
				return heard;
			};

			it("answers with text, under the account's own name of the model", async () => {
				const { text } = await ask({ system: ["Answer in French."], turns: [user("good morning")] });
				assert.equal(text, `Hello from ${model}: good morning`);
				const [call] = chatGpt.backend.callsAt("/codex/responses");
				assert.equal(call?.body?.["model"], model);
				assert.match(JSON.stringify([call?.body?.["instructions"], call?.body?.["input"]]), /Answer in French\./);
				assert.equal(call?.request.headers["originator"], "relay_accounts");
			});

			it("carries a tool's call and its result, and the reasoning before the call back to the account", async () => {
				const question: Ask = {
					model: "thinker",
					turns: [user('[think First the harbour.][call get_weather {"city":"Oslo"}]')],
					tools: [weather],
					...(!driver.cannot.has("effort") && { effort: "high" }),
					...(!driver.cannot.has("thoughts") && { thoughts: true }),
				};
				const first = await ask(question);
				assert.deepEqual(
					first.calls.map(({ name, input }) => [name, input]),
					[["get_weather", { city: "Oslo" }]],
				);
				const given = results(...first.calls.map(({ id, name }) => result(id, name, "12 °C, rain")));
				const turns: AskTurn[] = [...question.turns, { kind: "reply", heard: first }, given];
				const second = await ask({ ...question, turns });
				assert.match(second.text, /got this from the tool: .*12 °C, rain/);
				const [one, other] = chatGpt.backend.callsAt("/codex/responses");
				assert.match(JSON.stringify(other?.body?.["input"]), /"type":"reasoning".*"encrypted_content":"/);
				const conversation = conversationIn(one);
				assert.ok(conversation.every((id) => id !== undefined));
				assert.deepEqual(conversationIn(other), conversation);
			});

			it("carries an image", async () => {
				const image = { kind: "image", mediaType: "image/png", data: pixelPng } as const;
				const { text } = await ask({ turns: [user("what is this?", image)] });
				assert.equal(text, `Hello from ${model}: what is this? (${pixelDescription})`);
			});

			it("leaves out what the backend does not take", async () => {
				const limits: Ask = {
					turns: [user("good morning")],
					...(!driver.cannot.has("maxTokens") && { maxTokens: 100 }),
					...(!driver.cannot.has("temperature") && { temperature: 0.5 }),
					...(!driver.cannot.has("topP") && { topP: 0.5 }),
				};
				assert.match((await ask(limits)).text, /good morning$/);
			});

			it("tells the client in its own words that the plan is used up", async () => {
				chatGpt.backend.quotaOf(chatGpt.auth.visitor).main.primary.usedPercent = 100;
				const failure = await failureOf(driver, ask({ turns: [user("good morning")] }));
				assert.equal(failure?.status, 429);
				assert.deepEqual(chatGpt.violations, []);
			});
		});
	}
}

function conversationIn(call: BackendCall | undefined): readonly (string | undefined)[] {
	return ["prompt_cache_key", "session_id"].map((place) => call?.traces.get(place));
}

async function failureOf(driver: Driver, sending: Promise<Heard>) {
	try {
		await sending;
	} catch (error) {
		const failure = driver.failure(error);
		if (failure === null) throw error;
		return failure;
	}
	return null;
}
