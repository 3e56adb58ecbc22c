import type { Format } from "../accounts/account.ts";
import type { Conversation, DocumentPart, MediaPart, Tool, Turn } from "../formats/conversation.ts";
import { mediaTokens } from "./mediaTokens.ts";
import { sampleTexts } from "./textSample.ts";
import type { CountTokens } from "./tokenizerThread.ts";

/** Characters that are counted one by one; of longer texts a sample of as many stands for the whole. */
const countedCharacters = 500_000;

/** What models are given around each of these, roughly: role, names of fields, marks. */
const aroundTurn = 4;
const aroundTool = 8;
const aroundCall = 8;
const aroundReply = 3;

export type Modality = "text" | MediaPart["kind"];

/** Tokens by what they stand for; no entry is zero. */
export type TokenEstimate = ReadonlyMap<Modality, number>;

/** What has tokens. */
export interface Countable {
	readonly texts: readonly string[];
	readonly media: readonly MediaPart[];
	/** Tokens beside. */
	readonly around: number;
}

/** @param format whose rules media are counted by. */
export async function estimateTokens(
	{ texts, media, around }: Countable,
	format: Format,
	count: CountTokens,
): Promise<TokenEstimate> {
	const { pieces, share } = sampleTexts([...texts, ...media.flatMap(textOf)], countedCharacters);
	const words = pieces.length === 0 ? 0 : Math.round((await count(pieces)) / share);
	const estimate = new Map<Modality, number>();
	const add = (modality: Modality, tokens: number) => {
		if (tokens > 0) estimate.set(modality, (estimate.get(modality) ?? 0) + tokens);
	};
	add("text", words + around);
	for (const part of media) if (textOf(part).length === 0) add(part.kind, mediaTokens(part, format));
	return estimate;
}

export function totalOf(estimate: TokenEstimate): number {
	return [...estimate.values()].reduce((sum, tokens) => sum + tokens, 0);
}

/** All of a conversation that a model reads. */
export function countableOf({ turns, tools, output }: Conversation): Countable {
	const parts = turns.flatMap((turn): readonly Part[] => turn.parts).flatMap(withResult);
	const calls = parts.filter(({ kind }) => kind === "toolCall" || kind === "toolResult");
	return {
		texts: [
			...parts.flatMap(wordsOf),
			...tools.flatMap(toolWords),
			...(output?.kind === "schema" ? [JSON.stringify(output.schema)] : []),
		],
		media: parts.filter(isMedia),
		around: turns.length * aroundTurn + tools.length * aroundTool + calls.length * aroundCall + aroundReply,
	};
}

type Part = Turn["parts"][number];

function withResult(part: Part): readonly Part[] {
	return part.kind === "toolResult" ? [part, ...part.content] : [part];
}

function isMedia(part: Part): part is MediaPart {
	return "source" in part;
}

/** The words of the part itself, without what is within it. */
function wordsOf(part: Part): readonly string[] {
	switch (part.kind) {
		case "text":
		case "reasoning":
		case "refusal":
			return [part.text];
		case "toolCall":
			return [...wordsIf(part.namespace), part.name, part.input.text];
		case "toolResult":
			return [part.name];
		case "document":
			return [...wordsIf(part.name), ...wordsIf(part.context)];
		case "image":
		case "audio":
		case "video":
			return [];
	}
}

function toolWords(tool: Tool): readonly string[] {
	if (tool.kind === "webSearch") return [];
	const rules = tool.kind === "function" ? jsonIf(tool.parameters) : wordsIf(tool.grammar?.definition);
	return [...wordsIf(tool.namespace?.name), tool.name, ...wordsIf(tool.description), ...rules];
}

function wordsIf(text: string | undefined): readonly string[] {
	return text === undefined ? [] : [text];
}

function jsonIf(value: object | undefined): readonly string[] {
	return value === undefined ? [] : [JSON.stringify(value)];
}

/** Documents that are texts are counted as such. */
function textOf(part: MediaPart): readonly string[] {
	return part.kind === "document" ? documentText(part) : [];
}

function documentText({ source }: DocumentPart): readonly string[] {
	if (source.kind === "text") return [source.text];
	const isText = source.kind === "data" && source.mediaType.startsWith("text/");
	return isText ? [Buffer.from(source.data, "base64").toString()] : [];
}
