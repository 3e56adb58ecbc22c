import type { ResponseOutputText } from "openai/resources/responses/responses";
import { isRecord } from "../modelList.ts";
import type { TokenLogprob } from "../replyEvents.ts";

/** @returns undefined where there are none. */
export function logprobsOf(list: unknown): readonly TokenLogprob[] | undefined {
	if (!Array.isArray(list) || list.length === 0) return undefined;
	return list.flatMap((entry) => {
		const known = readToken(entry);
		if (known === null || !isRecord(entry)) return [];
		const { top_logprobs: top } = entry;
		return [{ ...known, ...(Array.isArray(top) ? { top: top.flatMap((one) => readToken(one) ?? []) } : {}) }];
	});
}

function readToken(entry: unknown): Omit<TokenLogprob, "top"> | null {
	if (!isRecord(entry)) return null;
	const { token, logprob, bytes } = entry;
	if (typeof token !== "string" || typeof logprob !== "number") return null;
	const isBytes = Array.isArray(bytes) && bytes.every((byte) => typeof byte === "number");
	return { token, logprob, ...(isBytes ? { bytes } : {}) };
}

/** Clients count on the bytes, which are those of the token where nobody says otherwise. */
export function writeLogprob({ top = [], ...token }: TokenLogprob): ResponseOutputText.Logprob {
	return { ...writeToken(token), top_logprobs: top.map(writeToken) };
}

function writeToken({ token, logprob, bytes }: Omit<TokenLogprob, "top">): ResponseOutputText.Logprob.TopLogprob {
	return { token, logprob, bytes: [...(bytes ?? Buffer.from(token))] };
}
