import assert from "node:assert/strict";
import { pixelDescription, pixelPng } from "../../support/fixtures.ts";
import { type AskPart, user } from "../../support/matrix/ask.ts";
import { type Case, playCases } from "../../support/matrix/matrix.ts";

const pdfData = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF").toString(
	"base64",
);
const wavData = Buffer.from("RIFF\u0024\0\0\0WAVEfmt \u0010\0\0\0\u0001\0\u0001\0").toString("base64");
const image: AskPart = { kind: "image", mediaType: "image/png", data: pixelPng };
const pdf: AskPart = { kind: "pdf", name: "report.pdf", data: pdfData };

const cases: readonly Case[] = [
	{
		line: "images as data",
		name: "an image arrives in its place between texts",
		asks: [{ turns: [user("what is", image, "this?")] }],
		received: ({ talk }) => {
			assert.deepEqual(
				talk.map((said) => (said.kind === "image" ? said.source : said.kind)),
				["text", pixelPng, "text"],
			);
		},
		heard: ({ text }) => assert.ok(text.endsWith(`(${pixelDescription})`), text),
	},
	{
		line: "images by URL",
		name: "the URL goes on where accounts take URLs; else nothing private is fetched",
		only: "official",
		asks: [{ turns: [user("what is this?", { kind: "imageUrl", url: "https://127.0.0.1:1/private.png" })] }],
		refused: ({ account }) => (account === "gemini" ? /127\.0\.0\.1|private|public/i : null),
		received: ({ talk }) =>
			assert.deepEqual(talk[1], { kind: "image", role: "user", source: "https://127.0.0.1:1/private.png" }),
	},
	{
		line: "documents",
		name: "a PDF arrives as it was",
		asks: [{ turns: [user("sum it up", pdf)] }],
		mayLose: /displayName|title|context|file=text/,
		received: ({ talk }) =>
			assert.ok(
				talk.some((said) => said.kind === "pdf" && said.data === pdfData),
				"no document",
			),
	},
	{
		line: "audio",
		name: "audio arrives where the account takes it; else the request is refused",
		only: "official",
		asks: [{ turns: [user("what is said?", { kind: "audio", mediaType: "audio/wav", data: wavData })] }],
		refused: ({ account }) => (account === "anthropic" || account === "codex" ? /audio/i : null),
		received: ({ talk }) =>
			assert.ok(
				talk.some((said) => said.kind === "audio" && said.data === wavData),
				"no audio",
			),
	},
	{
		line: "images in replies",
		name: "an image that the account makes is shown where the client knows such a thing",
		accounts: ["gemini", "codex"],
		clients: ["gemini", "codex"],
		// The AI SDK shows an image of Responses only to whoever offers its tool.
		only: "official",
		asks: [{ turns: [user("[say Here it is.][image]")] }],
		heard: ({ images, text }) => {
			assert.equal(text, "Here it is.");
			assert.deepEqual(images, [pixelPng]);
		},
	},
];

playCases("media, translated", cases);
