import type { MessageDeltaUsage, Usage } from "@anthropic-ai/sdk/resources/messages";
import { isRecord } from "../modelList.ts";
import type { ReplyUsage } from "../replyEvents.ts";
import { count, sum } from "../usageFields.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * The tokens that a message or a `message_delta` tells, with what was told before: later counts are sums so far and take the
 * place of earlier ones. Where the input is told again without its cached parts, the larger of the two is the whole.
 * @returns `known` itself where nothing is told.
 */
export function foldReplyUsage(known: ReplyUsage | null, usage: unknown): ReplyUsage | null {
	if (!isRecord(usage)) return known;
	const cached = count(usage["cache_read_input_tokens"]);
	const cacheWritten = count(usage["cache_creation_input_tokens"]) ?? writtenByLifetime(usage);
	const input = sum(usage["input_tokens"], cached, cacheWritten);
	const details = usage["output_tokens_details"];
	const told = {
		// No prompt has zero tokens: relays that do not count send zeros.
		input: (cached ?? cacheWritten) === null ? largest(input, known?.input ?? null) : input,
		output: count(usage["output_tokens"]),
		cached,
		cacheWritten,
		reasoning: isRecord(details) ? count(details["thinking_tokens"]) : null,
	};
	if (!Object.values(told).some((value) => value !== null)) return known;
	return {
		input: told.input || (known?.input ?? null),
		output: told.output ?? known?.output ?? null,
		cached: told.cached ?? known?.cached ?? null,
		cacheWritten: told.cacheWritten ?? known?.cacheWritten ?? null,
		reasoning: told.reasoning ?? known?.reasoning ?? null,
	};
}

function largest(one: number | null, other: number | null): number | null {
	return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

function writtenByLifetime({ cache_creation: written }: Json): number | null {
	if (!isRecord(written)) return null;
	return sum(written["ephemeral_5m_input_tokens"], written["ephemeral_1h_input_tokens"]);
}

/** As a `message_delta` tells them: Anthropic's input is what neither came from a cache nor went into it. */
export function deltaUsage(usage: ReplyUsage | null): MessageDeltaUsage {
	const { input, output, cached, cacheWritten, reasoning } = usage ?? nothing;
	return {
		input_tokens: Math.max(0, (input ?? 0) - (cached ?? 0) - (cacheWritten ?? 0)),
		cache_creation_input_tokens: cacheWritten ?? 0,
		cache_read_input_tokens: cached ?? 0,
		output_tokens: output ?? 0,
		output_tokens_details: reasoning === null ? null : { thinking_tokens: reasoning },
		server_tool_use: null,
	};
}

/** As a message tells them. */
export function messageUsage(usage: ReplyUsage | null): Usage {
	const told = deltaUsage(usage);
	return {
		...told,
		input_tokens: told.input_tokens ?? 0,
		cache_creation: null,
		inference_geo: null,
		service_tier: null,
		speed: null,
	};
}

const nothing: ReplyUsage = { input: null, output: null, cached: null, cacheWritten: null, reasoning: null };
