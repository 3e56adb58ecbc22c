import { imageSize } from "image-size";
import type { Format } from "../accounts/account.ts";
import type { DocumentPart, ImagePart, MediaPart, MediaSource } from "../formats/conversation.ts";
import { pdfPages } from "./pdfPages.ts";

/** Pixels. */
interface Size {
	readonly width: number;
	readonly height: number;
}

/** What media count as, by the makers' own guides. */
interface MediaRules {
	readonly image: (size: Size, detail: ImagePart["detail"]) => number;
	/** A page of a PDF: its text and its picture. */
	readonly page: number;
	/** A second. */
	readonly audio: number;
	/** A second. */
	readonly video: number;
}

const openai: MediaRules = { image: openaiImage, page: 1500, audio: 10, video: 263 };
const rules: Readonly<Record<Format, MediaRules>> = {
	openai,
	codex: openai,
	anthropic: { image: anthropicImage, page: 3000, audio: 32, video: 263 },
	gemini: { image: geminiImage, page: 258, audio: 32, video: 263 },
};

/** Of an image that is not here, or that cannot be read. */
const usualSize: Size = { width: 1024, height: 1024 };
/** Of a PDF that is not here. */
const usualPages = 5;
/** Of audio and video that are not here. */
const usualSeconds = 60;
/** Bytes of a second where the file does not tell: audio of 128 kbit/s, video of 2 Mbit/s. */
const bytesPerSecond = { audio: 16_000, video: 250_000 } as const;
/** Bytes that are searched for an image's size: previews and profiles may stand before it. */
const imageHead = 1024 * 1024;

/** Tokens of an image, a PDF, audio or video as the format's own models count them. Texts among documents are not meant. */
export function mediaTokens(part: MediaPart, format: Format): number {
	const rule = rules[format];
	switch (part.kind) {
		case "image":
			return rule.image(sizeOf(part.source), part.detail);
		case "document":
			return rule.page * pagesOf(part.source);
		case "audio":
			return Math.ceil(rule.audio * secondsOf("audio", part.source));
		case "video":
			return Math.ceil(rule.video * secondsOf("video", part.source));
	}
}

/** A token for 750 pixels, after the image was made to fit 1568 pixels and 1600 tokens. */
function anthropicImage({ width, height }: Size): number {
	const shrunk = Math.min(1, 1568 / Math.max(width, height));
	return Math.min(1600, Math.ceil((width * height * shrunk ** 2) / 750));
}

/** 85, and 170 for each square of 512 pixels, after it was made to fit 2048 pixels and 768 on its shorter side. */
function openaiImage({ width, height }: Size, detail: ImagePart["detail"]): number {
	if (detail === "low") return 85;
	const fit = Math.min(1, 2048 / Math.max(width, height));
	const shrunk = fit * Math.min(1, 768 / (Math.min(width, height) * fit));
	const squares = (pixels: number) => Math.max(1, Math.ceil((pixels * shrunk) / 512));
	return 85 + 170 * squares(width) * squares(height);
}

/** 258 for a small image, and for each square of 768 pixels of a larger one. */
function geminiImage({ width, height }: Size): number {
	if (Math.max(width, height) <= 384) return 258;
	return 258 * Math.ceil(width / 768) * Math.ceil(height / 768);
}

function sizeOf(source: MediaSource): Size {
	if (source.kind === "url") return usualSize;
	try {
		// A copy of its own: the library reads on past the end, where Node keeps other small buffers.
		const head = new Uint8Array(Buffer.from(source.data.slice(0, (imageHead / 3) * 4), "base64"));
		const { width, height } = imageSize(head);
		return width > 0 && height > 0 ? { width, height } : usualSize;
	} catch {
		// No image that the library knows.
		return usualSize;
	}
}

function pagesOf(source: DocumentPart["source"]): number {
	return source.kind === "data" ? pdfPages(source.data) : usualPages;
}

function secondsOf(kind: "audio" | "video", source: MediaSource): number {
	if (source.kind === "url") return usualSeconds;
	const bytes = (source.data.length / 4) * 3;
	return bytes / (wavRate(source.data) ?? bytesPerSecond[kind]);
}

/** Bytes of a second of a WAV file, which stand in its head; null where it is none. */
function wavRate(data: string): number | null {
	const head = Buffer.from(data.slice(0, 64), "base64");
	if (head.length < 32 || head.toString("latin1", 0, 4) !== "RIFF" || head.toString("latin1", 8, 16) !== "WAVEfmt ") {
		return null;
	}
	return head.readUInt32LE(28) || null;
}
