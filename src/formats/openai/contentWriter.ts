import type { ChatCompletionContentPart } from "openai/resources/chat/completions";
import type { DocumentPart, MediaPart, TextPart } from "../conversation.ts";
import { writeDataUrl } from "../dataUrl.ts";
import type { LossList } from "../losses.ts";
import { Untranslatable } from "../translation.ts";

type Content = ChatCompletionContentPart;

const audioFormats: Readonly<Record<string, "wav" | "mp3">> = {
	"audio/wav": "wav",
	"audio/x-wav": "wav",
	"audio/wave": "wav",
	"audio/vnd.wave": "wav",
	"audio/mpeg": "mp3",
	"audio/mp3": "mp3",
};

/** A part of a user's message. @throws Untranslatable for what Chat Completions cannot hold. */
export function writeContent(part: TextPart | MediaPart, losses: LossList): Content {
	if ("cache" in part && part.cache !== undefined) losses.add("cacheMarks");
	switch (part.kind) {
		case "text":
			return textContent(part.text);
		case "image": {
			const { source, detail } = part;
			const url = source.kind === "url" ? source.url : writeDataUrl(source);
			return { type: "image_url", image_url: detail === undefined ? { url } : { url, detail } };
		}
		case "audio": {
			const { source } = part;
			if (source.kind === "url") throw new Untranslatable("Chat Completions take no audio by URL.");
			const format = audioFormats[source.mediaType];
			if (format !== undefined) return { type: "input_audio", input_audio: { data: source.data, format } };
			throw new Untranslatable(`Chat Completions take audio as WAV or MP3, not as ${source.mediaType}.`);
		}
		case "document":
			return writeDocument(part, losses);
		case "video":
			throw new Untranslatable("Chat Completions take no video.");
	}
}

export function textContent(text: string): { readonly type: "text"; readonly text: string } {
	return { type: "text", text };
}

/** Parts as one string where all of them are text: many relays take nothing else. */
export function joinedContent(parts: readonly Content[]): string | Content[] {
	const texts = parts.filter((part) => part.type === "text").map(({ text }) => text);
	return texts.length === parts.length ? joinTexts(texts) : [...parts];
}

/** Texts that stood apart. */
export function joinTexts(texts: readonly string[]): string {
	return texts.join("\n\n");
}

/** Only a PDF is a file here; text goes as text. */
function writeDocument({ source, name, context, cited }: DocumentPart, losses: LossList): Content {
	if (cited === true) losses.add("citations");
	if (source.kind === "url") throw new Untranslatable("Chat Completions take no document by URL.");
	const text = source.kind === "text" ? source.text : textOf(source.mediaType, source.data);
	if (text === null && source.kind === "data") {
		if (context !== undefined) losses.add("documentContext");
		const filename = name ?? "document.pdf";
		return { type: "file", file: { filename, file_data: writeDataUrl(source) } };
	}
	const head = [name === undefined ? "Document" : `Document “${name}”`, context].filter(Boolean).join(", ");
	return textContent(`${head}:\n${text ?? ""}`);
}

function textOf(mediaType: string, data: string): string | null {
	const isText = mediaType.startsWith("text/") || mediaType === "application/json";
	return isText ? Buffer.from(data, "base64").toString() : null;
}
