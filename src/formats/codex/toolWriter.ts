import type {
	FunctionTool,
	NamespaceTool,
	ToolChoiceAllowed,
	WebSearchTool,
} from "openai/resources/responses/responses";
import type { Tool, ToolChoice, ToolName } from "../conversation.ts";
import type { LossList } from "../losses.ts";
import type { ToolNames } from "../toolNames.ts";
import { strictSchema } from "./strictSchema.ts";
import { nameOf, type WebSearch } from "./tools.ts";
import { wireSchema } from "./wireSchema.ts";

type WireTool = FunctionTool | WireFreeTool | NamespaceTool | WebSearchTool;
type CallableTool = Exclude<Tool, WebSearch>;

interface WireFreeTool {
	readonly type: "custom";
	readonly name: string;
	readonly description?: string;
	readonly format?: { type: "grammar"; syntax: "lark" | "regex"; definition: string };
}

/** The tools of a namespace stand together, where the first of them stood. */
export function writeTools(tools: readonly Tool[], names: ToolNames, notes: LossList): readonly WireTool[] {
	const spaces = new Set<string>();
	return tools.flatMap((tool): readonly WireTool[] => {
		if (tool.kind === "webSearch") return [writeWebSearch(tool, notes)];
		if (tool.namespace === undefined) return [writeCallable(tool, names, notes)];
		const { name, description = "" } = tool.namespace;
		if (spaces.has(name)) return [];
		spaces.add(name);
		const inside = tools
			.filter((other) => other.kind !== "webSearch")
			.filter((other) => other.namespace?.name === name)
			.map((other) => writeCallable(other, names, notes));
		return [{ type: "namespace", name, description, tools: inside }];
	});
}

function writeCallable(tool: CallableTool, names: ToolNames, notes: LossList): FunctionTool | WireFreeTool {
	const { name } = names.toWire(nameOf(tool));
	const described = tool.description === undefined ? {} : { description: tool.description };
	if (tool.kind === "free") {
		const format = tool.grammar === undefined ? {} : { format: { type: "grammar" as const, ...tool.grammar } };
		return { type: "custom", name, ...described, ...format };
	}
	if (tool.cache !== undefined) notes.add("cacheMarks");
	const { schema, isLooser } = wireSchema(tool.parameters);
	if (isLooser) notes.add("schema", "a wider schema");
	const strict = tool.strict === true ? strictSchema(schema) : null;
	if (tool.strict === true && strict === null) notes.add("strict", "false");
	return { type: "function", name, ...described, parameters: { ...(strict ?? schema) }, strict: strict !== null };
}

function writeWebSearch(tool: WebSearch, notes: LossList): WebSearchTool {
	const { allowedDomains, blockedDomains, maxUses, contextSize, location } = tool;
	if (blockedDomains !== undefined && blockedDomains.length > 0) notes.add("webSearch", "without blocked domains");
	if (maxUses !== undefined) notes.add("webSearch", "without a limit");
	return {
		type: "web_search",
		...(allowedDomains === undefined ? {} : { filters: { allowed_domains: [...allowedDomains] } }),
		...(contextSize === undefined ? {} : { search_context_size: contextSize }),
		...(location === undefined ? {} : { user_location: { type: "approximate", ...location } }),
	};
}

interface NamedTool {
	readonly type: "function" | "custom";
	readonly name: string;
	readonly namespace?: string;
}
export type WireChoice = "auto" | "none" | "required" | NamedTool | ToolChoiceAllowed;

export function writeToolChoice(choice: ToolChoice, tools: readonly Tool[], names: ToolNames): WireChoice {
	const named = (name: ToolName): NamedTool => {
		const known = tools.find((tool) => tool.kind !== "webSearch" && isSame(nameOf(tool), name));
		return { type: known?.kind === "free" ? "custom" : "function", ...names.toWire(name) };
	};
	if (choice.kind === "named") return named(choice.tool);
	if (choice.kind !== "allowed") return choice.kind;
	const allowed = choice.tools.map((name) => ({ ...named(name) }));
	return { type: "allowed_tools", mode: choice.mode, tools: allowed };
}

function isSame(one: ToolName, other: ToolName): boolean {
	return one.name === other.name && one.namespace === other.namespace;
}
