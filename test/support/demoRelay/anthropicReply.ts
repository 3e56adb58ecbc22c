import type {
	ContentBlock,
	Message,
	RawContentBlockDelta,
	RawMessageStreamEvent,
	StopReason,
	TextCitation,
	Usage,
} from "@anthropic-ai/sdk/resources/messages";
import { type Script, type ScriptPart, type ScriptUsage, source } from "./script.ts";
import { sealOf } from "./seals.ts";
import { argumentParts, partId } from "./turn.ts";

export type AnthropicEvent = RawMessageStreamEvent | { readonly type: "ping" };

/** A block, and the pieces in which it arrives. */
interface PlayedBlock {
	readonly block: ContentBlock;
	/** As it opens. */
	readonly empty: ContentBlock;
	readonly deltas: readonly RawContentBlockDelta[];
}

const stopReasons: Readonly<Record<string, StopReason>> = {
	length: "max_tokens",
	filter: "refusal",
	refusal: "refusal",
	pause: "pause_turn",
	context: "model_context_window_exceeded",
	...Object.fromEntries(
		(
			["end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "model_context_window_exceeded"] as const
		).map((reason) => [reason, reason]),
	),
};

/** @param shown whether thinking is; null where there is none. */
export function playedBlocks(requestBody: Buffer, script: Script, shown: boolean | null): readonly PlayedBlock[] {
	const parts = script.candidates[0] ?? [];
	return parts.flatMap((part, index) => played(part, index, requestBody, shown));
}

function played(part: ScriptPart, index: number, requestBody: Buffer, shown: boolean | null): readonly PlayedBlock[] {
	switch (part.kind) {
		case "text":
			return [textBlock(part)];
		case "reasoning":
			if (shown === null) return [];
			return [part.hidden === true ? hiddenBlock() : thinkingBlock(part.pieces, shown)];
		case "call": {
			const block = {
				type: "tool_use",
				id: partId("toolu_", requestBody, index),
				name: part.tool.name,
				input: JSON.parse(part.input) as unknown,
				caller: { type: "direct" },
			} as const;
			const deltas = ["", ...argumentParts(part.input)];
			return [
				{
					block,
					empty: { ...block, input: {} },
					deltas: deltas.map((partial_json) => ({ type: "input_json_delta", partial_json })),
				},
			];
		}
		case "search":
			return searchBlocks(part.query, partId("srvtoolu_", requestBody, index));
		default:
			return [];
	}
}

function textBlock({ pieces, cited }: Extract<ScriptPart, { kind: "text" }>): PlayedBlock {
	const text = pieces.join("");
	const citation: TextCitation = {
		type: "web_search_result_location",
		url: source.url,
		title: source.title,
		cited_text: text,
		encrypted_index: sealOf("citation", text),
	};
	return {
		block: { type: "text", text, citations: cited ? [citation] : null },
		empty: { type: "text", text: "", citations: cited ? [] : null },
		deltas: [
			...(cited ? [{ type: "citations_delta" as const, citation }] : []),
			...pieces.map((piece) => ({ type: "text_delta" as const, text: piece })),
		],
	};
}

function thinkingBlock(pieces: readonly string[], shown: boolean): PlayedBlock {
	const thinking = shown ? pieces.join("") : "";
	const signature = sealOf("thinking", thinking);
	return {
		block: { type: "thinking", thinking, signature },
		empty: { type: "thinking", thinking: "", signature: "" },
		deltas: [
			...(shown ? pieces : []).map((piece) => ({ type: "thinking_delta" as const, thinking: piece })),
			{ type: "signature_delta", signature },
		],
	};
}

function hiddenBlock(): PlayedBlock {
	const block = { type: "redacted_thinking", data: sealOf("redacted", "") } as const;
	return { block, empty: block, deltas: [] };
}

function searchBlocks(query: string, id: string): readonly PlayedBlock[] {
	const caller = { type: "direct" } as const;
	const use = { type: "server_tool_use", id, name: "web_search", input: { query }, caller } as const;
	const found = {
		type: "web_search_result",
		url: source.url,
		title: source.title,
		encrypted_content: sealOf("search", query),
		page_age: null,
	} as const;
	const result: ContentBlock = { type: "web_search_tool_result", tool_use_id: id, content: [found], caller };
	return [
		{
			block: use,
			empty: { ...use, input: {} },
			deltas: argumentParts(JSON.stringify({ query })).map((partial_json) => ({
				type: "input_json_delta",
				partial_json,
			})),
		},
		{ block: result, empty: result, deltas: [] },
	];
}

export function anthropicMessage(
	id: string,
	model: string,
	script: Script,
	blocks: readonly PlayedBlock[],
	usage: Usage,
): Message {
	const parts = script.candidates[0] ?? [];
	const refused = parts.find((part) => part.kind === "refusal");
	const reason = stopReason(script, refused !== undefined);
	return {
		id,
		type: "message",
		role: "assistant",
		model,
		content: blocks.map(({ block }) => block),
		stop_reason: reason,
		stop_sequence: script.end.kind === "stopSequence" ? script.end.sequence : null,
		stop_details: refused ? { type: "refusal", category: null, explanation: refused.pieces.join("") } : null,
		container: null,
		diagnostics: null,
		usage,
	};
}

function stopReason({ end, candidates }: Script, refused: boolean): StopReason {
	if (end.kind === "stopSequence") return "stop_sequence";
	const asked = end.kind === "asked" ? stopReasons[end.word] : undefined;
	if (asked !== undefined) return asked;
	if (refused) return "refusal";
	return candidates[0]?.some(({ kind }) => kind === "call") ? "tool_use" : "end_turn";
}

export function* anthropicEvents(message: Message, blocks: readonly PlayedBlock[]): Generator<AnthropicEvent> {
	const begun: Message = {
		...message,
		content: [],
		stop_reason: null,
		stop_sequence: null,
		stop_details: null,
		usage: { ...message.usage, output_tokens: 1, output_tokens_details: null },
	};
	yield { type: "message_start", message: begun };
	for (const [index, { empty, deltas }] of blocks.entries()) {
		yield { type: "content_block_start", index, content_block: empty };
		if (index === 0) yield { type: "ping" };
		for (const delta of deltas) yield { type: "content_block_delta", index, delta };
		yield { type: "content_block_stop", index };
	}
	const { stop_reason, stop_sequence, stop_details, usage } = message;
	yield {
		type: "message_delta",
		delta: { stop_reason, stop_sequence, stop_details, container: null },
		usage: {
			input_tokens: usage.input_tokens,
			cache_creation_input_tokens: usage.cache_creation_input_tokens,
			cache_read_input_tokens: usage.cache_read_input_tokens,
			output_tokens: usage.output_tokens,
			output_tokens_details: usage.output_tokens_details,
			server_tool_use: null,
		},
	};
	yield { type: "message_stop" };
}

/** The input is counted without what a cache was asked for or took. */
export function anthropicUsage({ input, cached, cacheWritten, output, reasoning }: ScriptUsage): Usage {
	return {
		input_tokens: input - cached - cacheWritten,
		output_tokens: output,
		cache_creation_input_tokens: cacheWritten,
		cache_read_input_tokens: cached,
		cache_creation: cacheWritten > 0 ? { ephemeral_5m_input_tokens: cacheWritten, ephemeral_1h_input_tokens: 0 } : null,
		inference_geo: null,
		output_tokens_details: reasoning > 0 ? { thinking_tokens: reasoning } : null,
		server_tool_use: null,
		service_tier: "standard",
		speed: null,
	};
}
