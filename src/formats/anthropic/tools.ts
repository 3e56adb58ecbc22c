import type {
	CacheControlEphemeral,
	ToolChoice as Choice,
	Tool as FunctionTool,
	WebSearchTool20250305,
} from "@anthropic-ai/sdk/resources/messages";
import type { CacheMark, Conversation, Tool, ToolChoice, ToolName } from "../conversation.ts";
import { freeToolDescription, freeToolParameters } from "../freeTools.ts";
import type { LossList } from "../losses.ts";
import type { NameRules, ToolNames } from "../toolNames.ts";
import type { ModelRules } from "./modelRules.ts";
import { strictSchema } from "./strictSchema.ts";
import { inputSchema } from "./toolSchema.ts";

export type WrittenTool = FunctionTool | WebSearchTool20250305;

export interface WrittenTools {
	readonly tools: readonly WrittenTool[];
	readonly choice?: Choice;
	/** Whether the reply has to be a call. */
	readonly forced: boolean;
	/** Said to the model where the account cannot be told otherwise. */
	readonly instruction: string | null;
}

/** `^[a-zA-Z0-9_-]{1,128}$` */
export const toolNameRules: NameRules = {
	longest: 128,
	refused: /[^a-zA-Z0-9_-]/gu,
	beginsFreely: true,
	hasFreeTools: false,
	hasNamespaces: false,
};

/** Hosted search has no other name. */
const searchName = "web_search";
/** Anthropic takes no more tools with `strict` in one request. */
const mostStrict = 20;

export function writeTools(
	conversation: Conversation,
	names: ToolNames,
	rules: ModelRules,
	losses: LossList,
): WrittenTools {
	const { toolChoice, parallelCalls } = conversation;
	const offered = offeredTools(conversation.tools, toolChoice, rules);
	const tools = writeList(offered, names, rules, losses);
	if (tools.length === 0) {
		if (toolChoice !== undefined && isForced(toolChoice)) losses.add("toolChoice");
		return { tools: toolsOfHistory(conversation, names), ...noChoice(conversation), forced: false, instruction: null };
	}
	const forced = toolChoice !== undefined && isForced(toolChoice);
	if (forced && !rules.forcesCalls) {
		losses.add("toolChoice", "auto");
		const instruction = "Answer with a call of one of the tools.";
		return { tools, choice: withParallel({ type: "auto" }, parallelCalls), forced: false, instruction };
	}
	const choice = toolChoice === undefined ? null : writeChoice(toolChoice, names);
	if (choice === null && parallelCalls === undefined) return { tools, forced, instruction: null };
	return { tools, choice: withParallel(choice ?? { type: "auto" }, parallelCalls), forced, instruction: null };
}

export function cacheControl(mark: CacheMark | undefined): { cache_control?: CacheControlEphemeral } {
	if (mark === undefined) return {};
	return { cache_control: { type: "ephemeral", ...(mark.lifetime === undefined ? {} : { ttl: mark.lifetime }) } };
}

function isForced(choice: ToolChoice): boolean {
	if (choice.kind === "allowed") return choice.mode === "required";
	return choice.kind === "required" || choice.kind === "named";
}

/** An allowed list has no other form than the list of tools itself. Nor has a name that cannot be forced. */
function offeredTools(
	tools: readonly Tool[],
	choice: ToolChoice | undefined,
	{ forcesCalls }: ModelRules,
): readonly Tool[] {
	const only =
		choice?.kind === "allowed" ? choice.tools : choice?.kind === "named" && !forcesCalls ? [choice.tool] : null;
	return only === null ? tools : tools.filter((tool) => only.some((name) => isCalled(tool, name)));
}

function isCalled(tool: Tool, { name, namespace }: ToolName): boolean {
	if (tool.kind === "webSearch") return name === searchName && namespace === undefined;
	return tool.name === name && tool.namespace?.name === namespace;
}

function writeChoice(choice: ToolChoice, names: ToolNames): Choice {
	switch (choice.kind) {
		case "named":
			return { type: "tool", name: names.toWire(choice.tool).name };
		case "required":
			return { type: "any" };
		case "allowed":
			return { type: choice.mode === "required" ? "any" : "auto" };
		default:
			return { type: choice.kind };
	}
}

