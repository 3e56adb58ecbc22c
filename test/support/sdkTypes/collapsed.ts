import type { Format } from "../../../src/accounts/account.ts";
import type { Message } from "./typeReading.ts";

/** Fields of which a table says one thing together with all that is inside: its row is called as the rule. */
export type Collapsed = Readonly<Partial<Record<Message, readonly string[]>>>;

const moderation = "moderation.*";
const whyMisaligned = "error.misalignment.*";

/** Tools that run at OpenAI, or that only its models know. */
const responsesTools = [
	"apply_patch",
	"code_interpreter",
	"computer",
	"computer_use_preview",
	"file_search",
	"image_generation",
	"local_shell",
	"mcp",
	"programmatic_tool_calling",
	"shell",
];
/** Their calls and what came of them. */
const responsesItems = [
	"apply_patch_call",
	"apply_patch_call_output",
	"code_interpreter_call",
	"computer_call",
	"computer_call_output",
	"file_search_call",
	"image_generation_call",
	"local_shell_call",
	"local_shell_call_output",
	"mcp_approval_request",
	"mcp_approval_response",
	"mcp_call",
	"mcp_list_tools",
	"program",
	"program_output",
	"shell_call",
	"shell_call_output",
	"web_search_call",
];

/** What a reply repeats of its request. */
const repeated = [
	"access_programs.*",
	"conversation.*",
	"image.*",
	"instructions.*",
	"prompt.*",
	"prompt_cache_options.*",
	"reasoning.*",
	"text.*",
	"tool_choice.*",
	"tools.*",
];

/** Tools that run at Anthropic, or that only its models know, and what came of them; the search of the web apart. */
const anthropicTools = [
	"bash",
	"browser_toolset",
	"code_execution",
	"computer_toolset",
	"memory",
	"text_editor",
	"web_fetch",
];
const anthropicResults = [
	"bash_code_execution_tool_result",
	"code_execution_tool_result",
	"container_upload",
	"server_tool_use",
	"text_editor_code_execution_tool_result",
	"tool_search_tool_result",
	"web_fetch_tool_result",
	"web_search_tool_result",
];

const geminiParts = [
	"audioTranscription",
	"codeExecutionResult",
	"executableCode",
	"functionCall.partialArgs",
	"mediaResolution",
	"speechMetadata",
	"toolCall",
	"toolResponse",
	"videoMetadata",
];
const geminiTools = [
	"computerUse",
	"enterpriseWebSearch",
	"exaAiSearch",
	"fileSearch",
	"googleMaps",
	"googleSearchRetrieval",
	"mcpServers",
	"parallelAiSearch",
	"retrieval",
];
const geminiConfigs = [
	"audioTranscriptionConfig",
	"generationOutputConfig",
	"imageConfig",
	"modelSelectionConfig",
	"routingConfig",
	"speechConfig",
];

export const collapsed: Readonly<Record<Format, Collapsed>> = {
	openai: {
		request: [moderation, "audio.*"],
		reply: [moderation],
		stream: [moderation],
		errors: [whyMisaligned],
	},
	codex: {
		request: [
			moderation,
			"access_programs.*",
			"context_management.*",
			"image.*",
			"input[].caller.*",
			"input[type=*].tools.*",
			"input[type=configuration_update].*",
			"input[type=message].content[type=output_text].logprobs.*",
			"prompt.*",
			"tools[type=namespace].tools.*",
			...responsesTools.map((tool) => `tools[type=${tool}].*`),
			...["apply_patch", "file_search*", "programmatic_tool_calling", "shell"].map(
				(tool) => `tool_choice[type=${tool}].*`,
			),
			...responsesItems.map((item) => `input[type=${item}].*`),
		],
		reply: [
			moderation,
			whyMisaligned,
			"input_transformations.*",
			"output[].caller.*",
			"output[].tools.*",
			"prompt_cache_diagnostics.*",
			"tool_usage.*",
			...repeated,
			...responsesItems.map((item) => `output[type=${item}].*`),
		],
		stream: [
			"event[type=response.audio.*].*",
			"event[type=response.code_interpreter_call*].*",
			"event[type=response.file_search_call*].*",
			"event[type=response.image_generation_call*].*",
			"event[type=response.mcp_*].*",
			"event[type=response.shell_call_*].*",
			"event[type=response.web_search_call*].*",
			...responsesItems.map((item) => `event.item[type=${item}].*`),
		],
		errors: [whyMisaligned],
	},
	anthropic: {
		request: [
			"container.*",
			"messages[].content[type=tool_use].caller.*",
			"messages[].content[type=tool_result].content[type=browser_state].*",
			...anthropicTools.map((tool) => `tools[type=${tool}_*].*`),
			"tools[type=tool_search_tool_bm25*].*",
			"tools[type=tool_search_tool_regex*].*",
			...anthropicResults.map((block) => `messages[].content[type=${block}].*`),
		],
		reply: [
			"container.*",
			"content[type=tool_use].caller.*",
			"diagnostics.*",
			...anthropicResults.map((block) => `content[type=${block}].*`),
		],
		stream: [
			"event[type=message_delta].delta.container.*",
			...anthropicResults.map((block) => `event[type=content_block_start].content_block[type=${block}].*`),
		],
	},
	gemini: {
		request: [
			"modelArmorConfig.*",
			"safetySettings.*",
			"toolConfig.retrievalConfig.*",
			...geminiConfigs.map((config) => `generationConfig.${config}.*`),
			...geminiParts.map((part) => `contents[].parts[].${part}.*`),
			...geminiTools.map((tool) => `tools[].${tool}.*`),
		],
		reply: [
			"candidates[].citationMetadata.citations[].publicationDate.*",
			"candidates[].content.parts[].functionResponse.*",
			"candidates[].groundingMetadata.groundingChunks[].image.*",
			"candidates[].groundingMetadata.groundingChunks[].maps.*",
			"candidates[].groundingMetadata.groundingChunks[].retrievedContext.*",
			"candidates[].groundingMetadata.retrievalMetadata.*",
			"candidates[].groundingMetadata.searchEntryPoint.*",
			"candidates[].groundingMetadata.sourceFlaggingUris.*",
			"candidates[].safetyRatings.*",
			"candidates[].urlContextMetadata.*",
			"modelStatus.*",
			"promptFeedback.safetyRatings.*",
			...geminiParts.map((part) => `candidates[].content.parts[].${part}.*`),
		],
	},
};

/** The rule by which a field has no row of its own; null where it has one. */
export function collapsingRule(format: Format, message: Message, path: string): string | null {
	return collapsed[format][message]?.find((rule) => isInside(rule, path)) ?? null;
}

function isInside(rule: string, path: string): boolean {
	const place = rule
		.replace(/\.\*$/, "")
		.split("*")
		.map((text) => text.replace(/[.[\]]/g, "\\$&"))
		.join("[^\\]]*");
	return new RegExp(`^${place}(?:[.[].*)?$`).test(path);
}
