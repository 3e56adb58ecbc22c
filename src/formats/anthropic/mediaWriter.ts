import type { Base64ImageSource, DocumentBlockParam, ImageBlockParam } from "@anthropic-ai/sdk/resources/messages";
import type { DocumentPart, ImagePart, MediaPart } from "../conversation.ts";
import type { LossList } from "../losses.ts";
import { Untranslatable } from "../translation.ts";
import { cacheControl } from "./tools.ts";

type ImageType = Base64ImageSource["media_type"];

const imageTypes: ReadonlyMap<string, ImageType> = new Map<string, ImageType>([
	["image/jpeg", "image/jpeg"],
	["image/jpg", "image/jpeg"],
	["image/png", "image/png"],
	["image/gif", "image/gif"],
	["image/webp", "image/webp"],
]);
/** Text by other names. */
const textTypes = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|toml|javascript|x-sh)\b)/;

/** @throws Untranslatable */
export function writeMedia(part: MediaPart, losses: LossList): ImageBlockParam | DocumentBlockParam {
	switch (part.kind) {
		case "image":
			return writeImage(part, losses);
		case "document":
			return writeDocument(part);
		case "audio":
		case "video":
			throw new Untranslatable(`Anthropic models take no ${part.kind}.`);
	}
}

function writeImage({ source, detail, cache }: ImagePart, losses: LossList): ImageBlockParam {
	if (detail !== undefined && detail !== "auto") losses.add("imageDetail");
	return { type: "image", source: imageSource(source), ...cacheControl(cache) };
}

function imageSource(source: ImagePart["source"]): ImageBlockParam["source"] {
	if (source.kind === "url") return { type: "url", url: source.url };
	const mediaType = imageTypes.get(bare(source.mediaType));
	if (mediaType === undefined) {
		throw new Untranslatable(`Anthropic models take JPEG, PNG, GIF and WebP images, not “${source.mediaType}”.`);
	}
	return { type: "base64", media_type: mediaType, data: source.data };
}

function writeDocument({ source, name, context, cited, cache }: DocumentPart): DocumentBlockParam {
	return {
		type: "document",
		source: documentSource(source),
		...(name === undefined ? {} : { title: name }),
		...(context === undefined ? {} : { context }),
		...(cited === undefined ? {} : { citations: { enabled: cited } }),
		...cacheControl(cache),
	};
}

function documentSource(source: DocumentPart["source"]): DocumentBlockParam["source"] {
	if (source.kind === "text") return { type: "text", media_type: "text/plain", data: source.text };
	if (source.kind === "url") return { type: "url", url: source.url };
	const mediaType = bare(source.mediaType);
	if (mediaType === "application/pdf") return { type: "base64", media_type: mediaType, data: source.data };
	if (textTypes.test(mediaType)) {
		return { type: "text", media_type: "text/plain", data: Buffer.from(source.data, "base64").toString() };
	}
	throw new Untranslatable(`Anthropic models take PDF and plain text documents, not “${source.mediaType}”.`);
}

/** Without parameters such as the character set. */
function bare(mediaType: string): string {
	return (mediaType.split(";")[0] ?? "").trim().toLowerCase();
}
