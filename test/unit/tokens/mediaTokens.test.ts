import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import type { ImagePart, MediaPart } from "../../../src/formats/conversation.ts";
import { mediaTokens } from "../../../src/proxy/mediaTokens.ts";
import { pdfPages } from "../../../src/proxy/pdfPages.ts";
import { jpegOf, pngOf } from "../../support/pictures.ts";

function image(data: string, detail?: ImagePart["detail"]): ImagePart {
	return { kind: "image", source: { kind: "data", mediaType: "image/png", data }, ...(detail ? { detail } : {}) };
}

function pdf(...objects: readonly string[]): string {
	const body = objects.map((object, place) => `${place + 1} 0 obj\n<<${object}>>\nendobj\n`).join("");
	return Buffer.from(`%PDF-1.4\n${body}%%EOF`).toString("base64");
}

describe("tokens of images", () => {
	// Sizes and counts are those of the makers' guides.
	for (const [format, width, height, tokens] of [
		["anthropic", 200, 200, 54],
		["anthropic", 1000, 1000, 1334],
		["anthropic", 1092, 1092, 1590],
		["anthropic", 4000, 4000, 1600],
		["anthropic", 3136, 1000, 1046],
		["openai", 512, 512, 255],
		["openai", 1024, 1024, 765],
		["openai", 2048, 4096, 1105],
		["openai", 4096, 100, 765],
		["codex", 1024, 1024, 765],
		["gemini", 384, 384, 258],
		["gemini", 600, 400, 258],
		["gemini", 769, 100, 516],
		["gemini", 1536, 1536, 1032],
	] as const) {
		it(`of ${width} × ${height} are ${tokens} for ${format}`, () => {
			assert.equal(mediaTokens(image(pngOf(width, height)), format), tokens);
		});
	}

	it("are few for OpenAI in low detail", () => {
		assert.equal(mediaTokens(image(pngOf(4000, 4000), "low"), "openai"), 85);
		assert.equal(mediaTokens(image(pngOf(1024, 1024), "high"), "openai"), 765);
	});

	it("are found behind other things that stand before the size", () => {
		assert.equal(mediaTokens(image(jpegOf(512, 512, 700_000)), "openai"), 255);
	});

	it("are told by nothing that stands in memory after the image", () => {
		// As much of an icon as says that it is one; its sizes would follow.
		const icon = image(Buffer.from([0, 0, 1, 0]).toString("base64"));
		const usual = mediaTokens(image(pngOf(1024, 1024)), "openai");
		for (let times = 0; times < 5_000; times += 1) {
			Buffer.from("0110".repeat(20), "hex");
			assert.equal(mediaTokens(icon, "openai"), usual);
		}
	});

	it("are those of a usual image where it is a URL or cannot be read", () => {
		for (const format of formats) {
			const usual = mediaTokens(image(pngOf(1024, 1024)), format);
			const url: MediaPart = { kind: "image", source: { kind: "url", url: "https://a.example/a.png" } };
			for (const part of [url, image(""), image("AAAA"), image("no base64 at all!")]) {
				assert.equal(mediaTokens(part, format), usual);
			}
		}
	});
});

describe("pages of a PDF", () => {
	it("are those of the root of its tree", () => {
		const tree = ["/Type/Catalog/Pages 2 0 R", "/Type /Pages /Kids [3 0 R 4 0 R] /Count 12"];
		assert.equal(pdfPages(pdf(...tree, "/Type/Pages/Parent 2 0 R/Count 5", "/Count 7 /Type /Pages")), 12);
		assert.equal(pdfPages(pdf("/Type/Outlines/Count 99", "/Count 3\n/Type\n/Pages")), 3);
	});

	it("are counted where there is no tree", () => {
		assert.equal(pdfPages(pdf("/Type/Page", "/Type /Page/Parent 1 0 R", "/Type/Pages")), 2);
		assert.equal(pdfPages(pdf("/Type/Page", "/Type/Pages/Count 99999999")), 1);
	});

	it("are guessed by size where nothing can be read", () => {
		assert.equal(pdfPages(""), 1);
		assert.equal(pdfPages(Buffer.alloc(10).toString("base64")), 1);
		assert.equal(pdfPages(Buffer.alloc(750_000).toString("base64")), 10);
	});

	it("are found at the end of a large file", () => {
		for (const more of [0, 1, 2]) {
			const filling = Buffer.alloc(9_000_000 + more).toString("latin1");
			const file = Buffer.from(`%PDF-1.4\n${filling}endobj 1 0 obj<</Type/Pages/Count 42>>endobj`, "latin1");
			assert.equal(pdfPages(file.toString("base64")), 42);
		}
	});

	it("count by format", () => {
		const part: MediaPart = {
			kind: "document",
			source: { kind: "data", mediaType: "application/pdf", data: pdf("/Type/Pages/Count 4") },
		};
		const counted = formats.map((format): [Format, number] => [format, mediaTokens(part, format)]);
		assert.deepEqual(Object.fromEntries(counted), { codex: 6000, openai: 6000, anthropic: 12000, gemini: 1032 });
	});
});

describe("tokens of sound and film", () => {
	const sound = (data: Buffer, mediaType = "audio/mpeg"): MediaPart => ({
		kind: "audio",
		source: { kind: "data", mediaType, data: data.toString("base64") },
	});

	it("are counted by the second, which the size tells", () => {
		assert.equal(mediaTokens(sound(Buffer.alloc(160_000)), "gemini"), 321);
		assert.equal(mediaTokens(sound(Buffer.alloc(159_999)), "openai"), 100);
	});

	it("are counted by a WAV file's own rate", () => {
		const wav = Buffer.alloc(32_000 * 3);
		wav.write("RIFF", 0, "latin1");
		wav.write("WAVEfmt ", 8, "latin1");
		wav.writeUInt32LE(32_000, 28);
		assert.equal(mediaTokens(sound(wav, "audio/wav"), "gemini"), 96);
	});

	it("are those of a minute where only a URL is there", () => {
		const film: MediaPart = { kind: "video", source: { kind: "url", url: "https://a.example/a.mp4" } };
		assert.equal(mediaTokens(film, "gemini"), 60 * 263);
	});
});
