import type { ResponseOutputText } from "openai/resources/responses/responses";
import type { Citation, Seal } from "../conversation.ts";
import type { TokenLogprob } from "../replyEvents.ts";
import type { TextFrame } from "../textFrame.ts";
import { writeCitation } from "./citations.ts";
import { writeLogprob } from "./logprobs.ts";
import {
	type CallHead,
	callItem,
	type ImageHead,
	imageItem,
	type MessageContent,
	messageItem,
	type OutputItem,
	outputText,
	reasoningItem,
	refusalContent,
	wholeInput,
} from "./outputItems.ts";
import { eventFrame, type StreamEvents } from "./streamEvents.ts";

export interface Place {
	readonly output_index: number;
	readonly item_id: string;
}

/** A part of the reply while it is open. */
export interface PartWriter {
	readonly delta: (text: string, logprobs?: readonly TokenLogprob[]) => void;
	readonly cite: (citation: Citation) => void;
	readonly close: (seal?: Seal) => void;
}

/** A message that is open: texts and refusals are its content. */
export interface OpenMessage {
	readonly place: Place;
	readonly content: MessageContent[];
}

export function beginMessage(place: Place, events: StreamEvents): OpenMessage {
	const item = messageItem(place.item_id, [], "in_progress");
	events.send({ type: "response.output_item.added", output_index: place.output_index, item });
	return { place, content: [] };
}

/** @param message opens one where none is open; asked for with the first words, so that nothing stays empty. */
export function textWriter(message: () => OpenMessage, events: StreamEvents): PartWriter {
	let text = "";
	const annotations: ResponseOutputText.URLCitation[] = [];
	const logprobs: TokenLogprob[] = [];
	let opened: { readonly message: OpenMessage; readonly place: Place & { content_index: number } } | null = null;
	let more: TextFrame | null = null;
	const open = () => {
		if (opened !== null) return opened;
		const inside = message();
		opened = { message: inside, place: { ...inside.place, content_index: inside.content.length } };
		const part = outputText("", [], []);
		events.send({ type: "response.content_part.added", ...opened.place, part });
		return opened;
	};
	return {
		delta: (delta, told = []) => {
			text += delta;
			for (const one of told) logprobs.push(one);
			const { place } = open();
			const type = "response.output_text.delta";
			if (told.length > 0) {
				events.send({ type, ...place, delta, logprobs: told.map(writeLogprob) });
				return;
			}
			more ??= eventFrame((words) => ({ type, ...place, delta: words, logprobs: [] }));
			events.sendMore(more, delta);
		},
		cite: (citation) => {
			const annotation = writeCitation(citation, text.length);
			if (annotation === null) return;
			events.send({
				type: "response.output_text.annotation.added",
				...open().place,
				annotation_index: annotations.length,
				annotation,
			});
			annotations.push(annotation);
		},
		close: () => {
			if (opened === null) return;
			const { place, message: inside } = opened;
			const part = { ...outputText(text, [], logprobs), annotations };
			events.send({ type: "response.output_text.done", ...place, text, logprobs: logprobs.map(writeLogprob) });
			events.send({ type: "response.content_part.done", ...place, part });
			inside.content.push(part);
		},
	};
}

export function refusalWriter(message: () => OpenMessage, events: StreamEvents): PartWriter {
	let refusal = "";
	let opened: { readonly message: OpenMessage; readonly place: Place & { content_index: number } } | null = null;
	return {
		delta: (delta) => {
			if (opened === null) {
				const inside = message();
				opened = { message: inside, place: { ...inside.place, content_index: inside.content.length } };
				events.send({ type: "response.content_part.added", ...opened.place, part: refusalContent("") });
			}
			refusal += delta;
			events.send({ type: "response.refusal.delta", ...opened.place, delta });
		},
		cite: () => {},
		close: () => {
			if (opened === null) return;
			const { place, message: inside } = opened;
			events.send({ type: "response.refusal.done", ...place, refusal });
			events.send({ type: "response.content_part.done", ...place, part: refusalContent(refusal) });
			inside.content.push(refusalContent(refusal));
		},
	};
}

/** @param begin gives the item its place, with its first words or its seal; reasoning without either shows nowhere. */
export function reasoningWriter(
	begin: () => Place,
	events: StreamEvents,
	done: (item: OutputItem) => void,
): PartWriter {
	let text = "";
	let place: Place | null = null;
	let more: TextFrame | null = null;
	const open = () => {
		if (place !== null) return place;
		place = begin();
		const { output_index, item_id } = place;
		events.send({ type: "response.output_item.added", output_index, item: reasoningItem(item_id, "") });
		return place;
	};
	const part = () => ({ type: "summary_text" as const, text });
	return {
		delta: (delta) => {
			const summary = { ...open(), summary_index: 0 };
			if (text === "") events.send({ type: "response.reasoning_summary_part.added", ...summary, part: part() });
			text += delta;
			more ??= eventFrame((words) => ({ type: "response.reasoning_summary_text.delta", ...summary, delta: words }));
			events.sendMore(more, delta);
		},
		cite: () => {},
		close: (seal) => {
			if (place === null && seal === undefined) return;
			const { output_index, item_id } = open();
			if (text !== "") {
				const summary = { output_index, item_id, summary_index: 0 };
				events.send({ type: "response.reasoning_summary_text.done", ...summary, text });
				events.send({ type: "response.reasoning_summary_part.done", ...summary, part: part() });
			}
			const item = reasoningItem(item_id, text, seal);
			events.send({ type: "response.output_item.done", output_index, item });
			done(item);
		},
	};
}

export function callWriter(
	head: CallHead,
	place: Place,
	events: StreamEvents,
	done: (item: OutputItem) => void,
): PartWriter {
	const { output_index, item_id } = place;
	let input = "";
	events.send({
		type: "response.output_item.added",
		output_index,
		item: callItem(item_id, head, "", "in_progress"),
	});
	const type = head.free ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta";
	const more = eventFrame((words) => ({ type, ...place, delta: words }));
	const delta = (piece: string) => {
		if (piece === "") return;
		input += piece;
		events.sendMore(more, piece);
	};
	return {
		delta,
		cite: () => {},
		close: () => {
			delta(wholeInput(head, input).slice(input.length));
			if (head.free) events.send({ type: "response.custom_tool_call_input.done", ...place, input });
			else events.send({ type: "response.function_call_arguments.done", ...place, arguments: input });
			const item = callItem(item_id, head, input, "completed");
			events.send({ type: "response.output_item.done", output_index, item });
			done(item);
		},
	};
}

/** Whole at once. */
export function writeImage(head: ImageHead, place: Place, events: StreamEvents): OutputItem {
	const { output_index, item_id } = place;
	const item = imageItem(item_id, head);
	const begun = { ...item, status: "in_progress" as const, result: null };
	events.send({ type: "response.output_item.added", output_index, item: begun });
	events.send({ type: "response.image_generation_call.in_progress", ...place });
	events.send({ type: "response.image_generation_call.completed", ...place });
	events.send({ type: "response.output_item.done", output_index, item });
	return item;
}
