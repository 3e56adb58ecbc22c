import type { StreamForm, StreamWriter } from "./translation.ts";

/** A stream as clients of most formats read it, whatever their query says. */
export function eventStream(writer: StreamWriter): StreamForm {
	return { writer, contentType: "text/event-stream; charset=utf-8" };
}
