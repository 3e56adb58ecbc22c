import type { DocumentPart, ImagePart, MediaPart, MediaSource } from "../conversation.ts";
import type { Fields } from "../fields.ts";
import { Untranslatable } from "../translation.ts";
import { said } from "./wireNames.ts";
import type { ResolutionLevel, WirePart } from "./wireParts.ts";

type Detail = NonNullable<ImagePart["detail"]>;
type Kind = MediaPart["kind"];

/** Of URLs whose type is not told. */
const extensions: Readonly<Record<string, string>> = {
	png: "image/png",
	jpg: "image/jpeg",
	jpeg: "image/jpeg",
	webp: "image/webp",
	gif: "image/gif",
	heic: "image/heic",
	pdf: "application/pdf",
	txt: "text/plain",
	md: "text/markdown",
	csv: "text/csv",
	html: "text/html",
	mp3: "audio/mpeg",
	wav: "audio/wav",
	ogg: "audio/ogg",
	flac: "audio/flac",
	mp4: "video/mp4",
	webm: "video/webm",
	mov: "video/quicktime",
};

/** Types of text outside of `text/`. */
const textTypes = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript|x-javascript|typescript|x-python|rtf)\b)/;

const levels: Readonly<Record<Detail, ResolutionLevel | null>> = {
	low: "MEDIA_RESOLUTION_LOW",
	high: "MEDIA_RESOLUTION_HIGH",
	original: "MEDIA_RESOLUTION_ULTRA_HIGH",
	auto: null,
};

/** @returns undefined where the conversation has no word for it. */
export function detailOf(level: unknown): Detail | undefined {
	const upper = typeof level === "string" ? level.toUpperCase() : "";
	const found = Object.entries(levels).find(([, known]) => known === upper)?.[0];
	return found === "low" || found === "high" || found === "original" ? found : undefined;
}

export function levelOf(detail: Detail): ResolutionLevel | null {
	return levels[detail];
}

/** The media of a part, if it holds any. @param detail of an image that tells none. */
export function readMedia(fields: Fields, detail: Detail | undefined): MediaPart | undefined {
	const level = fields.inside("mediaResolution", (resolution) => {
		const known = detailOf(resolution.take("level"));
		if (known === undefined) resolution.lose("level");
		return known;
	});
	const own = level ?? detail;
	return (
		fields.inside("inlineData", (data) => readInline(data, own)) ??
		fields.inside("fileData", (file) => readFile(file, own))
	);
}

/** `inlineData`. */
function readInline(fields: Fields, detail: Detail | undefined): MediaPart {
	const mediaType = fields.text("mimeType") ?? fields.wrong("mimeType", "a media type");
	// Python's SDK writes the URL-safe alphabet, which others refuse.
	const data = (fields.text("data") ?? "").replaceAll("-", "+").replaceAll("_", "/");
	const kind = kindOf(mediaType);
	if (kind === null) throw new Untranslatable(`${fields.path} is of the type ${mediaType}, which only Gemini reads.`);
	if (kind !== "document") return mediaPart(kind, { kind: "data", mediaType, data }, detail);
	const name = said({ name: fields.text("displayName") });
	if (!textTypes.test(mediaType)) return { kind, source: { kind: "data", mediaType, data }, ...name };
	return { kind, source: { kind: "text", text: Buffer.from(data, "base64").toString() }, ...name };
}

/** `fileData`: of URLs anybody can fetch; files in a store of Google's are its own. */
function readFile(fields: Fields, detail: Detail | undefined): MediaPart {
	const url = fields.text("fileUri") ?? fields.wrong("fileUri", "a URI");
	const mediaType = fields.text("mimeType") || typeOfUrl(url);
	if (isInStore(url)) {
		throw new Untranslatable(`${fields.path} is a file in Google's own store, which only a Gemini account can read.`);
	}
	const source = { kind: "url" as const, url, ...said({ mediaType }) };
	if (isYouTube(url)) return { kind: "video", source };
	const kind = mediaType === undefined ? null : kindOf(mediaType);
	if (kind === null) throw new Untranslatable(`${fields.path} does not tell what kind of file it is.`);
	if (kind !== "document") return mediaPart(kind, source, detail);
	return { kind, source, ...said({ name: fields.text("displayName") }) };
}

/** @param levelled whether the resolution may be told with the part. */
export function writeMedia(media: MediaPart, levelled: boolean): WirePart {
	const level = levelled && media.kind === "image" && media.detail !== undefined ? levelOf(media.detail) : null;
	return { ...writeSource(media.source), ...(level === null ? {} : { mediaResolution: { level } }) };
}

/** What a document says of itself beside its content, for which this format has no place. */
export function documentNote({ name, context }: DocumentPart): string | null {
	const told = [name === undefined ? [] : `Document: ${name}`, context ?? []].flat();
	return told.length === 0 ? null : told.join("\n");
}

function writeSource(source: MediaPart["source"]): WirePart {
	switch (source.kind) {
		case "data":
			return { inlineData: { mimeType: source.mediaType, data: source.data } };
		case "text":
			return { inlineData: { mimeType: "text/plain", data: Buffer.from(source.text).toString("base64") } };
		case "url":
			return { fileData: { fileUri: source.url, ...said({ mimeType: source.mediaType ?? typeOfUrl(source.url) }) } };
	}
}

function mediaPart(kind: Exclude<Kind, "document">, source: MediaSource, detail: Detail | undefined): MediaPart {
	return kind === "image" ? { kind, source, ...said({ detail }) } : { kind, source };
}

function kindOf(mediaType: string): Kind | null {
	const family = /^(image|audio|video)\//i.exec(mediaType)?.[1]?.toLowerCase();
	if (family === "image" || family === "audio" || family === "video") return family;
	return mediaType === "application/pdf" || textTypes.test(mediaType) ? "document" : null;
}

function typeOfUrl(url: string): string | undefined {
	const extension = /\.([a-z0-9]{2,4})(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase();
	return extension === undefined ? undefined : extensions[extension];
}

function isInStore(url: string): boolean {
	return !/^https?:\/\//i.test(url) || /^https?:\/\/generativelanguage\.googleapis\.com\//i.test(url);
}

function isYouTube(url: string): boolean {
	return /^https?:\/\/(?:(?:www|m)\.)?(?:youtube\.com|youtu\.be)\//i.test(url);
}
