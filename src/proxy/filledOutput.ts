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
const dataLine = /^data: ?(.*)\r?$/gm;

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

	/** @returns whole events; null where none has ended. */
	push(chunk: Buffer): Buffer | null {
		const events = this.#splitter.push([chunk]);
		if (events === null || !marks.some((mark) => events.includes(mark))) return events;
		return Buffer.from(
			events
				.toString()
				.split(eventEnd)
				.map((event) => this.#filled(event))
				.join(""),
		);
	}

	/** What has come after the last whole event. */
	takeRest(): Buffer {
		return this.#splitter.takeRest();
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
