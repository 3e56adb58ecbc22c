import { hasError, readErrorEvent } from "../errorReading.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import type { PartHead, ReplyEvent, ReplyUsage } from "../replyEvents.ts";
import type { ReaderContext, StreamReader } from "../translation.ts";
import type { UpstreamError } from "../upstreamError.ts";
import { count } from "../usageFields.ts";
import { readCodexError } from "./errors.ts";
import { readFinish } from "./finishReasons.ts";
import { logprobsOf } from "./logprobs.ts";
import { PartLanes } from "./partLanes.ts";
import { type GrowingItem, growingItem } from "./replyItems.ts";
import { readCodexUsage } from "./usage.ts";

type Event = Readonly<Record<string, unknown>>;

/** What an event says of a section of an item: which one, and in which member. */
interface SectionRule {
	readonly item: "message" | "reasoning" | "function_call" | "custom_tool_call";
	readonly section: string;
	/** The place of the section among its like. */
	readonly index?: "content_index" | "summary_index";
	readonly member: "delta" | "text" | "refusal" | "arguments" | "input";
}

const text = { item: "message", section: "text", index: "content_index" } as const;
const refusal = { item: "message", section: "refusal", index: "content_index" } as const;
const summary = { item: "reasoning", section: "summary", index: "summary_index" } as const;
const thought = { item: "reasoning", section: "content", index: "content_index" } as const;
const call = { item: "function_call", section: "" } as const;
const freeCall = { item: "custom_tool_call", section: "" } as const;

const sections: ReadonlyMap<string, SectionRule> = new Map<string, SectionRule>([
	["response.output_text.delta", { ...text, member: "delta" }],
	["response.output_text.done", { ...text, member: "text" }],
	["response.refusal.delta", { ...refusal, member: "delta" }],
	["response.refusal.done", { ...refusal, member: "refusal" }],
	["response.reasoning_summary_text.delta", { ...summary, member: "delta" }],
	["response.reasoning_summary_text.done", { ...summary, member: "text" }],
	["response.reasoning_text.delta", { ...thought, member: "delta" }],
	["response.reasoning_text.done", { ...thought, member: "text" }],
	["response.function_call_arguments.delta", { ...call, member: "delta" }],
	["response.function_call_arguments.done", { ...call, member: "arguments" }],
	["response.custom_tool_call_input.delta", { ...freeCall, member: "delta" }],
	["response.custom_tool_call_input.done", { ...freeCall, member: "input" }],
]);

/** `response.done` is that of relays which took it from the Realtime API. */
const ends: ReadonlySet<string> = new Set(["response.completed", "response.incomplete", "response.done"]);
/** Of a whole reply that is none yet, or never will be. */
const unfinished: ReadonlySet<unknown> = new Set(["queued", "in_progress"]);

interface Entry {
	readonly type: string;
	/** Null where it shows nothing. */
	readonly item: GrowingItem | null;
	isDone: boolean;
}

