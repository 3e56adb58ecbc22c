import type {
	ChatCompletionAssistantMessageParam,
	ChatCompletionContentPart,
	ChatCompletionMessageParam,
	ChatCompletionMessageToolCall,
} from "openai/resources/chat/completions";
import { fitCallId } from "../callIds.ts";
import type {
	AssistantPart,
	MediaPart,
	TextPart,
	ToolCallPart,
	ToolResultPart,
	Turn,
	UserPart,
} from "../conversation.ts";
import { jsonInput } from "../freeTools.ts";
import type { LossList } from "../losses.ts";
import type { ToolNames } from "../toolNames.ts";
import { joinedContent, joinTexts, textContent, writeContent } from "./contentWriter.ts";
import type { ModelTraits } from "./modelTraits.ts";
import { joinReasoning, type OpenaiSeal, openaiSeal } from "./reasoningWriter.ts";

/** What turns are written with. */
export interface TurnContext {
	readonly names: ToolNames;
	readonly traits: ModelTraits;
	readonly losses: LossList;
}

type Message = ChatCompletionMessageParam;
type Content = ChatCompletionContentPart;
type AssistantMessage = ChatCompletionAssistantMessageParam;
type OtherTurn = Exclude<Turn, { role: "assistant" }>;

/** What the assistant says in one go, and everything until it speaks again. */
interface Stretch {
	readonly said: AssistantPart[];
	readonly after: OtherTurn[];
}

/** Results have to come right after their calls, and turns of the assistant or the system that follow each other become one. */
export function writeTurns(turns: readonly Turn[], context: TurnContext): readonly Message[] {
	const placed = context.traits.isOpenai ? turns : systemFirst(turns);
	return stretches(placed).flatMap(({ said, after }) => [
		...writeAssistant(said, context),
		...writeResults(after.flatMap(results), context),
		...shownMedia(said, context),
		...joinedSystem(after).flatMap((turn) => writeOther(turn, context)),
	]);
}

/**
 * Many models of other makers refuse what the system says later, and the request with it: it becomes words of the user, marked,
 * and part of a turn of the user's beside it, because some refuse two of those in a row as well.
 */
function systemFirst(turns: readonly Turn[]): readonly Turn[] {
	const start = turns.findIndex(({ role }) => role !== "system");
	const placed: Turn[] = start < 0 ? [...turns] : turns.slice(0, start);
	/** Of the last turn, where it is the user's. */
	let asked: UserPart[] | null = null;
	let wasSystem = false;
	for (const turn of turns.slice(placed.length)) {
		const isSystem = turn.role === "system";
		if (turn.role === "assistant") {
			asked = null;
			placed.push(turn);
		} else {
			if (asked === null || !(isSystem || wasSystem)) {
				asked = [];
				placed.push({ role: "user", parts: asked });
			}
			if (turn.role === "system") asked.push(marked(turn.parts));
			else for (const part of turn.parts) asked.push(part);
		}
		wasSystem = isSystem;
	}
	return placed;
}

function marked(parts: readonly TextPart[]): TextPart {
	const text = `<system>\n${joinTexts(parts.map((part) => part.text))}\n</system>`;
	const cache = parts.findLast((part) => part.cache !== undefined)?.cache;
	return { kind: "text", text, ...(cache === undefined ? {} : { cache }) };
}

function stretches(turns: readonly Turn[]): readonly Stretch[] {
	const all: Stretch[] = [{ said: [], after: [] }];
	for (const turn of turns) {
		let last = all.at(-1);
		if (last === undefined || (turn.role === "assistant" && last.after.length > 0)) {
			last = { said: [], after: [] };
			all.push(last);
		}
		if (turn.role !== "assistant") last.after.push(turn);
		else for (const part of turn.parts) last.said.push(part);
	}
	return all;
}

function results(turn: OtherTurn): readonly ToolResultPart[] {
	return turn.role === "user" ? turn.parts.filter((part) => part.kind === "toolResult") : [];
}

function joinedSystem(turns: readonly OtherTurn[]): readonly OtherTurn[] {
	const joined: OtherTurn[] = [];
	let told: TextPart[] | null = null;
	for (const turn of turns) {
		if (turn.role !== "system") {
			told = null;
			joined.push(turn);
			continue;
		}
		if (told === null) {
			told = [];
			joined.push({ role: "system", parts: told });
		}
		for (const part of turn.parts) told.push(part);
	}
	return joined;
}

function writeOther(turn: OtherTurn, { losses }: TurnContext): readonly Message[] {
	if (turn.role === "system") {
		const parts = turn.parts.map((part) => writeContent(part, losses));
		const texts = parts.filter((part) => part.type === "text").map(({ text }) => text);
		return texts.length === 0 ? [] : [{ role: "system", content: joinTexts(texts) }];
	}
	const parts = turn.parts.filter((part) => part.kind !== "toolResult").map((part) => writeContent(part, losses));
	return parts.length === 0 ? [] : [{ role: "user", content: joinedContent(parts) }];
}

