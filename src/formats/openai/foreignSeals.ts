import { isRecord } from "../modelList.ts";
import { modelTraits } from "./modelTraits.ts";

/** Chat Completions has no field for a seal; but what accounts of other formats have thought is shown in a member of its own. */
export const foreignMarks: readonly string[] = ['"reasoning_content"'];

/**
 * OpenAI's own models never show what they think in this way, and refuse messages with members that OpenAI does not know. Other
 * makers' models have it of themselves, and want it back.
 */
export function withoutForeignSeals(body: unknown): unknown {
	if (!isRecord(body) || !Array.isArray(body["messages"])) return body;
	const { model, messages } = body;
	const isOpenai = typeof model === "string" && modelTraits(model).isOpenai;
	return isOpenai && messages.some(isThought) ? { ...body, messages: messages.map(unthought) } : body;
}

function isThought(message: unknown): boolean {
	return isRecord(message) && "reasoning_content" in message;
}

function unthought(message: unknown): unknown {
	if (!isRecord(message)) return message;
	const { reasoning_content: _, ...rest } = message;
	return rest;
}
