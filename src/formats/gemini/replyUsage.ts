import type { GenerateContentResponseUsageMetadata } from "@google/genai";
import type { Usage } from "../../bridge/protocol.ts";
import { isRecord } from "../modelList.ts";
import type { ReplyUsage } from "../replyEvents.ts";
import { readGeminiUsage } from "./usage.ts";
import { said } from "./wireNames.ts";

/** Reads `usageMetadata`; numbers may come as text. @returns null where it tells nothing. */
export function readUsage(metadata: unknown): Usage | null {
	if (!isRecord(metadata)) return null;
	const hasText = Object.values(metadata).some((value) => typeof value === "string");
	return readGeminiUsage({ usageMetadata: hasText ? inNumbers(metadata) : metadata });
}

function inNumbers(metadata: Readonly<Record<string, unknown>>): object {
	const counts = Object.entries(metadata).map(([name, value]) => {
		const isText = typeof value === "string" && /^\d+$/.test(value);
		return [name, isText ? Number(value) : value] as const;
	});
	return Object.fromEntries(counts);
}

/** Thoughts count beside the candidates; what a cache gave is part of the prompt. */
export function writeUsage({ input, output, cached, reasoning }: ReplyUsage): GenerateContentResponseUsageMetadata {
	const candidates = output === null ? null : Math.max(output - (reasoning ?? 0), 0);
	const isCounted = input !== null || output !== null;
	return said({
		promptTokenCount: input,
		cachedContentTokenCount: cached,
		candidatesTokenCount: candidates,
		thoughtsTokenCount: reasoning,
		totalTokenCount: isCounted ? (input ?? 0) + (output ?? 0) : null,
	});
}
