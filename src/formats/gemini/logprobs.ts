import type { LogprobsResult, LogprobsResultCandidate } from "@google/genai";
import { isRecord } from "../modelList.ts";
import type { TokenLogprob } from "../replyEvents.ts";

type JsonRecord = Readonly<Record<string, unknown>>;
type Alternative = NonNullable<TokenLogprob["top"]>[number];

/** Reads `logprobsResult`: the chosen tokens, and beside them a list of alternatives for each. */
export function readLogprobs(result: unknown): readonly TokenLogprob[] {
	if (!isRecord(result)) return [];
	const { chosenCandidates: chosen, topCandidates: top } = result;
	if (!Array.isArray(chosen)) return [];
	return chosen.filter(isRecord).map((candidate, place) => {
		const others: unknown = Array.isArray(top) ? top[place] : undefined;
		const list = isRecord(others) ? others["candidates"] : undefined;
		const alternatives = Array.isArray(list) ? { top: list.filter(isRecord).map(readToken) } : {};
		return { ...readToken(candidate), ...alternatives };
	});
}

/** @returns undefined where there are none. */
export function writeLogprobs(logprobs: readonly TokenLogprob[]): LogprobsResult | undefined {
	if (logprobs.length === 0) return undefined;
	const hasTop = logprobs.some(({ top }) => top !== undefined && top.length > 0);
	return {
		chosenCandidates: logprobs.map(writeToken),
		...(hasTop ? { topCandidates: logprobs.map(({ top = [] }) => ({ candidates: top.map(writeToken) })) } : {}),
	};
}

function readToken({ token, logProbability }: JsonRecord): Alternative {
	return {
		token: typeof token === "string" ? token : "",
		logprob: typeof logProbability === "number" ? logProbability : 0,
	};
}

function writeToken({ token, logprob }: Alternative): LogprobsResultCandidate {
	return { token, logProbability: logprob };
}
