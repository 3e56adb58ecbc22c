import type { StreamForm, StreamWriter } from "../translation.ts";

/** Whether a client wants its stream as events; without that word Google sends a JSON array. @param query with or without its `?`. */
export function wantsEvents(query: string): boolean {
	return new URLSearchParams(query).get("alt") === "sse";
}

/**
 * The chunks of a stream as the elements of one JSON array, each as soon as it is there: how `streamGenerateContent` answers
 * clients that do not ask for events.
 */
export function arrayStream(writer: StreamWriter): StreamForm {
	let hasBegun = false;
	const elements = (events: string): string => {
		const chunks = events
			.split("\n\n")
			.flatMap((event) => (event.startsWith("data: ") ? [event.slice("data: ".length)] : []));
		const text = chunks.map((chunk) => {
			const before = hasBegun ? ",\r\n" : "[";
			hasBegun = true;
			return before + chunk;
		});
		return text.join("");
	};
	const last = (events: string): string => `${elements(events)}${hasBegun ? "]" : "[]"}`;
	const array: StreamWriter = {
		push: (event) => (event.kind === "end" ? last(writer.push(event)) : elements(writer.push(event))),
		fail: (problem) => last(writer.fail(problem)),
		// Between the elements of an array, an empty line says nothing.
		heartbeat: "\n",
	};
	return { writer: array, contentType: "application/json; charset=UTF-8" };
}
