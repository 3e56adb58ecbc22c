import type { ChatCompletionTokenLogprob } from "openai/resources/chat/completions";
import { isRecord } from "../modelList.ts";
import type { FinishReason, TokenLogprob } from "../replyEvents.ts";
import type { WriterContext } from "../translation.ts";
import { finishReasons } from "./finishReasons.ts";

/** `function_call` is for clients that have asked with `functions`; they know nothing of `tool_calls`. */
export type CallStyle = "tools" | "functions";

export function callStyle({ body }: WriterContext): CallStyle {
	return isRecord(body) && Array.isArray(body["functions"]) && !Array.isArray(body["tools"]) ? "functions" : "tools";
}

export function replyId({ id }: WriterContext): string {
	return `chatcmpl-${id}`;
}

/** @param hasRefusal whether the client has been shown one: then it ends as OpenAI ends a refusal. */
export function finishWord(reason: FinishReason, style: CallStyle, hasRefusal: boolean) {
	if (reason === "refusal" && hasRefusal) return "stop";
	return reason === "toolCalls" && style === "functions" ? "function_call" : finishReasons[reason];
}

/** What a client is told of a refusal of which the reply itself says nothing; null where there is nothing to say. */
export function refusalWords(reason: FinishReason, detail: string | undefined, hasRefusal: boolean): string | null {
	return reason === "refusal" && !hasRefusal && detail !== undefined ? detail : null;
}

export function writeLogprobs(tokens: readonly TokenLogprob[]): ChatCompletionTokenLogprob[] {
	return tokens.map(({ top = [], ...token }) => ({ ...plainToken(token), top_logprobs: top.map(plainToken) }));
}

function plainToken({ token, logprob, bytes }: Omit<TokenLogprob, "top">) {
	return { token, logprob, bytes: bytes === undefined ? null : [...bytes] };
}

/** An image, as OpenRouter has it; OpenAI's own replies hold none. */
export interface ReplyImage {
	readonly type: "image_url";
	readonly image_url: { readonly url: string };
}