/** Reads one stream of the Responses API. */
export class CodexReplyReader implements StreamReader {
	readonly #context: ReaderContext;
	readonly #lanes = new PartLanes((event) => {
		if (event.kind === "open") this.#kinds.add(event.part.kind);
		this.#out.push(event);
	});
	readonly #entries: Entry[] = [];
	readonly #byId = new Map<string, Entry>();
	readonly #byIndex = new Map<number, Entry>();
	readonly #kinds = new Set<PartHead["kind"]>();
	#out: ReplyEvent[] = [];
	#hasBegun = false;
	#isOver = false;

	constructor(context: ReaderContext) {
		this.#context = context;
	}

	readonly push = (name: string, data: string): readonly ReplyEvent[] => this.read(name, parseJson(data));

	/** The account ends its replies itself: whatever is open now has been cut off. */
	readonly end = (): readonly ReplyEvent[] => [];

	/** @param event parsed JSON; undefined where it was none. */
	read(name: string, event: unknown): readonly ReplyEvent[] {
		if (this.#isOver || (!isRecord(event) && name !== "error")) return [];
		this.#out = [];
		const told = isRecord(event) ? event : {};
		const type = typeof told["type"] === "string" ? told["type"] : name;
		if (type === "error" || name === "error" || hasError(told)) this.#fail(readErrorEvent(event));
		else this.#take(type, told);
		return this.#out;
	}

	#take(type: string, event: Event): void {
		const section = sections.get(type);
		const { response } = event;
		if (section !== undefined) this.#say(section, event);
		else if (type === "response.output_item.added") this.#add(event);
		else if (type === "response.output_item.done") this.#finishItem(event);
		else if (type === "response.output_text.annotation.added") this.#annotate(event);
		else if (type === "response.failed") this.#fail(readErrorEvent(response));
		else if (ends.has(type)) this.#finish(isRecord(response) ? response : { status: type.split(".")[1] });
		else if (type === "") this.#takeNameless(event);
		else if (isRecord(response)) this.#begin(response);
	}

	/** A stream that is one whole reply, or an error that says of itself no more. */
	#takeNameless(event: Event): void {
		const error = readCodexError(event);
		if (error !== null) this.#fail(error);
		else if (event["object"] === "response") this.#finish(event);
	}

	#begin(response: Event = {}): void {
		if (this.#hasBegun) return;
		this.#hasBegun = true;
		const { id } = response;
		this.#out.push({ kind: "begin", ...(typeof id === "string" && id !== "" ? { id } : {}) });
	}

	#say({ item, section, index, member }: SectionRule, event: Event): void {
		const said = event[member];
		if (typeof said !== "string") return;
		const place = index === undefined ? "" : (event[index] ?? 0);
		const growing = this.#find(item, event)?.item;
		if (member !== "delta") growing?.whole(`${section}${place}`, said, logprobsOf(event["logprobs"]));
		else growing?.piece(`${section}${place}`, said, logprobsOf(event["logprobs"]));
	}

	#annotate(event: Event): void {
		const { content_index: index = 0, annotation } = event;
		this.#find("message", event)?.item?.annotate(`text${index}`, annotation);
	}

	#add(event: Event): void {
		const { item } = event;
		if (isRecord(item)) this.#enter(typeOf(item), item["id"], event["output_index"]).item?.begin(item);
	}

	#finishItem(event: Event): void {
		const { item } = event;
		if (!isRecord(item)) return;
		const place = { item_id: item["id"], output_index: event["output_index"] };
		this.#end(this.#find(typeOf(item), place), item);
	}

	/** The item that an event is about. @returns null where it is done. */
	#find(type: string, event: Event): Entry | null {
		const { item_id: id, output_index: index } = event;
		const named = typeof id === "string" ? this.#byId.get(id) : undefined;
		if (named !== undefined) return named.isDone ? null : named;
		// Some relays give one item another id with each event.
		const placed = typeof index === "number" ? this.#byIndex.get(index) : this.#entries.at(-1);
		if (placed?.type === type && !placed.isDone) return placed;
		return this.#enter(type, id, index);
	}

	#enter(type: string, id: unknown, index: unknown): Entry {
		this.#begin();
		const item = growingItem(type, () => this.#lanes.open(), this.#context.names);
		const entry: Entry = { type, item, isDone: false };
		this.#entries.push(entry);
		if (typeof id === "string" && id !== "") this.#byId.set(id, entry);
		if (typeof index === "number") this.#byIndex.set(index, entry);
		return entry;
	}

	#end(entry: Entry | null, item: Event | null): void {
		if (entry === null || entry.isDone) return;
		entry.isDone = true;
		entry.item?.end(item);
	}

	#finish(response: Event): void {
		const { status } = response;
		if (status === "failed" || status === "cancelled") {
			this.#fail(readErrorEvent(response));
			return;
		}
		if (unfinished.has(status)) return;
		this.#begin(response);
		this.#fill(Array.isArray(response["output"]) ? response["output"] : []);
		this.#out.push({ kind: "finish", candidate: 0, ...readFinish(response, this.#kinds) });
		const usage = readReplyUsage(response);
		if (usage !== null) this.#out.push({ kind: "usage", usage });
		this.#out.push({ kind: "end" });
		this.#isOver = true;
	}

	/** Ends what is open, and adds what only the end tells of. Most accounts leave the output empty there. */
	#fill(output: readonly unknown[]): void {
		for (const [index, item] of output.entries()) {
			if (!isRecord(item)) continue;
			const { id, type } = item;
			const named = typeof id === "string" ? this.#byId.get(id) : undefined;
			const placed = this.#byIndex.get(index);
			const known = named ?? (placed?.type === type ? placed : undefined);
			this.#end(known ?? this.#enter(String(type), id, index), item);
		}
		for (const entry of this.#entries) this.#end(entry, null);
	}

	#fail(error: UpstreamError): void {
		this.#isOver = true;
		this.#out.push({ kind: "error", error });
	}
}

/** A whole reply. */
export function readCodexReply(body: unknown, context: ReaderContext): readonly ReplyEvent[] {
	if (!isRecord(body)) return [];
	const isResponse = body["object"] === "response" || Array.isArray(body["output"]);
	return new CodexReplyReader(context).read("", isResponse ? { ...body, object: "response", type: undefined } : body);
}

function readReplyUsage(response: Event): ReplyUsage | null {
	const usage = readCodexUsage(response);
	if (usage === null) return null;
	const told = isRecord(response["usage"]) ? response["usage"]["input_tokens_details"] : undefined;
	return { ...usage, cacheWritten: isRecord(told) ? count(told["cache_write_tokens"]) : null };
}

function typeOf({ type }: Readonly<Record<string, unknown>>): string {
	return typeof type === "string" ? type : "";
}
