import type { Problem } from "../problem.ts";
import type { ReplyEvent, ReplyUsage } from "../replyEvents.ts";
import type { StreamWriter, WriterContext } from "../translation.ts";
import { type Ending, refusalWords, writeFinish } from "./finishReasons.ts";
import { itemId, messageItem, type OutputItem } from "./outputItems.ts";
import {
	beginMessage,
	callWriter,
	type OpenMessage,
	type PartWriter,
	type Place,
	reasoningWriter,
	refusalWriter,
	textWriter,
	writeImage,
} from "./partWriters.ts";
import { echoedMembers, ownMembers, type ResponseState } from "./responseBody.ts";
import { saidItems } from "./saidItems.ts";
import { failureOf } from "./stream.ts";
import { StreamEvents } from "./streamEvents.ts";

type GoodEvent = Exclude<ReplyEvent, { kind: "error" }>;
type OpenEvent = Extract<GoodEvent, { kind: "open" }>;

/** Writes the events of a reply in the order of the real API. */
export class CodexStreamWriter implements StreamWriter {
	readonly heartbeat = ": keep-alive\n\n";
	readonly #context: WriterContext;
	readonly #events = new StreamEvents();
	/** As JSON without its first brace: the same in every event that carries the response. */
	readonly #echo: string;
	readonly #output: OutputItem[] = [];
	#hasBegun = false;
	#message: OpenMessage | null = null;
	#part: PartWriter | null = null;
	#isRefused = false;
	#ending: Ending = { status: "completed" };
	#usage: ReplyUsage | null = null;

	constructor(context: WriterContext) {
		this.#context = context;
		this.#echo = JSON.stringify(echoedMembers(context.body)).slice(1);
	}

	readonly push = (event: GoodEvent): string => {
		// The format has one candidate.
		if (!("candidate" in event) || event.candidate === 0) this.#take(event);
		return this.#events.take();
	};

	/** The event at which the SDK throws, and the one that Codex reads. */
	readonly fail = (problem: Problem): string => {
		const { code, message } = failureOf(problem);
		this.#events.send({ type: "error", code, message, param: null, ...nested(code, message) });
		const response = { ...this.#own({ status: "failed", message }), error: { code, message } };
		this.#events.sendResponse("response.failed", this.#withEcho(response));
		return this.#events.take();
	};

	#take(event: GoodEvent): void {
		if (event.kind !== "usage") this.#begin();
		switch (event.kind) {
			case "begin":
				break;
			case "open":
				this.#open(event);
				break;
			case "delta":
				if (event.text !== "" || event.logprobs !== undefined) this.#part?.delta(event.text, event.logprobs);
				break;
			case "citation":
				this.#part?.cite(event.citation);
				break;
			case "close":
				this.#part?.close(event.seal);
				this.#part = null;
				break;
			case "finish":
				this.#refuse(refusalWords(event, this.#isRefused));
				this.#ending = writeFinish(event, this.#isRefused);
				this.#closeMessage();
				break;
			case "usage":
				this.#usage = event.usage;
				break;
			case "end":
				this.#closeMessage();
				this.#events.sendResponse(`response.${this.#ending.status}`, this.#withEcho(this.#own(this.#ending)));
		}
	}

	#begin(): void {
		if (this.#hasBegun) return;
		this.#hasBegun = true;
		const response = this.#withEcho(this.#own({ status: "in_progress" }));
		this.#events.sendResponse("response.created", response);
		this.#events.sendResponse("response.in_progress", response);
	}

	#open({ part }: OpenEvent): void {
		const done = (item: OutputItem) => this.#say(item);
		const message = () => {
			this.#message ??= beginMessage(this.#place("message"), this.#events);
			return this.#message;
		};
		const { kind } = part;
		this.#part = null;
		if (kind === "text") this.#part = textWriter(message, this.#events);
		else if (kind === "refusal") {
			this.#isRefused = true;
			this.#part = refusalWriter(message, this.#events);
		} else if (kind === "reasoning") {
			this.#part = reasoningWriter(() => this.#placeApart("reasoning"), this.#events, done);
		} else if (kind === "toolCall") {
			this.#part = callWriter(part, this.#placeApart(part.free ? "freeCall" : "call"), this.#events, done);
		} else if (kind === "image") done(writeImage(part, this.#placeApart("image"), this.#events));
		// No item of the format holds sound.
	}

	/** Says so in words that came with the end alone. */
	#refuse(words: string | null): void {
		if (words === null) return;
		this.#open({ kind: "open", candidate: 0, part: { kind: "refusal" } });
		this.#part?.delta(words);
		this.#part?.close();
		this.#part = null;
	}

	/** Of an item that is no part of a message: an open one ends before it. */
	#placeApart(kind: Parameters<typeof itemId>[0]): Place {
		this.#closeMessage();
		return this.#place(kind);
	}

	#place(kind: Parameters<typeof itemId>[0]): Place {
		const index = this.#output.length;
		return { output_index: index, item_id: itemId(kind, this.#context.id, index) };
	}

	#closeMessage(): void {
		if (this.#message === null) return;
		const { place, content } = this.#message;
		const status = this.#ending.status === "incomplete" ? "incomplete" : "completed";
		const item = messageItem(place.item_id, content, status);
		this.#events.send({ type: "response.output_item.done", output_index: place.output_index, item });
		this.#say(item);
		this.#message = null;
	}

	#say(item: OutputItem): void {
		this.#output.push(item);
		saidItems.keep(item, this.#context.body);
	}

	#own(ending: ResponseState["ending"]): object {
		return ownMembers(this.#context, { ending, output: this.#output, usage: this.#usage });
	}

	#withEcho(own: object): string {
		return `${JSON.stringify(own).slice(0, -1)},${this.#echo}`;
	}
}

/** The error as it is on the wire, beside the flat one of the SDK's types. */
function nested(code: string, message: string): object {
	return { error: { type: code, code, message, param: null } };
}
