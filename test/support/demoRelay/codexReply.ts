import type {
	Response,
	ResponseCustomToolCall,
	ResponseFunctionToolCall,
	ResponseFunctionWebSearch,
	ResponseOutputItem,
	ResponseOutputMessage,
	ResponseOutputText,
	ResponseReasoningItem,
	ResponseUsage,
} from "openai/resources/responses/responses";
import { pixelPng } from "../fixtures.ts";
import { likelihoods, type Script, type ScriptPart, type ScriptUsage, source } from "./script.ts";
import { encrypted } from "./seals.ts";
import { created, partId } from "./turn.ts";

/** The finished reply as it travels; `output_text` is the SDK's own. */
export type WireResponse = Omit<Response, "output_text">;

/** An item, and the pieces in which its text arrives. */
export interface PlayedItem {
	readonly item:
		| ResponseOutputMessage
		| ResponseFunctionToolCall
		| ResponseCustomToolCall
		| ResponseReasoningItem
		| ResponseFunctionWebSearch
		| ResponseOutputItem.ImageGenerationCall;
	readonly pieces: readonly string[];
}

/** What of its reasoning a request wants to have. */
export interface WantedReasoning {
	readonly summary: boolean;
	readonly encrypted: boolean;
}

export function playedItems(requestBody: Buffer, script: Script, wanted: WantedReasoning): readonly PlayedItem[] {
	const parts = script.candidates[0] ?? [];
	return parts.map((part, index) => played(part, index, requestBody, script, wanted));
}

function played(
	part: ScriptPart,
	index: number,
	requestBody: Buffer,
	{ logprobs }: Script,
	wanted: WantedReasoning,
): PlayedItem {
	const id = (prefix: string) => partId(prefix, requestBody, index);
	switch (part.kind) {
		case "text": {
			const text = part.pieces.join("");
			const told = logprobs === null ? [] : part.pieces.map((piece) => logprob(piece, logprobs));
			const content: ResponseOutputText = {
				type: "output_text",
				text,
				annotations: part.cited ? [{ type: "url_citation", start_index: 0, end_index: text.length, ...cited }] : [],
				logprobs: told,
			};
			return { item: message(id("msg_"), [content]), pieces: part.pieces };
		}
		case "refusal":
			return {
				item: message(id("msg_"), [{ type: "refusal", refusal: part.pieces.join("") }]),
				pieces: part.pieces,
			};
		case "reasoning": {
			const told = { ...wanted, summary: wanted.summary && part.hidden !== true };
			return { item: reasoning(id("rs_"), part.pieces.join(""), told), pieces: told.summary ? part.pieces : [] };
		}
		case "call":
			return { item: call(part, id), pieces: [] };
		case "search": {
			const action = { type: "search", query: part.query } as const;
			return { item: { type: "web_search_call", id: id("ws_"), status: "completed", action }, pieces: [] };
		}
		case "image":
			return {
				item: { type: "image_generation_call", id: id("ig_"), status: "completed", result: pixelPng },
				pieces: [],
			};
	}
}

const cited = { url: source.url, title: source.title };

function message(id: string, content: ResponseOutputMessage["content"]): ResponseOutputMessage {
	return { type: "message", id, role: "assistant", status: "completed", content };
}

function reasoning(id: string, text: string, wanted: WantedReasoning): ResponseReasoningItem {
	return {
		type: "reasoning",
		id,
		summary: wanted.summary ? [{ type: "summary_text", text }] : [],
		...(wanted.encrypted && { encrypted_content: encrypted(id, text) }),
	};
}

function call(
	{ tool, input }: Extract<ScriptPart, { kind: "call" }>,
	id: (prefix: string) => string,
): ResponseFunctionToolCall | ResponseCustomToolCall {
	const inside = tool.namespace === undefined ? {} : { namespace: tool.namespace };
	const { name } = tool;
	return tool.free === true
		? { type: "custom_tool_call", id: id("ctc_"), call_id: id("call_"), name, input, ...inside }
		: {
				type: "function_call",
				id: id("fc_"),
				call_id: id("call_"),
				name,
				arguments: input,
				status: "completed",
				...inside,
			};
}

export function logprob(piece: string, alternatives: number): ResponseOutputText.Logprob {
	const told = ({ token, logprob: value }: { token: string; logprob: number }) => ({
		token,
		logprob: value,
		bytes: [...Buffer.from(token)],
	});
	return {
		...told({ token: piece, logprob: -0.25 }),
		top_logprobs: likelihoods(piece, alternatives).map(told),
	};
}

const incompleteReasons: Readonly<Record<string, Response.IncompleteDetails["reason"]>> = {
	length: "max_output_tokens",
	filter: "content_filter",
	max_output_tokens: "max_output_tokens",
	content_filter: "content_filter",
};

export function codexResponse(
	head: { readonly id: string; readonly model: string; readonly body: Readonly<Record<string, unknown>> },
	script: Script,
	items: readonly PlayedItem[],
	usage: ScriptUsage,
): WireResponse {
	const reason = script.end.kind === "asked" ? incompleteReasons[script.end.word] : undefined;
	const { instructions } = head.body;
	return {
		id: head.id,
		object: "response",
		created_at: created,
		status: reason === undefined ? "completed" : "incomplete",
		access_programs: null,
		background: false,
		completed_at: reason === undefined ? created : null,
		error: null,
		incomplete_details: reason === undefined ? null : { reason },
		instructions: typeof instructions === "string" && instructions !== "" ? instructions : null,
		max_output_tokens: null,
		metadata: {},
		model: head.model,
		output: items.map(({ item }) => item),
		parallel_tool_calls: head.body["parallel_tool_calls"] !== false,
		previous_response_id: null,
		reasoning: { effort: null, summary: null },
		temperature: 1,
		text: { format: { type: "text" } },
		tool_choice: "auto",
		tools: [],
		top_p: 1,
		truncation: "disabled",
		usage: codexUsage(usage),
	};
}

export function codexUsage({ input, cached, cacheWritten, output, reasoning: thought }: ScriptUsage): ResponseUsage {
	return {
		input_tokens: input,
		input_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWritten },
		output_tokens: output,
		output_tokens_details: { reasoning_tokens: thought },
		total_tokens: input + output,
	};
}
