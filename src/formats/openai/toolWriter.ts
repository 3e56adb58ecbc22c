import type {
	ChatCompletionCreateParamsBase,
	ChatCompletionTool,
	ChatCompletionToolChoiceOption,
} from "openai/resources/chat/completions";
import type { Conversation, Tool, ToolName } from "../conversation.ts";
import { freeToolDescription, freeToolParameters } from "../freeTools.ts";
import { given } from "../given.ts";
import type { LossList } from "../losses.ts";
import type { NameRules, ToolNames } from "../toolNames.ts";
import type { ModelTraits } from "./modelTraits.ts";
import { fitsStrict, functionParameters } from "./schemas.ts";

type CallableTool = Exclude<Tool, { kind: "webSearch" }>;
type WrittenTools = Pick<
	ChatCompletionCreateParamsBase,
	"tools" | "tool_choice" | "parallel_tool_calls" | "web_search_options"
>;

export function nameRules({ takesFreeTools }: ModelTraits): NameRules {
	return {
		longest: 64,
		refused: /[^a-zA-Z0-9_-]/gu,
		beginsFreely: true,
		hasFreeTools: takesFreeTools,
		hasNamespaces: false,
	};
}

/** Everything about tools; nothing at all where there are none, because choices without tools are refused. */
export function writeTools(
	{ tools, toolChoice, parallelCalls }: Pick<Conversation, "tools" | "toolChoice" | "parallelCalls">,
	names: ToolNames,
	traits: ModelTraits,
	losses: LossList,
): WrittenTools {
	const callable = tools.filter((tool) => tool.kind !== "webSearch");
	const search = webSearch(tools, traits, losses);
	if (callable.length === 0) {
		if (toolChoice !== undefined && toolChoice.kind !== "auto" && toolChoice.kind !== "none") losses.add("toolChoice");
		return search;
	}
	const isAllowed = (tool: CallableTool) =>
		traits.isOpenai ||
		toolChoice?.kind !== "allowed" ||
		toolChoice.tools.some((allowed) => isSame(allowed, toolName(tool)));
	const offered = callable.filter(isAllowed);
	const withCalls = parallelCalls === undefined ? undefined : parallel(parallelCalls, traits, losses);
	if (offered.length === 0) {
		losses.add("toolChoice");
		return search;
	}
	return {
		tools: offered.map((tool, place) => writeTool(described(tool, offered[place - 1]), names, traits, losses)),
		...given({ tool_choice: choice(toolChoice, callable, names, traits, losses), parallel_tool_calls: withCalls }),
		...search,
	};
}

/** There are no namespaces: what one is about is said by its first tool. */
function described(tool: CallableTool, before: CallableTool | undefined): CallableTool {
	const { namespace, description } = tool;
	if (namespace?.description === undefined || before?.namespace?.name === namespace.name) return tool;
	return { ...tool, description: [namespace.description, description].filter(Boolean).join("\n\n") };
}

function writeTool(tool: CallableTool, names: ToolNames, traits: ModelTraits, losses: LossList): ChatCompletionTool {
	const { name } = names.toWire(toolName(tool));
	if (tool.kind === "free") {
		if (traits.takesFreeTools) return customTool(tool, name);
		if (tool.grammar !== undefined) losses.add("grammar", "description");
		return {
			type: "function",
			function: { name, description: freeToolDescription(tool), parameters: { ...freeToolParameters } },
		};
	}
	if (tool.cache !== undefined) losses.add("cacheMarks");
	const { parameters, sentAs } = functionParameters(tool.parameters, traits.isOpenai);
	if (sentAs !== undefined) losses.add("schema", sentAs);
	const isStrict = tool.strict === true && fitsStrict(parameters);
	if (tool.strict === true && !isStrict) losses.add("strict");
	const { description } = tool;
	// False is the rule; only OpenAI is sure to know the word.
	const strict = isStrict ? true : tool.strict === false && traits.isOpenai ? false : undefined;
	return { type: "function", function: { name, parameters, ...given({ description, strict }) } };
}

function customTool({ description, grammar }: Extract<Tool, { kind: "free" }>, name: string): ChatCompletionTool {
	const { syntax, definition } = grammar ?? {};
	const format =
		syntax === undefined || definition === undefined
			? undefined
			: { type: "grammar" as const, grammar: { syntax, definition } };
	return { type: "custom", custom: { name, ...given({ description, format }) } };
}

function choice(
	toolChoice: Conversation["toolChoice"],
	callable: readonly CallableTool[],
	names: ToolNames,
	traits: ModelTraits,
	losses: LossList,
): ChatCompletionToolChoiceOption | undefined {
	if (toolChoice === undefined) return undefined;
	const written = (tool: ToolName) => {
		const { name } = names.toWire(tool);
		const isFree = callable.some((known) => known.kind === "free" && isSame(toolName(known), tool));
		return isFree && traits.takesFreeTools
			? { type: "custom" as const, custom: { name } }
			: { type: "function" as const, function: { name } };
	};
	if (toolChoice.kind === "named") return written(toolChoice.tool);
	if (toolChoice.kind !== "allowed") return toolChoice.kind;
	const { mode, tools } = toolChoice;
	if (traits.isOpenai) return { type: "allowed_tools", allowed_tools: { mode, tools: tools.map(written) } };
	// It comes to the same for the model: the others are not offered.
	losses.add("toolChoice", "the allowed tools alone");
	return mode;
}

function parallel(wanted: boolean, { takesParallelCalls }: ModelTraits, losses: LossList): boolean | undefined {
	if (takesParallelCalls) return wanted;
	if (!wanted) losses.add("parallelCalls");
	return undefined;
}

function webSearch(tools: readonly Tool[], { searchesWeb }: ModelTraits, losses: LossList): WrittenTools {
	const search = tools.find((tool) => tool.kind === "webSearch");
	if (search === undefined) return {};
	const { contextSize, location, allowedDomains, blockedDomains, maxUses } = search;
	if (!searchesWeb) {
		losses.add("webSearch");
		return {};
	}
	const isNarrowed = allowedDomains ?? blockedDomains ?? maxUses;
	if (isNarrowed !== undefined) losses.add("webSearch", "a search without limits");
	const place = location === undefined ? undefined : { type: "approximate" as const, approximate: { ...location } };
	return { web_search_options: given({ search_context_size: contextSize, user_location: place }) };
}

function toolName({ name, namespace }: CallableTool): ToolName {
	return namespace === undefined ? { name } : { name, namespace: namespace.name };
}

function isSame(one: ToolName, other: ToolName): boolean {
	return one.name === other.name && one.namespace === other.namespace;
}
