import type { ResponseOutputText } from "openai/resources/responses/responses";
import type { Citation } from "../conversation.ts";
import { isRecord } from "../modelList.ts";

/** @returns null for what points into the store of one account. */
export function readCitation(annotation: unknown): Citation | null {
	if (!isRecord(annotation) || annotation["type"] !== "url_citation") return null;
	const { url, title, start_index: start, end_index: end } = annotation;
	return {
		...(typeof url === "string" ? { url } : {}),
		...(typeof title === "string" ? { title } : {}),
		...(typeof start === "number" ? { start } : {}),
		...(typeof end === "number" ? { end } : {}),
	};
}

/**
 * A citation as clients know it, who count on all of its members.
 * @param length of the text so far: where nothing is said, all of it is meant.
 * @returns null for a citation of no page: there is nothing else to cite that is not in a store.
 */
export function writeCitation(citation: Citation, length: number): ResponseOutputText.URLCitation | null {
	const { url, title, quote, start, end } = citation;
	if (url === undefined || url === "") return null;
	return {
		type: "url_citation",
		url,
		title: title ?? quote ?? url,
		start_index: start ?? 0,
		end_index: end ?? length,
	};
}