function withParallel(choice: Choice, parallelCalls: boolean | undefined): Choice {
	if (parallelCalls === undefined || choice.type === "none") return choice;
	return { ...choice, disable_parallel_tool_use: !parallelCalls };
}

/** Anthropic wants the tools defined whose calls stand in the history, also where none may be called any more. */
function toolsOfHistory({ turns }: Conversation, names: ToolNames): readonly WrittenTool[] {
	const called = turns.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === "toolCall" ? [part] : [])));
	const wire = new Set(called.map((part) => names.toWire(part).name));
	return [...wire].map((name) => ({ name, input_schema: { type: "object" } }));
}

function noChoice({ turns }: Conversation): { readonly choice?: Choice } {
	const hasCalls = turns.some(({ parts }) => parts.some(({ kind }) => kind === "toolCall"));
	return hasCalls ? { choice: { type: "none" } } : {};
}

function writeList(
	tools: readonly Tool[],
	names: ToolNames,
	rules: ModelRules,
	losses: LossList,
): readonly WrittenTool[] {
	const strict = strictTools(tools, rules, losses);
	const functions = tools.flatMap((tool): readonly FunctionTool[] => {
		if (tool.kind === "webSearch") return [];
		const { name } = names.toWire({ name: tool.name, ...(tool.namespace && { namespace: tool.namespace.name }) });
		const description = descriptionOf(tool);
		const told = { name, ...(description === "" ? {} : { description }) };
		if (tool.kind === "free") {
			if (tool.grammar !== undefined) losses.add("grammar", "in words");
			return [{ ...told, input_schema: { ...freeToolParameters, type: "object" } }];
		}
		const { schema, isLooser } = inputSchema(tool.parameters);
		const held = strict.has(tool) ? strictSchema(schema) : null;
		if (isLooser || held?.isLooser) losses.add("schema", held?.isLooser ? "in words" : "one object");
		if (strict.has(tool) && held === null) losses.add("strict");
		return [
			{
				...told,
				input_schema: held === null ? schema : { ...held.schema, type: "object" },
				...(held === null ? {} : { strict: true }),
				...cacheControl(tool.cache),
			},
		];
	});
	const search = tools.find((tool) => tool.kind === "webSearch");
	if (search === undefined) return functions;
	if (functions.some(({ name }) => name === searchName)) {
		losses.add("webSearch");
		return functions;
	}
	return [...functions, writeSearch(search, losses)];
}

function strictTools(tools: readonly Tool[], { schemas }: ModelRules, losses: LossList): ReadonlySet<Tool> {
	const wanted = tools.filter((tool) => tool.kind === "function" && tool.strict);
	if (wanted.length === 0) return new Set();
	if (schemas === "yes" && wanted.length <= mostStrict) return new Set(wanted);
	losses.add("strict");
	return new Set();
}

function descriptionOf(tool: Exclude<Tool, { kind: "webSearch" }>): string {
	const own = tool.kind === "free" ? freeToolDescription(tool) : (tool.description ?? "");
	return [tool.namespace?.description ?? "", own].filter((text) => text !== "").join("\n\n");
}

function writeSearch(search: Extract<Tool, { kind: "webSearch" }>, losses: LossList): WebSearchTool20250305 {
	const { allowedDomains = [], blockedDomains = [], maxUses, contextSize, location } = search;
	if (contextSize !== undefined && contextSize !== "medium") losses.add("webSearch", "medium");
	if (allowedDomains.length > 0 && blockedDomains.length > 0) losses.add("webSearch", "allowed domains only");
	return {
		type: "web_search_20250305",
		name: searchName,
		...(allowedDomains.length > 0 ? { allowed_domains: [...allowedDomains] } : {}),
		...(blockedDomains.length > 0 && allowedDomains.length === 0 ? { blocked_domains: [...blockedDomains] } : {}),
		...(maxUses === undefined ? {} : { max_uses: maxUses }),
		...(location === undefined ? {} : { user_location: { type: "approximate", ...location } }),
	};
}