/** A tool's message holds text alone: what else there is follows in a message of the user's. */
function writeResults(parts: readonly ToolResultPart[], context: TurnContext): readonly Message[] {
	const media = parts.flatMap((part) => resultMedia(part, context));
	return [
		...parts.map((part): Message => writeResult(part, context)),
		...(media.length === 0 ? [] : [{ role: "user" as const, content: media }]),
	];
}

function writeResult({ callId, content, isError, cache }: ToolResultPart, { losses }: TurnContext): Message {
	if (cache !== undefined) losses.add("cacheMarks");
	const texts = content.filter((part) => part.kind === "text").map((part) => wordsOf(part, losses));
	const isElsewhere = content.some((part) => part.kind !== "text");
	if (isError === true) losses.add("toolResultError", "text");
	const words = [
		...(isError === true ? ["The tool reported an error."] : []),
		...texts,
		...(isElsewhere ? ["The rest of this result follows in the next message."] : []),
	];
	return { role: "tool", tool_call_id: fitCallId(callId), content: joinTexts(words) };
}

function wordsOf({ text, cache }: TextPart, losses: LossList): string {
	if (cache !== undefined) losses.add("cacheMarks");
	return text;
}

function resultMedia({ callId, name, content }: ToolResultPart, { losses }: TurnContext): readonly Content[] {
	const media = content.filter((part): part is MediaPart => part.kind !== "text");
	if (media.length === 0) return [];
	const head = textContent(`From the result of the call ${fitCallId(callId)} of the tool “${name}”:`);
	return [head, ...media.map((part) => writeContent(part, losses))];
}

/** The assistant's own messages hold no media either. */
function shownMedia(said: readonly AssistantPart[], { losses }: TurnContext): readonly Message[] {
	const media = said.filter(isMedia);
	if (media.length === 0) return [];
	const head = textContent("From the assistant's last message:");
	return [{ role: "user", content: [head, ...media.map((part) => writeContent(part, losses))] }];
}

function isMedia(part: AssistantPart): part is MediaPart {
	return part.kind === "image" || part.kind === "document" || part.kind === "audio" || part.kind === "video";
}

function writeAssistant(parts: readonly AssistantPart[], context: TurnContext): readonly Message[] {
	const { traits, losses } = context;
	const seals: OpenaiSeal[] = [];
	const calls: ChatCompletionMessageToolCall[] = [];
	let forNextCall: OpenaiSeal["call"] = {};
	for (const part of parts) {
		if (part.kind === "reasoning") {
			const own = openaiSeal(part);
			if (own === null) losses.add("reasoningHistory");
			else seals.push(own);
			forNextCall = { ...forNextCall, ...own?.call };
		} else if (part.kind === "toolCall") {
			if (part.cache !== undefined) losses.add("cacheMarks");
			calls.push({ ...writeCall(part, context), ...forNextCall });
			forNextCall = {};
		}
	}
	const { text, refusal } = spoken(parts, context);
	const reasoning = joinReasoning(seals);
	if (text === "" && refusal === "" && calls.length === 0 && Object.keys(reasoning).length === 0) return [];
	// DeepSeek and Kimi ask for it in each message, also in those of another account; a blank is enough for both.
	const blank = traits.wantsReasoningBack ? { reasoning_content: " " } : {};
	return [
		{
			role: "assistant",
			content: writeSaid(text, refusal, calls.length > 0),
			...(calls.length === 0 ? {} : { tool_calls: calls }),
			...blank,
			...reasoning,
		},
	];
}

/** Only OpenAI is sure to know a refusal when it sees one. */
function spoken(parts: readonly AssistantPart[], { traits, losses }: TurnContext) {
	const refused = parts.filter((part) => part.kind === "refusal").map(({ text }) => text);
	const text = saidText(parts, losses);
	if (refused.length === 0 || traits.isOpenai) return { text, refusal: refused.join("") };
	losses.add("refusalHistory", "text");
	return { text: joinTexts([text, ...refused].filter((words) => words !== "")), refusal: "" };
}

/** Texts side by side are one text in pieces; what stands between others sets them apart. */
function saidText(parts: readonly AssistantPart[], losses: LossList): string {
	let text = "";
	let before: AssistantPart | undefined;
	for (const part of parts) {
		if (part.kind === "text") {
			if (part.citations !== undefined) losses.add("citations");
			const isApart = text !== "" && before?.kind !== "text";
			text += `${isApart ? "\n\n" : ""}${wordsOf(part, losses)}`;
		}
		before = part;
	}
	return text;
}

function writeSaid(text: string, refusal: string, hasCalls: boolean): NonNullable<AssistantMessage["content"]> | null {
	if (refusal === "") return text === "" && hasCalls ? null : text;
	return [...(text === "" ? [] : [textContent(text)]), { type: "refusal", refusal }];
}

function writeCall(part: ToolCallPart, { names, traits }: TurnContext): ChatCompletionMessageToolCall {
	const id = fitCallId(part.id);
	const { name } = names.toWire(part);
	if (part.input.kind === "free" && traits.takesFreeTools) {
		return { id, type: "custom", custom: { name, input: part.input.text } };
	}
	return { id, type: "function", function: { name, arguments: jsonInput(part.input) } };
}
