import assert from "node:assert/strict";
import { pixelPng } from "../../support/fixtures.ts";
import { assistant, call, result, results, user } from "../../support/matrix/ask.ts";
import { type Case, playCases } from "../../support/matrix/matrix.ts";
import { goOn, matched, oneCall, resultsInTurn, sameTwice, twoCalls, weather } from "./toolAsks.ts";

const answers: readonly Case[] = [
	{
		line: "results of tools",
		name: "a result finds its call, and the reply goes on",
		asks: [oneCall, goOn(oneCall, resultsInTurn(["12 °C, rain"]))],
		received: ({ talk }) => {
			const made = talk.find((said) => said.kind === "call");
			const given = talk.find((said) => said.kind === "result");
			assert.ok(made && given);
			assert.equal(made.name, "get_weather");
			assert.deepEqual(made.input, { city: "Reykjavík", days: 2 });
			assert.equal(given.id, made.id);
			assert.equal(given.text, "12 °C, rain");
		},
		heard: ({ text }) => assert.match(text, /12 °C, rain/),
	},
	{
		line: "results of parallel calls",
		name: "every result finds its own call",
		asks: [twoCalls, goOn(twoCalls, resultsInTurn(["rain", "noon"]))],
		received: matched(["rain", "noon"]),
	},
	{
		line: "results of parallel calls",
		name: "two calls of one tool are told apart",
		asks: [sameTwice, goOn(sameTwice, resultsInTurn(["rain", "sun"]))],
		received: matched(["rain", "sun"]),
	},
	{
		line: "results of tools",
		name: "a history that another account made is taken",
		asks: [
			{
				tools: [weather],
				turns: [
					user("the weather"),
					assistant("One moment.", call("toolu_vrtx_01/x", "get_weather", { city: "Oslo" })),
					results(result("toolu_vrtx_01/x", "get_weather", "rain")),
					user("thanks"),
				],
			},
		],
		received: ({ talk }) => {
			const made = talk.find((said) => said.kind === "call");
			const given = talk.find((said) => said.kind === "result");
			assert.equal(made?.kind === "call" && made.id, given?.kind === "result" && given.id);
			assert.deepEqual(talk.at(-1), { kind: "text", role: "user", text: "thanks" });
		},
	},
	{
		line: "results in JSON",
		name: "JSON arrives as it was",
		asks: [oneCall, goOn(oneCall, resultsInTurn(['{"degrees":12,"sky":["rain"]}']))],
		received: ({ talk }) => {
			const given = talk.find((said) => said.kind === "result");
			assert.deepEqual(JSON.parse(given?.kind === "result" ? given.text : ""), { degrees: 12, sky: ["rain"] });
		},
	},
	{
		line: "results in several texts",
		name: "texts of a result keep their order",
		asks: [
			oneCall,
			goOn(oneCall, ({ calls: [made] }) =>
				results({
					id: made?.id ?? "",
					name: made?.name ?? "",
					content: ["rain", "and wind"].map((text) => ({ kind: "text", text })),
				}),
			),
		],
		received: ({ talk }) => {
			const given = talk.find((said) => said.kind === "result");
			assert.match(given?.kind === "result" ? given.text : "", /^rain\s*and wind$/);
		},
	},
	{
		line: "results with images",
		name: "the image reaches the model",
		clients: ["anthropic", "codex", "gemini"],
		only: "official",
		asks: [
			oneCall,
			goOn(oneCall, ({ calls: [made] }) =>
				results({
					id: made?.id ?? "",
					name: made?.name ?? "",
					content: [
						{ kind: "text", text: "a map" },
						{ kind: "image", mediaType: "image/png", data: pixelPng },
					],
				}),
			),
		],
		mayLose: /./,
		received: ({ talk }) => {
			const images = talk.flatMap((said) =>
				said.kind === "image" ? [said.source] : said.kind === "result" ? said.images : [],
			);
			assert.deepEqual(images, [pixelPng]);
		},
	},
	{
		line: "results that are errors",
		name: "the model is told that it was an error",
		clients: ["anthropic", "gemini"],
		only: "official",
		asks: [
			oneCall,
			goOn(oneCall, ({ calls: [made] }) =>
				results({ ...result(made?.id ?? "", made?.name ?? "", "no such city"), isError: true }),
			),
		],
		lost: ({ account }) => (account === "openai" || account === "codex" ? /error/ : null),
		received: ({ talk }, { account }) => {
			const given = talk.find((said) => said.kind === "result");
			assert.ok(given?.kind === "result");
			assert.match(given.text, /no such city/);
			if (account === "anthropic" || account === "gemini") assert.equal(given.isError, true);
		},
	},
	{
		line: "results of tools",
		name: "the client may speak on right after the results",
		asks: [
			oneCall,
			(all) => {
				const next = goOn(oneCall, resultsInTurn(["rain"]))(all);
				return { ...next, turns: [...next.turns, user("in one word")] };
			},
		],
		received: ({ talk }) => assert.deepEqual(talk.at(-1), { kind: "text", role: "user", text: "in one word" }),
	},
];

playCases("tools, translated: results", answers);
