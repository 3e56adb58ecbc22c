import { StringDecoder } from "node:string_decoder";
import { createParser } from "eventsource-parser";
import { parseJson } from "./probe.ts";

export interface ServerSentEvent {
	/** Of its `event:` line; empty where there is none. */
	readonly name: string;
	/** Its `data:` lines, joined by line feeds. */
	readonly data: string;
}

/** Characters before a first event that are kept in case they turn out to be bare JSON. */
const longestBare = 64 * 1024;

/** Reads events out of the bytes of a stream, however they are cut. */
export class EventReader {
	readonly #decoder = new StringDecoder("utf8");
	readonly #parser = createParser({
		onEvent: ({ event = "", data }) => {
			this.#events.push({ name: event, data });
		},
	});
	#events: ServerSentEvent[] = [];
	/** What came before the first event; null once there was one, or too much. */
	#bare: string | null = "";

	push(chunk: Buffer): readonly ServerSentEvent[] {
		return this.#feed(this.#decoder.write(chunk));
	}

	/** The events that are whole only because the stream ended: no empty line came after them. */
	end(): readonly ServerSentEvent[] {
		const bare = this.#bare;
		// One line feed ends a line that is open, the other its event.
		const events = this.#feed(`${this.#decoder.end()}\n\n`);
		// Some relays send an error as bare JSON under the content type of a stream.
		const isBareJson = events.length === 0 && bare !== null && /^\s*[[{]/.test(bare) && parseJson(bare) !== undefined;
		return isBareJson ? [{ name: "", data: bare.trim() }] : events;
	}

	#feed(text: string): readonly ServerSentEvent[] {
		this.#events = [];
		this.#parser.feed(text);
		if (this.#bare !== null) {
			const isOver = this.#events.length > 0 || this.#bare.length + text.length > longestBare;
			this.#bare = isOver ? null : this.#bare + text;
		}
		return this.#events;
	}
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const pairs = ["\n\n", "\r\r", "\n\r"].map((pair) => Buffer.from(pair));

/**
 * The offset just after the last empty line, which is where an event ends; 0 where there is none. Lines may end in any of the
 * three ways, mixed too. An empty line that consists of a carriage return after a line feed counts only once the byte after it
 * is there: cut off from its line feed it would be no empty line for readers that look for `\r\n\r\n`.
 */
export function endOfEvents(bytes: Buffer): number {
	const { length } = bytes;
	const last = bytes[length - 1];
	const beforeLast = bytes[length - 2];
	if (last === lineFeed) {
		if (beforeLast === lineFeed) return length;
		const beforeReturn = bytes[length - 3];
		if (beforeLast === carriageReturn && (beforeReturn === lineFeed || beforeReturn === carriageReturn)) return length;
	} else if (last === carriageReturn && beforeLast === carriageReturn) {
		return length;
	}
	// What ends the bytes with `\n\r` is left for later; every other pair is searched for.
	const searched = last === carriageReturn ? bytes.subarray(0, length - 1) : bytes;
	let start = -1;
	for (const pair of pairs) {
		const found = searched.subarray(start + 1).lastIndexOf(pair);
		if (found >= 0) start += found + 1;
	}
	if (start < 0) return 0;
	const isReturn = bytes[start + 1] === carriageReturn;
	return start + (isReturn && bytes[start + 2] === lineFeed ? 3 : 2);
}
