import type { MessageCreateParamsBase, TextBlockParam } from "@anthropic-ai/sdk/resources/messages";
import type { Conversation, ServiceTier, Turn } from "../conversation.ts";
import { LossList } from "../losses.ts";
import { ToolNames } from "../toolNames.ts";
import type { WriteTarget, WrittenRequest } from "../translation.ts";
import { limitMarks, markEnds } from "./cacheMarks.ts";
import { rulesOf } from "./modelRules.ts";
import { writeOutput } from "./output.ts";
import { type WrittenSampling, writeLimits, writeSampling } from "./sampling.ts";
import { planThinking, type Thinking } from "./thinking.ts";
import { toolNameRules, writeTools } from "./tools.ts";
import { writeTurns } from "./turnWriter.ts";

type Body = MessageCreateParamsBase & WrittenSampling;

/** @throws Untranslatable */
export function writeRequest(conversation: Conversation, { model }: WriteTarget): WrittenRequest {
	const rules = rulesOf(model);
	const losses = new LossList();
	const names = new ToolNames(conversation, toolNameRules);
	const { tools, choice, forced, instruction: aboutTools } = writeTools(conversation, names, rules, losses);
	const thinking = planThinking(conversation, rules, forced, losses);
	const limits = writeLimits(conversation.maxTokens, rules, thinking, losses);
	const output = writeOutput(conversation.output, rules, losses);
	const mayPrefill = rules.prefill && !thinking.isOn && output.format === undefined;
	const turns = output.format === undefined ? conversation.turns : withoutCiting(conversation.turns, losses);
	const { system, messages } = writeTurns(turns, names, rules, mayPrefill, losses);
	system.push(...instructions(aboutTools, output.instruction));
	const isMarked = goesOn(conversation) && markEnds({ tools, system, messages });
	if (conversation.cacheKey !== undefined) losses.add("cacheKey", isMarked ? "cache_control" : undefined);
	limitMarks({ tools, system, messages }, losses);
	const { effort } = thinking;
	const { format } = output;
	const body: Body = {
		model,
		max_tokens: limits.maxTokens,
		...(system.length === 0 ? {} : { system }),
		messages,
		...(tools.length === 0 ? {} : { tools: [...tools] }),
		...(choice === undefined ? {} : { tool_choice: choice }),
		...thinkingConfig(thinking, limits.budget),
		...(effort === undefined && format === undefined
			? {}
			: { output_config: { ...(effort && { effort }), ...(format && { format }) } }),
		...writeSampling(conversation.sampling, rules, thinking, losses),
		...writeStop(conversation.stop, losses),
		...writeTier(conversation.serviceTier, losses),
		...(conversation.userId === undefined ? {} : { metadata: { user_id: conversation.userId } }),
		...(conversation.stream ? { stream: true } : {}),
	};
	loseRest(conversation, losses);
	const { stream } = conversation;
	return { path: "/messages", query: "", headers: [], body, streams: stream, losses: losses.all, names };
}

function instructions(...texts: readonly (string | null)[]): readonly TextBlockParam[] {
	return texts.flatMap((text) => (text === null ? [] : [{ type: "text" as const, text }]));
}

function thinkingConfig({ config }: Thinking, budget: number): Pick<Body, "thinking"> {
	if (config === undefined) return {};
	return { thinking: config.type === "enabled" ? { ...config, budget_tokens: budget } : config };
}

/** All other formats' accounts cache by themselves. A mark costs a little, and is worth it where another request will begin alike. */
function goesOn({ cacheKey, turns }: Conversation): boolean {
	return cacheKey !== undefined || turns.some(({ role }) => role === "assistant");
}

/** Anthropic refuses citations in replies that are held to a form. */
function withoutCiting(turns: readonly Turn[], losses: LossList): readonly Turn[] {
	return turns.map((turn) => {
		if (turn.role !== "user") return turn;
		const parts = turn.parts.map((part) => {
			if (part.kind !== "document" || !part.cited) return part;
			losses.add("citations");
			return { ...part, cited: false };
		});
		return { ...turn, parts };
	});
}

/** White space alone is refused. */
function writeStop(stop: readonly string[], losses: LossList): Pick<Body, "stop_sequences"> {
	const fit = stop.filter((sequence) => sequence.trim() !== "");
	if (fit.length < stop.length) losses.add("stop", fit.length === 0 ? undefined : `${fit.length} of ${stop.length}`);
	return fit.length === 0 ? {} : { stop_sequences: fit };
}

/** `auto` takes the quicker service where the account has it. */
const tiers: Readonly<Record<ServiceTier, "auto" | "standard_only">> = {
	auto: "auto",
	priority: "auto",
	default: "standard_only",
	flex: "standard_only",
};

function writeTier(tier: ServiceTier | undefined, losses: LossList): Pick<Body, "service_tier"> {
	if (tier === undefined) return {};
	if (tier === "flex" || tier === "priority") losses.add("serviceTier", tiers[tier]);
	return { service_tier: tiers[tier] };
}

function loseRest({ candidates = 1, logprobs, verbosity, metadata }: Conversation, losses: LossList): void {
	if (candidates > 1) losses.add("candidates", "1");
	if (logprobs !== undefined) losses.add("logprobs");
	if (verbosity !== undefined && verbosity !== "medium") losses.add("verbosity");
	if (metadata !== undefined) losses.add("metadata");
}
