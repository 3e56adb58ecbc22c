import type { ChatCompletionMessage } from "openai/resources/chat/completions";
import type { Citation } from "../conversation.ts";
import { given } from "../given.ts";
import { isRecord } from "../modelList.ts";

/** `annotations` of a message or a piece of one. Whatever is no citation of a page is passed over. */
export function readCitations(annotations: unknown): readonly Citation[] {
	if (!Array.isArray(annotations)) return [];
	return annotations.filter(isRecord).flatMap(({ type, url_citation: cited }): readonly Citation[] => {
		if (type !== "url_citation" || !isRecord(cited) || typeof cited["url"] !== "string") return [];
		const { url, title, content, start_index: start, end_index: end } = cited;
		const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
		return [
			{
				url,
				...given({
					// A page without a title is called by its address.
					title: title === url ? undefined : text(title),
					// OpenRouter's name for the words that were found.
					quote: text(content),
					start: offset(start),
					end: offset(end),
				}),
			},
		];
	});
}

function offset(value: unknown): number | undefined {
	return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/**
 * Only pages can be cited here; a citation of a document shows nowhere.
 * @param start of the cited part in the message's text, and @param end its end: what a citation without offsets is about.
 */
export function writeCitation(
	{ url, title, ...citation }: Citation,
	start: number,
	end: number,
): readonly ChatCompletionMessage.Annotation[] {
	if (url === undefined) return [];
	const from = citation.start === undefined ? start : start + citation.start;
	const to = citation.end === undefined ? end : start + citation.end;
	return [{ type: "url_citation", url_citation: { url, title: title ?? url, start_index: from, end_index: to } }];
}
