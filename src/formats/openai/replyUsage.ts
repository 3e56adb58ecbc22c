import type { CompletionUsage } from "openai/resources/completions";
import { isRecord } from "../modelList.ts";
import type { ReplyUsage } from "../replyEvents.ts";
import { count } from "../usageFields.ts";
import { readOpenaiUsage } from "./usage.ts";

/** Of a chunk or a whole reply. Beside `usage`, Groq has it in `x_groq`, Moonshot in the choice. */
export function readReplyUsage(body: Readonly<Record<string, unknown>>): ReplyUsage | null {
	const choice: unknown = Array.isArray(body["choices"]) ? body["choices"][0] : null;
	const places = [body["usage"], memberOf(body["x_groq"], "usage"), memberOf(choice, "usage")];
	const usage = places.find(isRecord);
	if (usage === undefined) return null;
	const told = readOpenaiUsage({ usage });
	if (told === null) return null;
	const details = usage["prompt_tokens_details"];
	const cacheWritten = count(
		// LiteLLM's name for it.
		memberOf(details, "cache_write_tokens") ?? usage["cache_creation_input_tokens"],
	);
	return counted({ ...told, cacheWritten }, count(usage["total_tokens"]));
}

/**
 * Relays count otherwise, and the total tells how: what it has beyond input and output is reasoning that was left out of the
 * output (xAI, Google), or what was found in a cache or written into one, left out of the input (relays before Anthropic).
 */
function counted(usage: ReplyUsage, total: number | null): ReplyUsage {
	const { input, output, cached, reasoning, cacheWritten } = usage;
	const kept = (cached ?? 0) + (cacheWritten ?? 0);
	const beyond = total === null || input === null || output === null ? 0 : total - input - output;
	if (input !== null && kept > input) return { ...usage, input: input + kept };
	if (beyond <= 0 || input === null || output === null) return usage;
	if (beyond === kept) return { ...usage, input: input + kept };
	if (beyond === reasoning) return { ...usage, output: output + beyond };
	return reasoning ? usage : { ...usage, output: output + beyond, reasoning: beyond };
}

/** As OpenAI counts: the input with what was cached, the output with its reasoning. */
export function writeUsage({ input, output, cached, reasoning, cacheWritten }: ReplyUsage): CompletionUsage {
	const written = cacheWritten === null ? {} : { cache_write_tokens: cacheWritten };
	return {
		prompt_tokens: input ?? 0,
		completion_tokens: output ?? 0,
		total_tokens: (input ?? 0) + (output ?? 0),
		prompt_tokens_details: { cached_tokens: cached ?? 0, ...written },
		completion_tokens_details: { reasoning_tokens: reasoning ?? 0 },
	};
}

function memberOf(value: unknown, name: string): unknown {
	return isRecord(value) ? value[name] : undefined;
}
