import type { MediaPart } from "../formats/conversation.ts";

type MediaKind = MediaPart["kind"];

const fitting: Readonly<Record<MediaKind, RegExp>> = {
	image: /^image\/[\w.+-]+$/,
	document: /^(?:application\/pdf|text\/plain)$/,
	audio: /^audio\/[\w.+-]+$/,
	video: /^video\/[\w.+-]+$/,
};

/** Other names of the same, which accounts do not know. */
const properNames: Readonly<Record<string, string>> = {
	"image/jpg": "image/jpeg",
	"image/pjpeg": "image/jpeg",
	"image/x-png": "image/png",
	"application/x-pdf": "application/pdf",
};

/** What servers say of files they know nothing about. */
const sayNothing: ReadonlySet<string> = new Set(["", "application/octet-stream", "binary/octet-stream"]);

/** How files of the types begin that are sent the most, as Latin-1. */
const beginnings: readonly (readonly [beginning: RegExp, mediaType: string])[] = [
	[/^\x89PNG\r\n/, "image/png"],
	[/^\xff\xd8\xff/, "image/jpeg"],
	[/^GIF8[79]a/, "image/gif"],
	[/^RIFF.{4}WEBP/s, "image/webp"],
	[/^RIFF.{4}WAVE/s, "audio/wav"],
	[/^(?:ID3|\xff[\xfb\xf3\xf2])/, "audio/mpeg"],
	[/^.{4}ftyp(?:isom|mp4|avc1|iso[2-6])/s, "video/mp4"],
	[/^%PDF-/, "application/pdf"],
];

const webPage = /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|script)\b/i;

/** A media type without its parameters, by its proper name; empty where there is none. */
export function plainMediaType(contentType: string): string {
	const name = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
	return properNames[name] ?? name;
}

/**
 * The media type of a file that was fetched.
 * @param contentType as its server says.
 * @param declared by whoever named the file, if at all.
 * @returns null where it is nothing of the kind; a web page never is.
 */
export function mediaTypeOf(kind: MediaKind, contentType: string, declared: string, bytes: Buffer): string | null {
	const beginning = bytes.toString("latin1", 0, 512);
	const said = plainMediaType(contentType);
	if (said !== "text/plain" && webPage.test(beginning)) return null;
	const seen = beginnings.find(([pattern]) => pattern.test(beginning))?.[1] ?? "";
	const candidates = sayNothing.has(said) ? [seen, plainMediaType(declared)] : [said];
	return candidates.find((candidate) => fitting[kind].test(candidate)) ?? null;
}

/** The bytes of a text in UTF-8, whatever they were written in; those of a charset that nobody knows as they are. */
export function asUtf8(bytes: Buffer, contentType: string): Buffer {
	const [, charset = "utf-8"] = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType) ?? [];
	if (/^(?:utf-?8|us-ascii)$/i.test(charset)) return bytes;
	try {
		return Buffer.from(new TextDecoder(charset).decode(bytes));
	} catch {
		return bytes;
	}
}
