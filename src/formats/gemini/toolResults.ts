import type { ImagePart, TextPart, ToolResultPart } from "../conversation.ts";
import type { Fields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { readMedia, writeMedia } from "./mediaParts.ts";
import type { WirePart } from "./wireParts.ts";

type Content = ToolResultPart["content"];
type Detail = ImagePart["detail"];

export interface ReadResult {
	readonly content: Content;
	readonly isError: boolean;
}

/**
 * The result in a `functionResponse`: its words under `output` or `error`, else the whole `response`; and its media.
 * @param name of the function.
 */
export function readResult(fields: Fields, name: string | undefined, detail: Detail): ReadResult {
	const { text, isError } = readResponse(fields.take("response"), name);
	const media = fields.each(
		"parts",
		(part) => readMedia(part, detail) ?? part.wrong("inlineData", "there, or fileData"),
	);
	const words: readonly TextPart[] = text === "" ? [] : [{ kind: "text", text }];
	return { content: [...words, ...(media ?? [])], isError };
}

/**
 * @param name on the wire.
 * @param holdsMedia whether media may stand in the response itself; else they follow it.
 */
export function writeResult(
	result: ToolResultPart,
	id: string,
	name: string,
	holdsMedia: boolean,
): readonly WirePart[] {
	const texts = result.content.filter((part) => part.kind === "text").map(({ text }) => text);
	const media = result.content.filter((part) => part.kind !== "text").map((part) => writeMedia(part, false));
	const words = texts.join("\n");
	const response = result.isError === true ? { error: words } : { output: words };
	const inside = holdsMedia && media.length > 0 ? { parts: media } : {};
	return [{ functionResponse: { id, name, response, ...inside } }, ...(holdsMedia ? [] : media)];
}

function readResponse(
	response: unknown,
	name: string | undefined,
): { readonly text: string; readonly isError: boolean } {
	if (!isRecord(response)) return { text: textOf(response), isError: false };
	const told = Object.entries(response).filter(([, value]) => value !== undefined && value !== null);
	const isError = told.some(([member]) => member === "error");
	if (told.length === 0) return { text: "", isError };
	// The AI SDK puts the function's name beside its words.
	const isNamed = response["name"] === name && told.length === 2;
	const [only] = isNamed ? told.filter(([member]) => member !== "name") : told;
	const words = isNamed ? ["output", "error", "content"] : ["output", "error"];
	const isWords = only !== undefined && (isNamed || told.length === 1) && words.includes(only[0]);
	return { text: textOf(isWords ? only[1] : response), isError };
}

function textOf(value: unknown): string {
	if (value === undefined || value === null) return "";
	return typeof value === "string" ? value : JSON.stringify(value);
}
