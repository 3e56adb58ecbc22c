import { fitCallId } from "../callIds.ts";
import type {
	AssistantPart,
	Conversation,
	MediaPart,
	RefusalPart,
	TextPart,
	ToolCallPart,
	ToolName,
	ToolResultPart,
	Turn,
	UserPart,
} from "../conversation.ts";
import { objectInput } from "../freeTools.ts";
import type { LossList } from "../losses.ts";
import type { ToolNames } from "../toolNames.ts";
import { documentNote, levelOf, writeMedia } from "./mediaParts.ts";
import type { ModelFamily } from "./modelFamily.ts";
import { SignedParts } from "./signedParts.ts";
import { ownGeminiSeal, withPlaceholder } from "./thoughtSeals.ts";
import { writeResult } from "./toolResults.ts";
import { inOrder, type TalkTurn } from "./turnOrder.ts";
import type { WireContent, WirePart } from "./wireParts.ts";

export interface WrittenTurns {
	readonly systemInstruction?: WireContent;
	readonly contents: readonly WireContent[];
}

/** What is the same for all turns. */
interface Manner {
	readonly names: ToolNames;
	readonly family: ModelFamily;
	readonly losses: LossList;
	/** By id: results are named as their calls. */
	readonly calls: ReadonlyMap<string, ToolCallPart>;
}

/** Writes `systemInstruction`, of the instructions at the beginning, and `contents`. */
export function writeTurns(
	{ turns }: Conversation,
	names: ToolNames,
	family: ModelFamily,
	losses: LossList,
): WrittenTurns {
	const manner: Manner = { names, family, losses, calls: callsOf(turns) };
	if (turns.some(({ parts }) => parts.some(isMarked))) losses.add("cacheMarks");
	const { instructions, talk } = inOrder(turns, family.hasInstructions);
	const texts = instructions.flatMap(({ text }) => textPart(text));
	const contents = talk.map((turn) => writeTurn(turn, manner));
	return {
		...(texts.length === 0 ? {} : { systemInstruction: { parts: texts } }),
		contents: contents.filter(({ parts }) => parts.length > 0),
	};
}

function isMarked(part: Turn["parts"][number]): boolean {
	return "cache" in part || (part.kind === "toolResult" && part.content.some((inner) => "cache" in inner));
}

function callsOf(turns: readonly Turn[]): Manner["calls"] {
	const talk = turns.filter((turn) => turn.role === "assistant");
	const calls = talk.flatMap(({ parts }) => parts).filter((part) => part.kind === "toolCall");
	return new Map(calls.map((call) => [call.id, call]));
}

function writeTurn(turn: TalkTurn, manner: Manner): WireContent {
	if (turn.role === "assistant") return { role: "model", parts: writeAssistant(turn.parts, manner) };
	const isResult = (part: UserPart): part is ToolResultPart => part.kind === "toolResult";
	const written = turn.parts.filter(isResult).map((result) => writeToolResult(result, manner));
	// The results themselves first: media that stand beside them must not part them.
	const responses = written.flatMap((parts) => parts.slice(0, 1));
	const media = written.flatMap((parts) => parts.slice(1));
	const rest = turn.parts.flatMap((part) => (part.kind === "toolResult" ? [] : writeShown(part, manner)));
	return { role: "user", parts: [...responses, ...media, ...rest] };
}

function writeToolResult(result: ToolResultPart, { calls, names, family }: Manner): readonly WirePart[] {
	const call: ToolName = calls.get(result.callId) ?? result;
	const { name } = names.toWire(toolName(call));
	return writeResult(result, fitCallId(result.callId), name, family.combines);
}

function writeAssistant(parts: readonly AssistantPart[], manner: Manner): WirePart[] {
	const signed = new SignedParts();
	for (const part of parts) {
		if (part.kind === "reasoning") {
			const seal = ownGeminiSeal(part.seal);
			if (seal === null) manner.losses.add("reasoningHistory");
			else signed.addThought(part.text, seal);
		} else if (part.kind === "toolCall") {
			const { name } = manner.names.toWire(toolName(part));
			signed.add({ functionCall: { id: fitCallId(part.id), name, args: objectInput(part.input) } });
		} else for (const written of writeShown(part, manner)) signed.add(written);
	}
	const all = signed.end();
	return manner.family.wantsSignatures ? withPlaceholder(all) : all;
}

function writeShown(part: TextPart | RefusalPart | MediaPart, { family, losses }: Manner): readonly WirePart[] {
	if (part.kind === "refusal") losses.add("refusalHistory", "text");
	if (part.kind === "text" && part.citations !== undefined) losses.add("citations");
	if (part.kind === "text" || part.kind === "refusal") return textPart(part.text);
	if (part.kind === "document" && part.cited === true) losses.add("citations");
	const note = part.kind === "document" ? documentNote(part) : null;
	if (note !== null) losses.add("documentContext", "text");
	const hasLevel = part.kind === "image" && part.detail !== undefined && levelOf(part.detail) !== null;
	if (hasLevel && !family.combines) losses.add("imageDetail");
	return [...(note === null ? [] : textPart(note)), writeMedia(part, family.combines)];
}

/** Empty texts are refused. */
function textPart(text: string): readonly WirePart[] {
	return text === "" ? [] : [{ text }];
}

function toolName({ name, namespace }: ToolName): ToolName {
	return namespace === undefined ? { name } : { name, namespace };
}
