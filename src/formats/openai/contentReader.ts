import type {
	AssistantPart,
	CacheMark,
	DocumentPart,
	ImagePart,
	MediaPart,
	MediaSource,
	TextPart,
} from "../conversation.ts";
import { readDataUrl } from "../dataUrl.ts";
import type { Fields } from "../fields.ts";
import { given } from "../given.ts";
import { isRecord } from "../modelList.ts";
import { Untranslatable } from "../translation.ts";

type PartReader<Part> = (part: Fields) => Part;
type PartReaders<Part> = Readonly<Record<string, PartReader<Part>>>;

const texts: PartReaders<TextPart> = {
	text: (part) => textPart(part.text("text") ?? part.wrong("text", "a string"), part),
};

const media: PartReaders<TextPart | MediaPart> = {
	...texts,
	image_url: readImage,
	input_audio: readAudio,
	file: readFile,
	// DashScope, vLLM and OpenRouter take it.
	video_url: (part) => ({ kind: "video", source: readUrl(part, "video_url").source }),
};

const said: PartReaders<AssistantPart> = {
	...texts,
	refusal: (part) => ({ kind: "refusal", text: part.text("refusal") ?? part.wrong("refusal", "a string") }),
	// Mistral's reasoning.
	thinking: (part) => ({ kind: "reasoning", text: thinkingText(part.take("thinking")) }),
};

export const readTexts = (message: Fields): readonly TextPart[] => readParts(message, texts);
export const readMedia = (message: Fields): readonly (TextPart | MediaPart)[] => readParts(message, media);
export const readSaid = (message: Fields): readonly AssistantPart[] => readParts(message, said);

/** The `content` of a message: text, or a list of parts. Empty text says nothing. */
function readParts<Part>(message: Fields, readers: PartReaders<Part>): readonly (Part | TextPart)[] {
	const content = message.take("content");
	if (content === undefined || content === "") return [];
	if (typeof content === "string") return [{ kind: "text", text: content }];
	if (!Array.isArray(content)) return message.wrong("content", "a string or a list of parts");
	const parts = message.each("content", (part): Part => {
		const type = part.text("type") ?? part.wrong("type", "the kind of content");
		const read = readers[type];
		if (read !== undefined) return read(part);
		throw new Untranslatable(
			`${part.path}: content of the type “${type}” cannot be sent to an account of another format.`,
		);
	});
	return (parts ?? []).filter((part) => !isEmptyText(part));
}

function isEmptyText(part: unknown): boolean {
	return isRecord(part) && part["kind"] === "text" && part["text"] === "" && part["cache"] === undefined;
}

function textPart(text: string, part: Fields): TextPart {
	return { kind: "text", text, ...readCacheMark(part) };
}

/** OpenAI's own mark, and the one that OpenRouter and LiteLLM take for Claude. */
function readCacheMark(part: Fields): { readonly cache?: CacheMark } {
	const own = part.inside("prompt_cache_breakpoint", (mark): CacheMark => {
		mark.skip("mode");
		if (mark.text("ttl") !== "12h") return {};
		mark.lose("ttl");
		return { lifetime: "1h" };
	});
	const taken = part.inside("cache_control", (mark): CacheMark => {
		mark.skip("type");
		return given({ lifetime: mark.oneOf("ttl", ["5m", "1h"]) });
	});
	return given({ cache: own ?? taken });
}

function readImage(part: Fields): ImagePart {
	const { source, detail } = readUrl(part, "image_url");
	return { kind: "image", source, ...given({ detail }), ...readCacheMark(part) };
}

/** `{url, detail}`, or the URL itself as some clients have it. */
function readUrl(part: Fields, name: string): Pick<ImagePart, "source" | "detail"> {
	const value = part.take(name);
	if (typeof value === "string") return { source: readSource(value, part, name) };
	const read = part.inside(name, (image) => {
		const url = image.text("url") ?? image.wrong("url", "a URL");
		return {
			source: readSource(url, image, "url"),
			...given({ detail: image.oneOf("detail", ["low", "high", "auto", "original"]) }),
		};
	});
	return read ?? part.wrong(name, "an object with a URL");
}

function readSource(url: string, fields: Fields, name: string): MediaSource {
	if (/^https?:\/\//i.test(url)) return { kind: "url", url };
	return readDataUrl(url) ?? fields.wrong(name, "a URL that begins with https:// or data:");
}

const audioTypes: Readonly<Record<string, string>> = { wav: "audio/wav", mp3: "audio/mpeg" };

function readAudio(part: Fields): MediaPart {
	const source = part.inside("input_audio", (audio): MediaSource => {
		const data = audio.text("data") ?? audio.wrong("data", "Base64");
		const format = audio.text("format");
		const read = /^(?:data|https?):/i.test(data) ? readSource(data, audio, "data") : null;
		if (read !== null) return read;
		if (format === undefined) return audio.wrong("format", "the format of the audio");
		return { kind: "data", mediaType: audioTypes[format] ?? `audio/${format}`, data };
	});
	part.lose("prompt_cache_breakpoint");
	return { kind: "audio", source: source ?? part.wrong("input_audio", "an object with data and format") };
}

/** A PDF as a rule; what else a file turns out to be is read as that. */
function readFile(part: Fields): MediaPart {
	const file = part.inside("file", (inner) => {
		const name = inner.text("filename");
		if (inner.text("file_id") !== undefined) {
			throw new Untranslatable(`${inner.at("file_id")}: a stored file can only be read by the account that stores it.`);
		}
		const data = inner.text("file_data") ?? inner.wrong("file_data", "the file as Base64");
		const isUrl = /^(?:data|https?):/i.test(data);
		const source = isUrl ? readSource(data, inner, "file_data") : bareFile(data, name);
		return { source, name };
	});
	const { source, name } = file ?? part.wrong("file", "an object with file_data");
	const cache = readCacheMark(part);
	const kind = source.mediaType?.split("/", 1)[0];
	if (kind === "image") return { kind, source, ...cache };
	if (kind === "audio" || kind === "video") return { kind, source };
	const document: DocumentPart = { kind: "document", source, ...given({ name }), ...cache };
	return document;
}

function bareFile(data: string, name = ""): MediaSource {
	const isText = /\.(?:txt|md|csv|json)$/i.test(name);
	return { kind: "data", mediaType: isText ? "text/plain" : "application/pdf", data };
}

/** Text, or a list of texts. */
export function thinkingText(thinking: unknown): string {
	if (typeof thinking === "string") return thinking;
	if (!Array.isArray(thinking)) return "";
	return thinking
		.filter(isRecord)
		.map(({ text }) => (typeof text === "string" ? text : ""))
		.join("");
}
