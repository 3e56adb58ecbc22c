import type { ResponseStreamEvent } from "openai/resources/responses/responses";
import { type TextFrame, textFrame } from "../textFrame.ts";

type WithoutNumber<Event> = Event extends { sequence_number: number } ? Omit<Event, "sequence_number"> : never;
/** Events about the output; those that carry the whole response are written apart. */
export type OutputEvent = WithoutNumber<Exclude<ResponseStreamEvent, { response: unknown }>>;

/** Numbers the events of one stream and keeps their bytes until they are taken. */
export class StreamEvents {
	#text = "";
	#number = 0;

	send(event: OutputEvent): void {
		this.#add(withoutEnd(event));
	}

	/** @param frame made by `eventFrame`. */
	sendMore(frame: TextFrame, text: string): void {
		this.#add(frame(text));
	}

	/** @param response the JSON of it. */
	sendResponse(type: string, response: string): void {
		const data = `{"type":"${type}","sequence_number":${this.#number},"response":${response}}`;
		this.#text += `event: ${type}\ndata: ${data}\n\n`;
		this.#number += 1;
	}

	#add(event: string): void {
		this.#text += `${event},"sequence_number":${this.#number}}\n\n`;
		this.#number += 1;
	}

	take(): string {
		const text = this.#text;
		this.#text = "";
		return text;
	}
}

/** For events that are alike but for a text and their number. */
export function eventFrame(event: (text: string) => OutputEvent): TextFrame {
	return textFrame((text) => withoutEnd(event(text)));
}

/** The number comes after it. */
function withoutEnd(event: OutputEvent): string {
	return `event: ${event.type}\ndata: ${JSON.stringify(event).slice(0, -1)}`;
}
