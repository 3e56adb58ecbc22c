import type { Sampling } from "../conversation.ts";
import type { LossList } from "../losses.ts";
import { defaultMaxTokens, type ModelRules } from "./modelRules.ts";
import { smallestBudget, type Thinking } from "./thinking.ts";

/** The members that newer models refuse, and the SDK's types have lost. */
export interface WrittenSampling {
	readonly temperature?: number;
	readonly top_p?: number;
	readonly top_k?: number;
}

/** With thinking Anthropic takes `top_p` from here to 1. */
const leastTopP = 0.95;

export function writeSampling(
	sampling: Sampling,
	rules: ModelRules,
	thinking: Thinking,
	losses: LossList,
): WrittenSampling {
	if (sampling.seed !== undefined) losses.add("seed");
	if (sampling.presencePenalty) losses.add("presencePenalty");
	if (sampling.frequencyPenalty) losses.add("frequencyPenalty");
	const temperature = writeTemperature(sampling, rules, thinking, losses);
	const topP = writeTopP(sampling, rules, thinking, temperature, losses);
	const topK = rules.sampling === "none" || thinking.isOn ? undefined : sampling.topK;
	if (sampling.topK !== undefined && topK === undefined) losses.add("topK");
	return {
		...(temperature === undefined ? {} : { temperature }),
		...(topP === undefined ? {} : { top_p: topP }),
		...(topK === undefined ? {} : { top_k: topK }),
	};
}

/** Anthropic's run from 0 to 1, which is what goes without saying; with thinking there is no other. */
function writeTemperature(
	{ temperature, topP = 1 }: Sampling,
	rules: ModelRules,
	{ isOn }: Thinking,
	losses: LossList,
): number | undefined {
	if (temperature === undefined) return undefined;
	const cannot = rules.sampling === "none" || isOn;
	if (temperature === 1 && (cannot || (rules.sampling === "one" && topP !== 1))) return undefined;
	if (cannot) {
		losses.add("temperature");
		return undefined;
	}
	const fit = Math.min(1, Math.max(0, temperature));
	if (fit !== temperature) losses.add("temperature", String(fit));
	return fit;
}

function writeTopP(
	{ topP }: Sampling,
	rules: ModelRules,
	{ isOn }: Thinking,
	temperature: number | undefined,
	losses: LossList,
): number | undefined {
	if (topP === undefined) return undefined;
	const cannot = rules.sampling === "none" || (rules.sampling === "one" && temperature !== undefined);
	if (cannot) {
		if (topP !== 1) losses.add("topP");
		return undefined;
	}
	if (!isOn || topP >= leastTopP) return topP;
	losses.add("topP", String(leastTopP));
	return leastTopP;
}

export interface Limits {
	readonly maxTokens: number;
	/** Of thinking; less than `maxTokens`. */
	readonly budget: number;
}

/** What is left for the reply beside the thinking, where the client does not say more. */
const roomForReply = 8192;

/** `max_tokens` has to be said, and to leave room for a reply after the thinking. */
export function writeLimits(
	maxTokens: number | undefined,
	rules: ModelRules,
	{ budget }: Thinking,
	losses: LossList,
): Limits {
	const wanted = maxTokens === undefined ? null : Math.max(0, Math.round(maxTokens));
	const isTooSmall = wanted !== null && wanted <= budget && budget > 0;
	const room = wanted === null ? roomForReply : isTooSmall ? Math.min(roomForReply, Math.max(1, wanted)) : 1;
	const raised =
		wanted === null ? Math.max(defaultMaxTokens(rules), budget + room) : isTooSmall ? budget + room : wanted;
	const fit = Math.min(rules.longestReply, raised);
	if (maxTokens !== undefined && fit !== maxTokens) losses.add("maxTokens", String(fit));
	if (budget === 0 || budget + room <= fit) return { maxTokens: fit, budget };
	const smaller = Math.max(smallestBudget, fit - room);
	losses.add("reasoning", String(smaller));
	return { maxTokens: fit, budget: smaller };
}
