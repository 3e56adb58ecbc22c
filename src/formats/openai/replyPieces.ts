import { readDataUrl } from "../dataUrl.ts";
import { isRecord } from "../modelList.ts";
import type { TokenLogprob } from "../replyEvents.ts";
import { thinkingText } from "./contentReader.ts";
import { detailsText } from "./reasoningDetails.ts";

type JsonRecord = Readonly<Record<string, unknown>>;

/** A piece of a reply, in the order in which those of one chunk are meant. */
export type ReplyPiece =
	| {
			readonly kind: "reasoning";
			readonly text: string;
			/** The member of the message that holds it; null where the content does. */
			readonly member: "reasoning_content" | "reasoning" | null;
			readonly details: readonly unknown[];
	  }
	| { readonly kind: "text" | "refusal"; readonly text: string; readonly logprobs: readonly TokenLogprob[] }
	| { readonly kind: "image"; readonly mediaType: string; readonly data: string }
	| { readonly kind: "call"; readonly call: CallDelta };

export interface CallDelta {
	/** Null where the relay tells none. */
	readonly index: number | null;
	readonly id: string | null;
	readonly name: string | null;
	readonly text: string;
	/** Of a tool whose input is text. */
	readonly isCustom: boolean;
	/** What Google signs a call with. */
	readonly extra: unknown;
}

/** @param message the `delta` of a chunk, or the `message` of a whole reply, whose calls are each whole. */
export function readPieces(message: JsonRecord, logprobs: unknown, isWhole: boolean): readonly ReplyPiece[] {
	const told = isRecord(logprobs) ? logprobs : {};
	const pieces: ReplyPiece[] = [];
	pushReasoning(message, pieces);
	pushContent(message["content"], readLogprobs(told["content"]), pieces);
	const refused = readLogprobs(told["refusal"]);
	pushText("refusal", message["refusal"], refused, pieces);
	for (const image of list(message["images"])) {
		const url = isRecord(image) && isRecord(image["image_url"]) ? image["image_url"]["url"] : undefined;
		const data = typeof url === "string" ? readDataUrl(url) : null;
		if (data !== null) pieces.push({ ...data, kind: "image" });
	}
	for (const [place, call] of list(message["tool_calls"]).entries()) {
		if (isRecord(call)) pieces.push({ kind: "call", call: readCall(call, isWhole ? place : call["index"]) });
	}
	const old = message["function_call"];
	if (isRecord(old)) pieces.push({ kind: "call", call: readCall({ function: old }, 0) });
	return pieces;
}

/** OpenRouter tells the same twice, as text and in details; the text is what there is to read. */
function pushReasoning(message: JsonRecord, pieces: ReplyPiece[]): void {
	const { reasoning_content: content, reasoning, reasoning_details: given } = message;
	const details = list(given);
	const member = typeof content === "string" && content !== "" ? "reasoning_content" : "reasoning";
	const words = member === "reasoning_content" ? content : reasoning;
	const text = typeof words === "string" && words !== "" ? words : detailsText(details);
	if (text !== "" || details.length > 0) pieces.push({ kind: "reasoning", text, member, details });
}

/** Text, or Mistral's list of reasoning and text. */
function pushContent(content: unknown, logprobs: readonly TokenLogprob[], pieces: ReplyPiece[]): void {
	if (!Array.isArray(content)) {
		pushText("text", content, logprobs, pieces);
		return;
	}
	for (const part of content.filter(isRecord)) {
		if (part["type"] === "thinking") {
			const text = thinkingText(part["thinking"]);
			if (text !== "") pieces.push({ kind: "reasoning", text, member: null, details: [] });
		} else pushText("text", part["text"], [], pieces);
	}
}

/** A token that is only a part of a character may come without text. */
function pushText(
	kind: "text" | "refusal",
	text: unknown,
	logprobs: readonly TokenLogprob[],
	pieces: ReplyPiece[],
): void {
	if (typeof text === "string" && (text !== "" || logprobs.length > 0)) pieces.push({ kind, text, logprobs });
}

function readCall(call: JsonRecord, index: unknown): CallDelta {
	const { id, function: made, custom, extra_content: extra } = call;
	const isCustom = isRecord(custom);
	const inner = isCustom ? custom : isRecord(made) ? made : {};
	const input = isCustom ? inner["input"] : inner["arguments"];
	return {
		index: typeof index === "number" ? index : null,
		id: filled(id),
		name: filled(inner["name"]),
		// Some relays give an object where the JSON text of one is asked for.
		text: typeof input === "string" ? input : isRecord(input) ? JSON.stringify(input) : "",
		isCustom,
		extra,
	};
}

function readLogprobs(tokens: unknown): readonly TokenLogprob[] {
	const all = list(tokens);
	// Of nearly every chunk.
	if (all.length === 0) return [];
	return all.flatMap((told) => {
		const token = readToken(told);
		if (token === null || !isRecord(told)) return [];
		const top = list(told["top_logprobs"])
			.map(readToken)
			.filter((other) => other !== null);
		return [{ ...token, top }];
	});
}

function readToken(told: unknown): Omit<TokenLogprob, "top"> | null {
	if (!isRecord(told)) return null;
	const { token, logprob, bytes } = told;
	if (typeof token !== "string" || typeof logprob !== "number") return null;
	const isBytes = Array.isArray(bytes) && bytes.every((byte) => typeof byte === "number");
	return { token, logprob, ...(isBytes ? { bytes } : {}) };
}

function list(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

function filled(value: unknown): string | null {
	return typeof value === "string" && value !== "" ? value : null;
}
