import { hasError, readErrorEvent } from "../errorReading.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import type { UpstreamError } from "../upstreamError.ts";
import { readCodexError } from "./errors.ts";

type JsonRecord = Readonly<Record<string, unknown>>;

const ends: ReadonlySet<string> = new Set(["response.completed", "response.incomplete", "response.done"]);
const unfinished: ReadonlySet<unknown> = new Set(["queued", "in_progress"]);
const failed: ReadonlySet<unknown> = new Set(["failed", "cancelled"]);

/** An item of the output, as far as it has come. */
interface Growing {
	item: JsonRecord;
	isDone: boolean;
	/** Of a message, by the place of the part. */
	readonly texts: Map<unknown, string>;
}

/**
 * A stream of the Responses API as the one response that a client gets who asked for no stream. Backends that keep nothing
 * leave the output out of the stream's end, so it is put together from what came before.
 */
export class ResponseCollector {
	/** The upstream has said that it failed. */
	error: UpstreamError | null = null;
	readonly #output = new Map<unknown, Growing>();
	#begun: JsonRecord = {};
	#response: JsonRecord | null = null;

	/** What follows an end or an error is not heard. @param name of the `event:` line; empty where there is none. */
	push(name: string, data: string): void {
		if (this.isOver) return;
		const event = parseJson(data);
		const told = isRecord(event) ? event : {};
		const type = typeof told["type"] === "string" ? told["type"] : name;
		if (type === "error" || name === "error" || hasError(told)) this.error = readErrorEvent(event ?? data);
		else if (type === "") this.take(event);
		else this.#hear(type, told);
	}

	/** A whole reply, where that is what came. */
	take(body: unknown): void {
		this.error = readCodexError(body);
		if (this.error === null && isRecord(body) && (body["object"] === "response" || Array.isArray(body["output"]))) {
			this.#end(body, "completed");
		}
	}

	/** The upstream's own good end has come. */
	get isWhole(): boolean {
		return this.#response !== null;
	}

	get isOver(): boolean {
		return this.isWhole || this.error !== null;
	}

	/** Null as long as it is not whole. */
	get response(): JsonRecord | null {
		if (this.#response === null) return null;
		const { output } = this.#response;
		return Array.isArray(output) && output.length > 0 ? this.#response : { ...this.#response, output: this.#collected };
	}

	/** In the order of their places; those without one after the others, as they came. */
	get #collected(): readonly unknown[] {
		const places = [...this.#output.keys()];
		const numbered = places.filter((place) => typeof place === "number").toSorted((one, other) => one - other);
		const ordered = [...numbered, ...places.filter((place) => typeof place !== "number")];
		return ordered.flatMap((place) => asFarAsItCame(this.#output.get(place)) ?? []);
	}

	#hear(type: string, event: JsonRecord): void {
		const { response, item } = event;
		if (type === "response.output_item.added" && isRecord(item)) this.#set(event, item, false);
		else if (type === "response.output_item.done" && isRecord(item)) this.#set(event, item, true);
		else if (type === "response.output_text.delta") this.#say(event, event["delta"], true);
		else if (type === "response.output_text.done") this.#say(event, event["text"], false);
		else if (type === "response.failed") this.error = readErrorEvent(response);
		else if (ends.has(type)) this.#end(isRecord(response) ? response : {}, type.split(".")[1] ?? "");
		else if (isRecord(response)) this.#begun = response;
	}

	#end(response: JsonRecord, named: string): void {
		const { status = named === "done" ? "completed" : named } = response;
		if (failed.has(status)) this.error = readErrorEvent(response);
		else if (!unfinished.has(status)) this.#response = { ...this.#begun, ...response, status };
	}

	#set(event: JsonRecord, item: JsonRecord, isDone: boolean): void {
		const { output_index: index = item["id"] ?? this.#output.size } = event;
		const growing = this.#output.get(index);
		if (growing === undefined) this.#output.set(index, { item, isDone, texts: new Map() });
		else Object.assign(growing, { item, isDone });
	}

	#say(event: JsonRecord, text: unknown, isMore: boolean): void {
		const { output_index: index = event["item_id"], content_index: place = 0 } = event;
		const texts = this.#output.get(index)?.texts;
		if (typeof text === "string") texts?.set(place, isMore ? (texts.get(place) ?? "") + text : text);
	}
}

/** An item that was cut off has said what it has said; null where that is nothing for a client. */
function asFarAsItCame(growing: Growing | undefined): unknown {
	if (growing === undefined) return null;
	const { item, isDone, texts } = growing;
	if (isDone) return item;
	if (item["type"] !== "message" || texts.size === 0) return null;
	const content = [...texts.values()].map((text) => ({ type: "output_text", text, annotations: [] }));
	return { ...item, status: "incomplete", content };
}
