import type { DocumentPart, ImagePart, MediaSource } from "../conversation.ts";
import type { Fields } from "../fields.ts";
import { Untranslatable } from "../translation.ts";
import { readText } from "./textReader.ts";
import { readCacheMark } from "./toolReader.ts";

export function readImage(fields: Fields): ImagePart {
	const source = fields.inside("source", readSource) ?? fields.wrong("source", "an object");
	return { kind: "image", source, ...readCacheMark(fields) };
}

/** A document made of blocks is a text; images between them stand for themselves. */
export function readDocument(fields: Fields): readonly (DocumentPart | ImagePart)[] {
	const name = fields.text("title");
	const context = fields.text("context");
	const cited = fields.inside("citations", (citations) => citations.boolean("enabled"));
	const sources = fields.inside("source", readDocumentSource) ?? fields.wrong("source", "an object");
	const about = {
		...(name === undefined ? {} : { name }),
		...(context === undefined ? {} : { context }),
		...(cited === undefined ? {} : { cited }),
	};
	const mark = readCacheMark(fields);
	return sources.map((source, place) => {
		const last = place === sources.length - 1 ? mark : {};
		return "kind" in source && source.kind === "image"
			? { ...source, ...last }
			: { kind: "document", source, ...about, ...last };
	});
}

type Source = DocumentPart["source"] | ImagePart;

function readDocumentSource(source: Fields): readonly Source[] {
	switch (source.take("type")) {
		case "text":
			source.skip("media_type");
			return [{ kind: "text", text: source.text("data") ?? source.wrong("data", "a string") }];
		case "content":
			return readBlocks(source);
		default:
			return [readSource(source)];
	}
}

function readBlocks(source: Fields): readonly Source[] {
	const content = source.take("content");
	if (typeof content === "string") return [{ kind: "text", text: content }];
	const blocks = source.each("content", (block) =>
		block.take("type") === "image" ? readImage(block) : readText(block),
	);
	const joined: Source[] = [];
	for (const block of blocks ?? source.wrong("content", "a string or a list")) {
		const last = joined.at(-1);
		if (block.kind === "image") joined.push(block);
		else if (last?.kind === "text") joined[joined.length - 1] = { kind: "text", text: `${last.text}\n\n${block.text}` };
		else joined.push({ kind: "text", text: block.text });
	}
	return joined;
}

/** A result of the client's own search: a text with a source. */
export function readSearchResult(fields: Fields): DocumentPart {
	const name = fields.text("title");
	const url = fields.text("source");
	const texts = fields.each("content", (block) => {
		block.skip("type");
		return readText(block).text;
	});
	const cited = fields.inside("citations", (citations) => citations.boolean("enabled"));
	return {
		kind: "document",
		source: { kind: "text", text: (texts ?? []).join("\n\n") },
		...(name === undefined ? {} : { name }),
		...(url === undefined ? {} : { context: `Source: ${url}` }),
		...(cited === undefined ? {} : { cited }),
		...readCacheMark(fields),
	};
}

function readSource(source: Fields): MediaSource {
	const type = source.oneOf("type", ["base64", "url", "file"]) ?? source.wrong("type", "a string");
	switch (type) {
		case "base64":
			return {
				kind: "data",
				mediaType: source.text("media_type") ?? source.wrong("media_type", "a string"),
				data: source.text("data") ?? source.wrong("data", "a string"),
			};
		case "url":
			return { kind: "url", url: source.text("url") ?? source.wrong("url", "a string") };
		case "file":
			throw new Untranslatable(`${source.path} is a file that is stored with Anthropic.`);
	}
}
