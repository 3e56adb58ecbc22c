import { isRecord } from "../modelList.ts";
import { openSeal } from "../seals.ts";
import { rulesOf } from "./modelRules.ts";
import { clientSeal, ownBlock, type SealedBlock } from "./sealedBlocks.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * A request that goes on directly, without what other makers have sealed, which Anthropic refuses. Where the turn at work has
 * lost its thinking by that, thinking with a budget is switched off too: Anthropic would ask for it.
 */
export function withoutForeignSeals(body: unknown): unknown {
	if (!isRecord(body) || !Array.isArray(body["messages"])) return body;
	const cleaned = body["messages"].map((message: unknown) => cleanMessage(message));
	const messages = cleaned.filter((message, place) => !hasNothing(message) || hasNothing(at(body["messages"], place)));
	const { thinking } = body;
	const lacks = isRecord(thinking) && thinking["type"] === "enabled" && lacksThinking(messages);
	return lacks ? withoutBudget({ ...body, messages }, thinking) : { ...body, messages };
}

function cleanMessage(message: unknown): unknown {
	if (!isRecord(message) || !Array.isArray(message["content"])) return message;
	return { ...message, content: message["content"].flatMap(cleanBlock) };
}

function cleanBlock(block: unknown): readonly unknown[] {
	if (!isRecord(block)) return [block];
	if (block["type"] === "text" && Array.isArray(block["citations"])) {
		const citations = block["citations"].filter((citation: unknown) => !isMadeHere(citation));
		return [{ ...block, citations: citations.length === 0 ? null : citations }];
	}
	const sealed = sealedBlock(block);
	if (sealed === null || openSeal(sealed.type === "thinking" ? sealed.signature : sealed.data) === null) return [block];
	const own = ownBlock(clientSeal(sealed));
	return own === null ? [] : [own];
}

/** A citation that was written for a source that is none of Anthropic's. */
function isMadeHere(citation: unknown): boolean {
	const index = isRecord(citation) ? citation["encrypted_index"] : undefined;
	return typeof index === "string" && openSeal(index) !== null;
}

function sealedBlock({ type, thinking, signature, data }: Json): SealedBlock | null {
	if (type === "thinking" && typeof signature === "string") {
		return { type, thinking: typeof thinking === "string" ? thinking : "", signature };
	}
	return type === "redacted_thinking" && typeof data === "string" ? { type, data } : null;
}

function at(list: unknown, place: number): unknown {
	return Array.isArray(list) ? list[place] : undefined;
}

function hasNothing(message: unknown): boolean {
	return isRecord(message) && Array.isArray(message["content"]) && message["content"].length === 0;
}

/** Whether a call since the last question stands in a turn that does not begin with thinking. */
function lacksThinking(messages: readonly unknown[]): boolean {
	const blocks = messages.map((message) => {
		const content = isRecord(message) ? message["content"] : null;
		return Array.isArray(content) ? content.filter(isRecord) : [];
	});
	const isOf = (message: unknown, role: string) => isRecord(message) && message["role"] === role;
	const holds = (place: number, type: string) => blocks[place]?.some((block) => block["type"] === type) ?? false;
	const lastQuestion = messages.findLastIndex(
		(message, place) => isOf(message, "user") && !holds(place, "tool_result"),
	);
	const work = messages.flatMap((message, place) =>
		place > lastQuestion && isOf(message, "assistant") ? (blocks[place] ?? []) : [],
	);
	const first = work[0]?.["type"];
	return work.some(({ type }) => type === "tool_use") && first !== "thinking" && first !== "redacted_thinking";
}

function withoutBudget(body: Json, thinking: Json): Json {
	const { model, context_management: management } = body;
	const { display } = thinking;
	if (typeof model === "string" && rulesOf(model).thinking !== "budget") {
		return { ...body, thinking: { type: "adaptive", ...(display === undefined ? {} : { display }) } };
	}
	const off = { ...body, thinking: { type: "disabled" } };
	if (!isRecord(management) || !Array.isArray(management["edits"])) return off;
	// Anthropic refuses to edit thinking that is off.
	const edits = management["edits"].filter(
		(edit: unknown) => !(isRecord(edit) && String(edit["type"]).startsWith("clear_thinking_")),
	);
	return { ...off, context_management: { ...management, edits } };
}
