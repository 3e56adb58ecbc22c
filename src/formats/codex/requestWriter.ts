import { createHash } from "node:crypto";
import type { Conversation } from "../conversation.ts";
import { LossList } from "../losses.ts";
import { type NameRules, ToolNames } from "../toolNames.ts";
import type { Feature, WriteTarget, WrittenRequest } from "../translation.ts";
import { effortRange } from "./effortRange.ts";
import { writeOutput } from "./outputWriter.ts";
import { writeReasoning } from "./reasoningWriter.ts";
import { writeToolChoice, writeTools } from "./toolWriter.ts";
import { writeTurns } from "./turnWriter.ts";

const nameRules: NameRules = {
	longest: 64,
	refused: /[^A-Za-z0-9_-]/gu,
	beginsFreely: true,
	hasFreeTools: true,
	hasNamespaces: true,
};

/** Characters of a key of the cache; longer ones are refused. */
const longestCacheKey = 64;

/** What the backend refuses, each with whether a conversation has it. */
const refused: readonly (readonly [Feature, (conversation: Conversation) => boolean])[] = [
	["maxTokens", ({ maxTokens }) => maxTokens !== undefined],
	["temperature", ({ sampling }) => sampling.temperature !== undefined],
	["topP", ({ sampling }) => sampling.topP !== undefined],
	["topK", ({ sampling }) => sampling.topK !== undefined],
	["seed", ({ sampling }) => sampling.seed !== undefined],
	["presencePenalty", ({ sampling }) => sampling.presencePenalty !== undefined],
	["frequencyPenalty", ({ sampling }) => sampling.frequencyPenalty !== undefined],
	["stop", ({ stop }) => stop.length > 0],
	["candidates", ({ candidates = 1 }) => candidates > 1],
	["logprobs", ({ logprobs }) => logprobs !== undefined],
	["metadata", ({ metadata }) => metadata !== undefined],
	["userId", ({ userId }) => userId !== undefined],
];

/**
 * A request that the Codex backend takes, and so do all others of the format: never kept, always streamed, its instructions
 * always there, nothing in it that the backend refuses.
 * @throws Untranslatable
 */
export function writeCodexRequest(conversation: Conversation, { model }: WriteTarget): WrittenRequest {
	const notes = new LossList();
	const names = new ToolNames(conversation, nameRules);
	for (const [feature, isThere] of refused) if (isThere(conversation)) notes.add(feature);
	const range = effortRange(model);
	const { instructions, input } = writeTurns(conversation, names, notes);
	const { text, instruction } = writeOutput(conversation, notes);
	const reasoning = writeReasoning(conversation.reasoning, range, notes);
	const { cacheKey, serviceTier } = conversation;
	const body = {
		model,
		instructions,
		input: instruction === undefined ? input : [...input, developerMessage(instruction)],
		...toolMembers(conversation, names, notes),
		store: false,
		stream: true,
		// What the model thought comes back with the next request, because nothing is kept.
		...(range === null ? {} : { include: ["reasoning.encrypted_content"] }),
		...(reasoning === undefined ? {} : { reasoning }),
		...(text === undefined ? {} : { text }),
		// The rule wherever nothing is said.
		...(serviceTier === undefined || serviceTier === "auto" ? {} : { service_tier: serviceTier }),
		...(cacheKey === undefined ? {} : { prompt_cache_key: fitCacheKey(cacheKey) }),
	};
	return {
		path: "/responses",
		query: "",
		headers: [["accept", "text/event-stream"]],
		body,
		streams: true,
		losses: notes.all,
		names,
	};
}

function toolMembers({ tools, toolChoice, parallelCalls }: Conversation, names: ToolNames, notes: LossList): object {
	if (tools.length === 0) {
		if (toolChoice !== undefined && toolChoice.kind !== "auto" && toolChoice.kind !== "none") notes.add("toolChoice");
		return {};
	}
	return {
		tools: writeTools(tools, names, notes),
		...(toolChoice === undefined ? {} : { tool_choice: writeToolChoice(toolChoice, tools, names) }),
		...(parallelCalls === undefined ? {} : { parallel_tool_calls: parallelCalls }),
	};
}

function developerMessage(text: string): object {
	return { type: "message", role: "developer", content: [{ type: "input_text", text }] };
}

/** Of one key always the same: it is compared, never read. */
function fitCacheKey(key: string): string {
	return key.length <= longestCacheKey ? key : createHash("sha256").update(key).digest("hex");
}
