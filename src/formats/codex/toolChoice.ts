import type { Tool, ToolChoice, ToolName } from "../conversation.ts";
import { Fields, type LostFields } from "../fields.ts";
import { isRecord } from "../modelList.ts";
import { Malformed, Untranslatable } from "../translation.ts";
import { nameOf } from "./tools.ts";

const path = "tool_choice";
const words: ReadonlyMap<unknown, ToolChoice> = new Map(
	(["auto", "none", "required"] as const).map((kind) => [kind, { kind }]),
);

/** @param tools of the request: what a namespace stands for. */
export function readToolChoice(choice: unknown, tools: readonly Tool[], lost: LostFields): ToolChoice | undefined {
	if (choice === undefined || choice === null) return undefined;
	const word = words.get(choice);
	if (word !== undefined) return word;
	if (typeof choice === "string") throw new Malformed(`${path} must be “auto”, “none”, “required” or an object.`);
	return Fields.read(choice, path, lost, (fields) => {
		const type = fields.text("type") ?? fields.wrong("type", "a string");
		if (type === "allowed_tools") return readAllowed(fields, tools, lost);
		const named = readNamed(fields, type);
		if (named === null) throw new Untranslatable(`${path} asks for “${type}”, a tool of one kind of account alone.`);
		return { kind: "named", tool: named };
	});
}

/** Hosted tools among the allowed ones are lost, as they are in `tools`. */
function readAllowed(fields: Fields, tools: readonly Tool[], lost: LostFields): ToolChoice {
	const mode = fields.oneOf("mode", ["auto", "required"]) ?? "auto";
	const allowed = (fields.list("tools") ?? fields.wrong("tools", "a list")).flatMap((item, index) => {
		const type = isRecord(item) ? item["type"] : undefined;
		if (type === "namespace" && isRecord(item)) return inNamespace(tools, item["name"]);
		const isCallable = type === "function" || type === "custom";
		if (!isCallable) {
			lost.add(`${path}.tools[]${typeof type === "string" ? `.${type}` : ""}`);
			return [];
		}
		return Fields.read(item, `${path}.tools[${index}]`, lost, (inner) => readNamed(inner, type) ?? []);
	});
	if (allowed.length > 0) return { kind: "allowed", mode, tools: allowed };
	if (mode === "required") throw new Untranslatable(`${path} allows tools of one kind of account alone.`);
	return { kind: "none" };
}

function readNamed(fields: Fields, type: string): ToolName | null {
	if (type !== "function" && type !== "custom") return null;
	fields.skip("type");
	const name = fields.text("name") ?? fields.wrong("name", "a string");
	const namespace = fields.text("namespace");
	return namespace === undefined ? { name } : { name, namespace };
}

function inNamespace(tools: readonly Tool[], namespace: unknown): readonly ToolName[] {
	return tools
		.filter((tool) => tool.kind !== "webSearch")
		.map(nameOf)
		.filter((tool) => tool.namespace === namespace);
}
