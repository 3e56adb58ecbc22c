import type { OutputConfig, ThinkingConfigParam } from "@anthropic-ai/sdk/resources/messages";
import type { AssistantPart, Conversation, Effort, Reasoning, Turn } from "../conversation.ts";
import { budgetOf, effortOf, nearestEffort } from "../effort.ts";
import type { LossList } from "../losses.ts";
import type { ModelRules } from "./modelRules.ts";
import { ownBlock } from "./sealedBlocks.ts";

/** What a request says of thinking. */
export interface Thinking {
	readonly config?: ThinkingConfigParam;
	readonly effort?: NonNullable<OutputConfig["effort"]>;
	/** Whether it is on by the request's own word. */
	readonly isOn: boolean;
	/** 0 where it has none. */
	readonly budget: number;
}

type Display = "summarized" | "omitted";

const nothingSaid: Thinking = { isOn: false, budget: 0 };
/** Anthropic takes no less. */
export const smallestBudget = 1024;
/** Where a client leaves it to the model, and the model has to be told. */
const usualBudget = budgetOf({ amount: { kind: "effort", effort: "medium" } }) ?? smallestBudget;

/** @param isForced whether the reply has to be a call, with which no model thinks. */
export function planThinking(
	{ reasoning, turns }: Conversation,
	rules: ModelRules,
	isForced: boolean,
	losses: LossList,
): Thinking {
	const wanted = wantedThinking(reasoning, rules);
	if (wanted === "off") return switchedOff(rules, losses);
	if (isForced && (wanted !== "unsaid" || rules.thinksUnasked)) {
		if (wanted !== "unsaid") losses.add("reasoning", "off");
		return rules.off === "never" ? nothingSaid : switchedOff(rules, losses);
	}
	if (wanted === "unsaid") {
		if (reasoning?.shown !== undefined && reasoning.shown !== "no") losses.add("reasoningShown");
		return nothingSaid;
	}
	const display = writeDisplay(reasoning?.shown, rules, losses);
	switch (rules.thinking) {
		case "none":
			losses.add("reasoning");
			return nothingSaid;
		case "adaptive":
			return adaptive(reasoning, rules, display, losses);
		case "both":
			if (reasoning?.amount?.kind !== "budget") return adaptive(reasoning, rules, display, losses);
			if (isSigned(turns)) return budgeted(reasoning, display, losses);
			losses.add("reasoning", "adaptive");
			return adaptive(reasoning, rules, display, losses);
		case "budget":
			if (isSigned(turns)) return budgeted(reasoning, display, losses);
			losses.add("reasoning", "off");
			return switchedOff(rules, losses);
	}
}

function wantedThinking(reasoning: Reasoning | undefined, rules: ModelRules): "on" | "off" | "unsaid" {
	const amount = reasoning?.amount;
	if (amount === undefined) {
		// Who wants to see thinking has a model that thinks where nothing is said.
		const isShown = reasoning?.shown !== undefined && reasoning.shown !== "no";
		const canAdapt = rules.thinking === "both" || rules.thinking === "adaptive";
		return (isShown && canAdapt) || (reasoning?.shown === "no" && rules.thinksUnasked) ? "on" : "unsaid";
	}
	return effortOf(reasoning) === "none" ? "off" : "on";
}

function switchedOff({ off, efforts }: ModelRules, losses: LossList): Thinking {
	switch (off) {
		case "disabled":
			return { ...nothingSaid, config: { type: "disabled" } };
		case "unsaid":
			return nothingSaid;
		case "betweenTools":
			losses.add("reasoning", "between_tools");
			return { config: { type: "between_tools" }, isOn: true, budget: 0 };
		case "never": {
			const least = writtenEffort("low", efforts);
			losses.add("reasoning", least);
			return { effort: least, isOn: true, budget: 0 };
		}
	}
}

function adaptive(
	reasoning: Reasoning | undefined,
	{ efforts }: ModelRules,
	display: { readonly display?: Display },
	losses: LossList,
): Thinking {
	const on: Thinking = { config: { type: "adaptive", ...display }, isOn: true, budget: 0 };
	const wanted = effortOf(reasoning);
	if (wanted === null) return on;
	const effort = writtenEffort(wanted, efforts);
	if (reasoning?.amount?.kind === "budget" || effort !== wanted) losses.add("reasoning", effort);
	return { ...on, effort };
}

function writtenEffort(wanted: Effort, offered: readonly Effort[]): NonNullable<OutputConfig["effort"]> {
	const known = (["low", "medium", "high", "xhigh", "max"] as const).filter((effort) => offered.includes(effort));
	const [least = "low", ...others] = known;
	return nearestEffort(wanted, [least, ...others]);
}

function budgeted(
	reasoning: Reasoning | undefined,
	display: { readonly display?: Display },
	losses: LossList,
): Thinking {
	const wanted = budgetOf(reasoning);
	const budget = Math.max(smallestBudget, Math.round(wanted ?? usualBudget));
	if (budget !== wanted) losses.add("reasoning", String(budget));
	return { config: { type: "enabled", budget_tokens: budget, ...display }, isOn: true, budget };
}

function writeDisplay(
	shown: Reasoning["shown"],
	{ showsUnasked }: ModelRules,
	losses: LossList,
): { readonly display?: Display } {
	if (shown === undefined) return {};
	if (shown === "no") return { display: "omitted" };
	if (shown !== "auto") losses.add("reasoningShown", "summarized");
	return showsUnasked ? {} : { display: "summarized" };
}

/**
 * Whether the turns in which the model is at work may be followed by more thinking: with a budget, Anthropic asks for its
 * own thinking before their first call.
 */
function isSigned(turns: readonly Turn[]): boolean {
	const lastQuestion = turns.findLastIndex(
		({ role, parts }) => role === "user" && !parts.some(({ kind }) => kind === "toolResult"),
	);
	const work = turns.slice(lastQuestion + 1).filter(({ role }) => role === "assistant");
	const hasCalls = work.some(({ parts }) => parts.some(({ kind }) => kind === "toolCall"));
	if (!hasCalls) return true;
	// Thinking of others is left out.
	const [first] = work
		.flatMap((turn): readonly AssistantPart[] => (turn.role === "assistant" ? turn.parts : []))
		.filter((part) => part.kind !== "reasoning" || ownBlock(part.seal) !== null);
	return first?.kind === "reasoning";
}
