import type { Response, ResponseStreamEvent } from "openai/resources/responses/responses";
import { argumentParts, type Reply } from "./turn.ts";

type WireResponse = Omit<Response, "output_text">;
type WithoutNumber<Event> = Event extends { sequence_number: number } ? Omit<Event, "sequence_number"> : never;
type OnWire<Event> = Event extends { response: Response }
	? Omit<Event, "response"> & { response: WireResponse }
	: Event;
export type CodexEvent = OnWire<ResponseStreamEvent>;

/** The events of a reply in the order of the real API, numbered. */
export function* codexEvents(response: WireResponse, reply: Reply): Generator<CodexEvent> {
	let sequenceNumber = 0;
	for (const event of unnumbered(response, reply)) {
		yield { ...event, sequence_number: sequenceNumber } as CodexEvent;
		sequenceNumber += 1;
	}
}

function* unnumbered(response: WireResponse, reply: Reply): Generator<WithoutNumber<CodexEvent>> {
	const { usage: _, ...withoutUsage } = response;
	const begun: WireResponse = { ...withoutUsage, status: "in_progress", output: [], completed_at: null };
	yield { type: "response.created", response: begun };
	yield { type: "response.in_progress", response: begun };
	const [item] = response.output;
	const place = { output_index: 0, item_id: item && "id" in item ? (item.id ?? "") : "" };
	if (item?.type === "message" && reply.kind === "text") {
		yield {
			type: "response.output_item.added",
			output_index: 0,
			item: { ...item, status: "in_progress", content: [] },
		};
		const part = { type: "output_text", text: "", annotations: [], logprobs: [] } as const;
		const content = { ...place, content_index: 0 };
		yield { type: "response.content_part.added", ...content, part: { ...part, annotations: [], logprobs: [] } };
		for (const delta of reply.pieces) {
			yield { type: "response.output_text.delta", ...content, delta, logprobs: [] };
		}
		const text = reply.pieces.join("");
		yield { type: "response.output_text.done", ...content, text, logprobs: [] };
		yield { type: "response.content_part.done", ...content, part: { ...part, text, annotations: [], logprobs: [] } };
	} else if (item?.type === "function_call") {
		yield {
			type: "response.output_item.added",
			output_index: 0,
			item: { ...item, status: "in_progress", arguments: "" },
		};
		for (const delta of argumentParts(item.arguments)) {
			yield { type: "response.function_call_arguments.delta", ...place, delta };
		}
		yield { type: "response.function_call_arguments.done", ...place, arguments: item.arguments };
	}
	if (item) yield { type: "response.output_item.done", output_index: 0, item };
	yield { type: "response.completed", response };
}
