import type { FunctionCallingConfigMode, FunctionDeclaration } from "@google/genai";
import type { Conversation, Tool, ToolChoice, ToolName } from "../conversation.ts";
import type { Fields } from "../fields.ts";
import { freeToolDescription, freeToolParameters } from "../freeTools.ts";
import type { LossList } from "../losses.ts";
import type { NameRules, ToolNames } from "../toolNames.ts";
import type { ModelFamily } from "./modelFamily.ts";
import { readSchema, writeSchema } from "./schema.ts";
import { said } from "./wireNames.ts";

type Mode = `${FunctionCallingConfigMode}`;
type Callable = Exclude<Tool, { kind: "webSearch" }>;
type WebSearch = Extract<Tool, { kind: "webSearch" }>;

/** Newer versions take 128 characters and colons, older ones 64 and none. */
export const nameRules: NameRules = {
	longest: 64,
	refused: /[^A-Za-z0-9_.-]/gu,
	beginsFreely: false,
	hasFreeTools: false,
	hasNamespaces: false,
};

/** Google's own search under its names, of which one is enough. */
const searches = ["googleSearch", "googleSearchRetrieval", "enterpriseWebSearch"] as const;

/** Reads one item of `tools`; tools of Google's own other than search are lost. */
export function readTools(fields: Fields): readonly Tool[] {
	const functions = fields.each("functionDeclarations", readFunction) ?? [];
	const search = searches.flatMap(
		(name): readonly WebSearch[] => fields.inside(name, (tool) => [readSearch(tool)]) ?? [],
	);
	return [...functions, ...search.slice(0, 1)];
}

/** Reads `toolConfig.functionCallingConfig`. */
export function readChoice(fields: Fields): ToolChoice | undefined {
	const mode = modeOf(fields);
	const names = fields.texts("allowedFunctionNames") ?? [];
	const tools = names.map((name): ToolName => ({ name }));
	const [first] = tools;
	if (mode === "NONE") return { kind: "none" };
	if (mode === "ANY") {
		if (first === undefined) return { kind: "required" };
		return tools.length === 1 ? { kind: "named", tool: first } : { kind: "allowed", mode: "required", tools };
	}
	if (first !== undefined) return { kind: "allowed", mode: "auto", tools };
	return mode === undefined ? undefined : { kind: "auto" };
}

/** @returns members of the request's body. */
export function writeTools(
	{ tools, toolChoice, parallelCalls }: Conversation,
	names: ToolNames,
	{ combines }: ModelFamily,
	losses: LossList,
): Readonly<Record<string, unknown>> {
	const functions = tools.filter((tool) => tool.kind !== "webSearch");
	const declarations = functions.map((tool, place) =>
		writeFunction(tool, names, isFirstInside(functions, place), losses),
	);
	const search = writeSearch(
		tools.find((tool) => tool.kind === "webSearch"),
		combines || declarations.length === 0,
		losses,
	);
	if (parallelCalls === false && declarations.length > 0) losses.add("parallelCalls");
	const isMixed = declarations.length > 0 && search.length > 0;
	const config = declarations.length > 0 ? writeChoice(toolChoice, names, isMixed) : null;
	if (config === null && toolChoice !== undefined && !["auto", "none"].includes(toolChoice.kind))
		losses.add("toolChoice");
	const all = [...(declarations.length === 0 ? [] : [{ functionDeclarations: declarations }]), ...search];
	const toolConfig = {
		...(config === null ? {} : { functionCallingConfig: config }),
		// Without it, functions beside Google's own tools are refused.
		...(isMixed ? { includeServerSideToolInvocations: true } : {}),
	};
	return {
		...(all.length === 0 ? {} : { tools: all }),
		...(Object.keys(toolConfig).length === 0 ? {} : { toolConfig }),
	};
}

function readFunction(fields: Fields): Tool {
	const name = fields.text("name") || fields.wrong("name", "there");
	const own = fields.record("parameters");
	// Whole JSON Schema; where both are there, it is the one that says more. Clients write types in upper case in either.
	const schema = fields.record("parametersJsonSchema") ?? own;
	const parameters = schema === undefined ? undefined : readSchema(schema);
	const behaviour = fields.text("behavior")?.toUpperCase();
	if (behaviour === "NON_BLOCKING") fields.lose("behavior");
	return { kind: "function", name, ...said({ description: fields.text("description") || undefined, parameters }) };
}

function readSearch(fields: Fields): WebSearch {
	return { kind: "webSearch", ...said({ blockedDomains: fields.texts("excludeDomains") }) };
}

function modeOf(fields: Fields): Exclude<Mode, "MODE_UNSPECIFIED"> | undefined {
	const told = fields.text("mode")?.toUpperCase();
	if (told === undefined || told === "" || told === "MODE_UNSPECIFIED") return undefined;
	if (told === "AUTO" || told === "ANY" || told === "NONE" || told === "VALIDATED") return told;
	return fields.wrong("mode", "“AUTO”, “ANY”, “NONE” or “VALIDATED”");
}

/** The description of a namespace goes with its first tool. */
function isFirstInside(tools: readonly Callable[], place: number): boolean {
	const space = tools[place]?.namespace?.name;
	return space !== undefined && tools.findIndex(({ namespace }) => namespace?.name === space) === place;
}

function writeFunction(
	tool: Callable,
	names: ToolNames,
	tellsNamespace: boolean,
	losses: LossList,
): FunctionDeclaration {
	const { name } = names.toWire(nameOf(tool));
	const isFree = tool.kind === "free";
	if (isFree && tool.grammar !== undefined) losses.add("grammar", "description");
	if (!isFree && tool.strict === true) losses.add("strict");
	if (!isFree && tool.cache !== undefined) losses.add("cacheMarks");
	const own = isFree ? freeToolDescription(tool) : (tool.description ?? "");
	const space = tellsNamespace ? (tool.namespace?.description ?? "") : "";
	const description = [space, own].filter((text) => text !== "").join("\n\n");
	const parameters = isFree ? freeToolParameters : tool.parameters;
	return {
		name,
		...(description === "" ? {} : { description }),
		...(parameters === undefined ? {} : { parametersJsonSchema: writeSchema(parameters) }),
	};
}

function nameOf({ name, namespace }: Callable): ToolName {
	return namespace === undefined ? { name } : { name, namespace: namespace.name };
}

function writeSearch(search: WebSearch | undefined, isTaken: boolean, losses: LossList): readonly object[] {
	if (search === undefined) return [];
	if (!isTaken) {
		losses.add("webSearch");
		return [];
	}
	const { kind: _, ...limits } = search;
	if (Object.values(limits).some((limit) => limit !== undefined)) losses.add("webSearch", "googleSearch");
	return [{ googleSearch: {} }];
}

/** @param isMixed with tools of Google's own, which ask for the mode `VALIDATED` in the place of `AUTO`. */
function writeChoice(choice: ToolChoice | undefined, names: ToolNames, isMixed: boolean): object | null {
	const wire = (tool: ToolName) => names.toWire(tool).name;
	const auto = isMixed ? "VALIDATED" : "AUTO";
	switch (choice?.kind) {
		case undefined:
			return isMixed ? { mode: auto } : null;
		case "auto":
			return { mode: auto };
		case "none":
			return { mode: "NONE" };
		case "required":
			return { mode: "ANY" };
		case "named":
			return { mode: "ANY", allowedFunctionNames: [wire(choice.tool)] };
		case "allowed":
			// Names are taken with these two modes only.
			return { mode: choice.mode === "required" ? "ANY" : "VALIDATED", allowedFunctionNames: choice.tools.map(wire) };
	}
}
