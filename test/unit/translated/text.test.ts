import assert from "node:assert/strict";
import { assistant, user } from "../../support/matrix/ask.ts";
import { type Case, playCases } from "../../support/matrix/matrix.ts";

const unicode = "Grüße 🙂 👨‍👩‍👧 żółć 漢字 e\u0301 \u{1F1FA}\u{1F1F3} \u2028end";

const cases: readonly Case[] = [
	{
		line: "text",
		name: "a question is answered",
		asks: [{ turns: [user("good morning")] }],
		received: ({ talk, stream }, place) => {
			assert.deepEqual(talk, [{ kind: "text", role: "user", text: "good morning" }]);
			assert.equal(stream, place.stream || place.account === "codex");
		},
		heard: ({ text }) => assert.match(text, /^Hello from .*: good morning$/),
	},
	{
		line: "text",
		name: "a long reply keeps its order",
		asks: [{ turns: [user("[long 300]")] }],
		heard: ({ text }) => assert.equal(text, Array.from({ length: 300 }, (_, index) => `word${index + 1} `).join("")),
	},
	{
		line: "unicode",
		name: "signs of all kinds arrive on both sides as they were",
		asks: [{ turns: [user(`${unicode} [say ${unicode}]`)] }],
		received: ({ talk }) =>
			assert.deepEqual(talk, [{ kind: "text", role: "user", text: `${unicode} [say ${unicode}]` }]),
		heard: ({ text }) => assert.equal(text, unicode),
	},
	{
		line: "unicode",
		name: "half a surrogate pair breaks nothing",
		only: "official",
		asks: [{ turns: [user("half \ud83d done")] }],
		heard: ({ text }) => assert.match(text, /done$/),
	},
	{
		line: "system prompt",
		name: "a system prompt stands first",
		asks: [{ system: ["Answer in French."], turns: [user("good morning")] }],
		received: ({ system, talk }) => {
			assert.deepEqual(system, ["Answer in French."]);
			assert.equal(talk.length, 1);
		},
	},
	{
		line: "system prompt of several blocks",
		name: "its blocks keep their order",
		asks: [{ system: ["Answer in French.", "Be brief.", "Never lie."], turns: [user("good morning")] }],
		received: ({ system, talk }) => {
			assert.match(system.join(" "), /^Answer in French\.\s+Be brief\.\s+Never lie\.$/);
			assert.equal(talk.length, 1);
		},
	},
	{
		line: "system prompt in the middle",
		name: "what the system says later is not lost, and stays in its place where there is one",
		asks: [
			{
				system: ["Answer in French."],
				turns: [user("good morning"), assistant("bonjour"), { kind: "system", text: "Now German." }, user("again")],
			},
		],
		mayLose: /system/,
		received: ({ system, talk }, { account }) => {
			const texts = talk.map((said) => ("text" in said ? said.text : ""));
			if (account === "openai" || account === "codex") {
				assert.deepEqual(talk[2], { kind: "text", role: "system", text: "Now German." });
			}
			assert.match([...system, ...texts].join(" "), /Now German\./);
			assert.deepEqual(system[0]?.slice(0, 17), "Answer in French.");
		},
	},
	{
		line: "multi-turn",
		name: "turns keep their order and their speakers",
		asks: [{ turns: [user("one"), assistant("two"), user("three"), assistant("four"), user("five")] }],
		received: ({ talk }) =>
			assert.deepEqual(
				talk,
				["one", "two", "three", "four", "five"].map((text, index) => ({
					kind: "text",
					role: index % 2 === 0 ? "user" : "assistant",
					text,
				})),
			),
	},
	{
		line: "multi-turn",
		name: "a client goes on with what it was told",
		asks: [
			{ turns: [user("[say The capital is Reykjavík.]")] },
			([heard]) => ({
				turns: [
					user("[say The capital is Reykjavík.]"),
					...(heard ? [{ kind: "reply" as const, heard }] : []),
					user("and its harbour?"),
				],
			}),
		],
		received: ({ talk }) =>
			assert.deepEqual(talk.slice(1), [
				{ kind: "text", role: "assistant", text: "The capital is Reykjavík." },
				{ kind: "text", role: "user", text: "and its harbour?" },
			]),
	},
	{
		line: "several texts in a turn",
		name: "texts of one turn keep their order",
		asks: [{ turns: [user("one ", "two ", "three")] }],
		received: ({ talk }) => {
			const texts = talk.map((said) => ("text" in said ? said.text : ""));
			assert.match(texts.join(""), /^one\s+two\s+three$/);
			assert.ok(talk.every(({ role }) => role === "user"));
		},
	},
	{
		line: "several texts in a reply",
		name: "texts of one reply keep their order",
		asks: [{ turns: [user("[say one ][say two ][say three]")] }],
		heard: ({ text }) => assert.equal(text.replaceAll(/\s/g, ""), "onetwothree"),
	},
];

playCases("text, translated", cases);
