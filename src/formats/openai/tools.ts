import type { Conversation, Tool, ToolChoice, ToolName } from "../conversation.ts";
import { Fields, type LostFields } from "../fields.ts";
import { given } from "../given.ts";
import { isRecord } from "../modelList.ts";
import { Untranslatable } from "../translation.ts";

type WebSearch = Extract<Tool, { kind: "webSearch" }>;

/** Everything about tools, with what came before `tools`: `functions` and `function_call`. */
export function readTools(
	fields: Fields,
	lost: LostFields,
): Pick<Conversation, "tools" | "toolChoice" | "parallelCalls"> {
	const functions = fields.each("functions", functionTool);
	const listed = readTool("tools", fields, lost);
	const search = fields.inside("web_search_options", webSearch);
	const tools = [...(functions ?? []), ...listed, ...(search === undefined ? [] : [search])];
	const toolChoice = readToolChoice(fields, lost) ?? functionCall(fields);
	// One message could hold one `function_call` only.
	const isOld = functions !== undefined && listed.length === 0;
	const parallelCalls = fields.boolean("parallel_tool_calls") ?? (isOld ? false : undefined);
	return { tools, ...given({ toolChoice, parallelCalls }) };
}

const toolReaders: Readonly<Record<string, (tool: Fields) => Tool>> = {
	function: (tool) => {
		tool.skip("type");
		const nested = tool.inside("function", functionTool);
		// Responses has its members in the tool itself, and so have clients that send one body to both.
		return nested ?? functionTool(tool);
	},
	custom: (tool) => {
		tool.skip("type");
		return tool.inside("custom", customTool) ?? customTool(tool);
	},
};

function readTool(name: string, fields: Fields, lost: LostFields): readonly Tool[] {
	return (fields.list(name) ?? []).flatMap((item, index) => {
		const type = isRecord(item) ? (item["type"] ?? "function") : "";
		const path = `${fields.at(name)}[${index}]`;
		const isSearch = typeof type === "string" && type.startsWith("web_search");
		const read = isSearch ? hostedSearch : toolReaders[String(type)];
		if (read !== undefined || !isRecord(item)) {
			return [Fields.read(item, path, lost, read ?? functionTool)];
		}
		// A tool of whoever makes the account; agents list such tools always.
		lost.add(`${fields.at(name)}[].${String(type)}`);
		return [];
	});
}

function functionTool(tool: Fields): Tool {
	return {
		kind: "function",
		name: tool.text("name") ?? tool.wrong("name", "the name of the function"),
		...given({
			description: tool.text("description"),
			parameters: tool.record("parameters"),
			strict: tool.boolean("strict"),
		}),
	};
}

function customTool(tool: Fields): Tool {
	const grammar = tool.inside("format", (format) => {
		const type = format.oneOf("type", ["text", "grammar"]);
		// Responses has the members of the grammar in the format itself.
		return type === "grammar" ? (format.inside("grammar", readGrammar) ?? readGrammar(format)) : undefined;
	});
	return {
		kind: "free",
		name: tool.text("name") ?? tool.wrong("name", "the name of the tool"),
		...given({ description: tool.text("description"), grammar }),
	};
}

function readGrammar(grammar: Fields) {
	return {
		syntax: grammar.oneOf("syntax", ["lark", "regex"]) ?? grammar.wrong("syntax", "“lark” or “regex”"),
		definition: grammar.text("definition") ?? grammar.wrong("definition", "the grammar"),
	};
}

function webSearch(options: Fields): WebSearch {
	const location = options.inside("user_location", (place) => {
		place.skip("type");
		return place.inside("approximate", readPlace) ?? readPlace(place);
	});
	const contextSize = options.oneOf("search_context_size", ["low", "medium", "high"]);
	return { kind: "webSearch", ...given({ contextSize, location }) };
}

/** The tool of the Responses API, which some clients send to both. */
function hostedSearch(tool: Fields): WebSearch {
	tool.skip("type");
	const allowedDomains = tool.inside("filters", (filters) => filters.texts("allowed_domains"));
	return { ...webSearch(tool), ...given({ allowedDomains }) };
}

function readPlace(place: Fields) {
	return given({
		city: place.text("city"),
		region: place.text("region"),
		country: place.text("country"),
		timezone: place.text("timezone"),
	});
}

/** `any` is Mistral's word. */
const choiceWords: Readonly<Record<string, ToolChoice>> = {
	auto: { kind: "auto" },
	none: { kind: "none" },
	required: { kind: "required" },
	any: { kind: "required" },
};

function readToolChoice(fields: Fields, lost: LostFields): ToolChoice | undefined {
	const choice = fields.take("tool_choice");
	if (choice === undefined) return undefined;
	if (typeof choice === "string") return choiceWords[choice] ?? fields.wrong("tool_choice", "a choice that is known");
	return fields.inside("tool_choice", (chosen) => {
		const type = chosen.text("type");
		if (type === "allowed_tools") {
			return chosen.inside("allowed_tools", (allowed) => readAllowed(allowed, lost)) ?? readAllowed(chosen, lost);
		}
		const word = type === undefined ? undefined : choiceWords[type];
		// As Anthropic has it, and clients that speak both ways.
		if (word !== undefined) return word;
		const tool = readName(chosen, type);
		if (tool !== null) return { kind: "named", tool };
		throw new Untranslatable(`tool_choice asks for the tool “${type}”, which accounts of other formats do not have.`);
	});
}

function readAllowed(allowed: Fields, lost: LostFields): ToolChoice {
	const mode = allowed.oneOf("mode", ["auto", "required"]) ?? "auto";
	const tools = (
		allowed.each("tools", (tool) => {
			const type = tool.text("type");
			const name = readName(tool, type);
			if (name === null) lost.add(`tool_choice.allowed_tools.tools[].${type}`);
			return name;
		}) ?? []
	).filter((name) => name !== null);
	return { kind: "allowed", mode, tools };
}

/** @returns null for a tool of whoever makes the account. */
function readName(chosen: Fields, type = "function"): ToolName | null {
	if (type !== "function" && type !== "custom") return null;
	const name = chosen.inside(type, (tool) => tool.text("name")) ?? chosen.text("name");
	return { name: name ?? chosen.wrong(type, "the tool's name") };
}

/** The older way. */
function functionCall(fields: Fields): ToolChoice | undefined {
	const choice = fields.take("function_call");
	if (choice === undefined) return undefined;
	if (typeof choice === "string") return choiceWords[choice] ?? fields.wrong("function_call", "“auto” or “none”");
	return fields.inside("function_call", (chosen) => ({
		kind: "named",
		tool: { name: chosen.text("name") ?? chosen.wrong("name", "the name of a function") },
	}));
}
