import type {
	ResponseInputContent,
	ResponseInputImage,
	ResponseInputMessageContentList,
} from "openai/resources/responses/responses";
import type { DocumentPart, ImagePart, MediaPart, TextPart } from "../conversation.ts";
import { writeDataUrl } from "../dataUrl.ts";
import type { LossList } from "../losses.ts";
import { Untranslatable } from "../translation.ts";

/** A file in the request has to have a name. */
const endings: ReadonlyMap<string, string> = new Map(
	Object.entries<string>({
		"application/pdf": "pdf",
		"application/json": "json",
		"text/csv": "csv",
		"text/html": "html",
		"text/markdown": "md",
		"text/plain": "txt",
	}),
);

/** Texts and media in their order. @throws Untranslatable where the account takes no such media. */
export function writeContent(
	parts: readonly (TextPart | MediaPart)[],
	notes: LossList,
): ResponseInputMessageContentList {
	return parts.flatMap((part): ResponseInputContent[] => {
		if ("cache" in part && part.cache !== undefined) notes.add("cacheMarks");
		if (part.kind === "text") return [{ type: "input_text", text: part.text }];
		return part.kind === "document" ? writeDocument(part, notes) : [writeMedia(part, notes)];
	});
}

/** @throws Untranslatable */
export function writeMedia(part: Exclude<MediaPart, DocumentPart>, notes: LossList): ResponseInputImage {
	if (part.kind !== "image") throw new Untranslatable(`The account takes no ${part.kind}.`);
	if (part.cache !== undefined) notes.add("cacheMarks");
	return { type: "input_image", image_url: imageUrl(part), detail: part.detail ?? "auto" };
}

function imageUrl({ source }: ImagePart): string {
	return source.kind === "url" ? source.url : writeDataUrl(source);
}

function writeDocument(part: DocumentPart, notes: LossList): ResponseInputContent[] {
	const { source, name, context, cited } = part;
	if (cited === true) notes.add("citations");
	if (context !== undefined) notes.add("documentContext", "text");
	const about = context === undefined ? [] : [said(`About ${titled(name)}: ${context}`)];
	if (source.kind === "text") {
		// The account reads files for their pages; a text is read best as one.
		const head = name === undefined ? "" : `${titled(name)}:\n\n`;
		return [...about, said(`${head}${source.text}`)];
	}
	if (source.kind === "url") {
		return [...about, { type: "input_file", file_url: source.url, ...(name === undefined ? {} : { filename: name }) }];
	}
	const filename = name ?? `document.${endings.get(source.mediaType) ?? "bin"}`;
	return [...about, { type: "input_file", filename, file_data: writeDataUrl(source) }];
}

function titled(name: string | undefined): string {
	return name === undefined ? "the document" : `the document “${name}”`;
}

function said(text: string): ResponseInputContent {
	return { type: "input_text", text };
}
