import type { Citation, TextPart } from "../conversation.ts";
import type { Fields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { readCacheMark } from "./toolReader.ts";

export function readText(fields: Fields): TextPart {
	const text = fields.text("text") ?? fields.wrong("text", "a string");
	const citations = (fields.list("citations") ?? []).flatMap(readCitation);
	return { kind: "text", text, ...(citations.length === 0 ? {} : { citations }), ...readCacheMark(fields) };
}

/**
 * Of any of Anthropic's kinds. Where in the source it stands is told in pages, blocks or characters, which nobody else counts;
 * the words that are cited are there.
 */
export function readCitation(citation: unknown): readonly Citation[] {
	if (!isRecord(citation)) return [];
	const url = said(citation["url"] ?? citation["source"]);
	const title = said(citation["title"] ?? citation["document_title"]);
	const quote = said(citation["cited_text"]);
	const document = citation["document_index"];
	return [
		{
			...(url === undefined ? {} : { url }),
			...(title === undefined ? {} : { title }),
			...(quote === undefined ? {} : { quote }),
			...(typeof document === "number" ? { document } : {}),
		},
	];
}

function said(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}
