import { ResponseCollector } from "../formats/codex/responseCollector.ts";
import { isRecord } from "../formats/modelList.ts";
import { parseJson } from "../formats/probe.ts";
import { EventSplitter } from "./eventSplitter.ts";

type Item = Readonly<Record<string, unknown>>;

const itemDone = "response.output_item.done";
const ends = ["response.completed", "response.incomplete"];
/** Events without any of these are not read at all. */
const marks = [itemDone, ...ends].map((type) => Buffer.from(`"${type}"`));
const eventEnd = /(?<=\r?\n\r?\n)/;
/** What JSON may have in a string, U+2028 among it, ends no line of a stream. */
const dataLine = /^data: ?([^\r\n]*)/gm;

/**
 * A stream of the backend as the Responses API would give it: its end names all the output, which a backend that keeps nothing
 * leaves out, and the official SDKs take from there. All other bytes stay as they are.
 */
export class FilledOutput {
	readonly #splitter = new EventSplitter();
	readonly #collector = new ResponseCollector();
	readonly #onItem: (item: Item) => void;

	/** @param onItem told each item of the output when it is whole. */
	constructor(onItem: (item: Item) => void) {
		this.#onItem = onItem;
	}

	/** @returns whole events; null where none has ended. From an event on that is too long to be held back, what has come. */
	push(chunk: Buffer): Buffer | null {
		const events = this.#splitter.push([chunk]);
		// Out of frame it is no whole events: nothing of it is understood, nor written anew.
		if (events === null || !this.#splitter.isFramed || !marks.some((mark) => events.includes(mark))) return events;
		return Buffer.from(
			events
				.toString()
				.split(eventEnd)
				.map((event) => this.#filled(event))
				.join(""),
		);
	}

	/** What has come after the last whole event: it may lack no more than its empty line. */
	takeRest(): Buffer {
		const rest = this.#splitter.takeRest();
		const text = rest.toString();
		const filled = this.#filled(text);
		return filled === text ? rest : Buffer.from(filled);
	}

	#filled(event: string): string {
		const data = [...event.matchAll(dataLine)].map(([, line = ""]) => line).join("\n");
		const told = parseJson(data);
		if (!isRecord(told) || typeof told["type"] !== "string") return event;
		const { type, item, response } = told;
		if (type === itemDone && isRecord(item)) this.#onItem(item);
		if (type === itemDone) this.#collector.push(type, data);
		if (!ends.includes(type) || !isRecord(response)) return event;
		const { output } = response;
		if (Array.isArray(output) && output.length > 0) return event;
		this.#collector.push(type, data);
		const filled = { ...told, response: { ...response, output: this.#collector.response?.["output"] ?? [] } };
		return `event: ${type}\ndata: ${JSON.stringify(filled)}\n\n`;
	}
}
