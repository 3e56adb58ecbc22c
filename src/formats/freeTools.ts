import type { CallInput, JsonSchema, Tool } from "./conversation.ts";
import { isRecord } from "./modelList.ts";
import { parseJson } from "./probe.ts";

type FreeTool = Extract<Tool, { kind: "free" }>;

/** The parameters of a tool whose input is text, for a format that has only tools with JSON. */
export const freeToolParameters: JsonSchema = {
	type: "object",
	properties: { input: { type: "string", description: "The whole input of the tool, as plain text." } },
	required: ["input"],
	additionalProperties: false,
};

/** Its description, with the grammar that cannot be sent as one. */
export function freeToolDescription({ description = "", grammar }: FreeTool): string {
	if (grammar === undefined) return description;
	const said = `The input must match this ${grammar.syntax} grammar:\n${grammar.definition}`;
	return description === "" ? said : `${description}\n\n${said}`;
}

/** The input of a call as the JSON text of an object. */
export function jsonInput(input: CallInput): string {
	if (input.kind === "free") return JSON.stringify({ input: input.text });
	return input.text.trim() === "" ? "{}" : input.text;
}

/** The input of a call as an object; a model that wrote no object has its text put in one. */
export function objectInput(input: CallInput): Readonly<Record<string, unknown>> {
	const parsed = parseJson(jsonInput(input));
	return isRecord(parsed) ? parsed : { input: input.text };
}

/** The text that a model put into `freeToolParameters`; what it wrote itself where that is something else. */
export function freeInput(json: string): string {
	const parsed = parseJson(json);
	const text = isRecord(parsed) ? parsed["input"] : undefined;
	return typeof text === "string" ? text : json;
}
