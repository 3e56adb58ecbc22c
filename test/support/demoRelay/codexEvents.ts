import type {
	Response,
	ResponseOutputMessage,
	ResponseReasoningItem,
	ResponseStreamEvent,
} from "openai/resources/responses/responses";
import type { PlayedItem, WireResponse } from "./codexReply.ts";
import { mixed } from "./openaiReply.ts";
import { argumentParts } from "./turn.ts";

type WithoutNumber<Event> = Event extends { sequence_number: number } ? Omit<Event, "sequence_number"> : never;
type OnWire<Event> = Event extends { response: Response }
	? Omit<Event, "response"> & { response: WireResponse }
	: Event;
export type CodexEvent = OnWire<ResponseStreamEvent>;
type Unnumbered = WithoutNumber<CodexEvent>;

/** @param told the reply as the last event tells it: the Codex backend leaves its output out. */
export interface PlayedResponse {
	readonly response: WireResponse;
	readonly items: readonly PlayedItem[];
	readonly told: WireResponse;
	/** Items come interleaved. */
	readonly mixed: boolean;
}

/** The events of a reply in the order of the real API, numbered. */
export function codexEvents(played: PlayedResponse): readonly CodexEvent[] {
	return unnumbered(played).map((event, index) => ({ ...event, sequence_number: index }) as CodexEvent);
}

function unnumbered({ response, items, told, mixed: mixes }: PlayedResponse): readonly Unnumbered[] {
	const { usage: _, ...withoutUsage } = response;
	const begun: WireResponse = {
		...withoutUsage,
		status: "in_progress",
		output: [],
		completed_at: null,
		incomplete_details: null,
	};
	const perItem = items.map((item, index) => [...itemEvents(item, index)]);
	return [
		{ type: "response.created", response: begun },
		{ type: "response.in_progress", response: begun },
		...(mixes ? mixed(perItem) : perItem.flat()),
		{ type: response.status === "incomplete" ? "response.incomplete" : "response.completed", response: told },
	];
}

function* itemEvents({ item, pieces }: PlayedItem, outputIndex: number): Generator<Unnumbered> {
	const place = { output_index: outputIndex, item_id: item.id ?? "" };
	switch (item.type) {
		case "message":
			yield added(outputIndex, { ...item, status: "in_progress", content: [] });
			yield* messageEvents(item, pieces, place);
			break;
		case "reasoning":
			yield added(outputIndex, { ...item, summary: [] });
			yield* summaryEvents(item, pieces, place);
			break;
		case "function_call":
			yield added(outputIndex, { ...item, status: "in_progress", arguments: "" });
			for (const delta of argumentParts(item.arguments)) {
				yield { type: "response.function_call_arguments.delta", ...place, delta };
			}
			yield { type: "response.function_call_arguments.done", ...place, arguments: item.arguments };
			break;
		case "custom_tool_call":
			yield added(outputIndex, { ...item, input: "" });
			for (const delta of argumentParts(item.input)) {
				yield { type: "response.custom_tool_call_input.delta", ...place, delta };
			}
			yield { type: "response.custom_tool_call_input.done", ...place, input: item.input };
			break;
		case "web_search_call":
			yield added(outputIndex, { ...item, status: "in_progress" });
			yield { type: "response.web_search_call.in_progress", ...place };
			yield { type: "response.web_search_call.searching", ...place };
			yield { type: "response.web_search_call.completed", ...place };
			break;
		default:
			yield added(outputIndex, { ...item, status: "in_progress", result: null });
			yield { type: "response.image_generation_call.in_progress", ...place };
			yield { type: "response.image_generation_call.completed", ...place };
	}
	yield { type: "response.output_item.done", output_index: outputIndex, item };
}

function added(outputIndex: number, item: PlayedItem["item"]): Unnumbered {
	return { type: "response.output_item.added", output_index: outputIndex, item };
}

interface Place {
	readonly output_index: number;
	readonly item_id: string;
}

function* messageEvents(item: ResponseOutputMessage, pieces: readonly string[], place: Place): Generator<Unnumbered> {
	const content = { ...place, content_index: 0 };
	const [part] = item.content;
	if (part?.type === "refusal") {
		yield { type: "response.content_part.added", ...content, part: { ...part, refusal: "" } };
		for (const delta of pieces) yield { type: "response.refusal.delta", ...content, delta };
		yield { type: "response.refusal.done", ...content, refusal: part.refusal };
		yield { type: "response.content_part.done", ...content, part };
		return;
	}
	if (part === undefined) return;
	yield { type: "response.content_part.added", ...content, part: { ...part, text: "", annotations: [], logprobs: [] } };
	const logprobs = part.logprobs ?? [];
	for (const [index, delta] of pieces.entries()) {
		yield { type: "response.output_text.delta", ...content, delta, logprobs: logprobs.slice(index, index + 1) };
	}
	for (const [index, annotation] of part.annotations.entries()) {
		yield { type: "response.output_text.annotation.added", ...content, annotation_index: index, annotation };
	}
	yield { type: "response.output_text.done", ...content, text: part.text, logprobs };
	yield { type: "response.content_part.done", ...content, part };
}

function* summaryEvents(item: ResponseReasoningItem, pieces: readonly string[], place: Place): Generator<Unnumbered> {
	const [summary] = item.summary;
	if (summary === undefined) return;
	const at = { ...place, summary_index: 0 };
	yield { type: "response.reasoning_summary_part.added", ...at, part: { type: "summary_text", text: "" } };
	for (const delta of pieces) yield { type: "response.reasoning_summary_text.delta", ...at, delta };
	yield { type: "response.reasoning_summary_text.done", ...at, text: summary.text };
	yield { type: "response.reasoning_summary_part.done", ...at, part: summary };
}
