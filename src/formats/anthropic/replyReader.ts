import { hasError, readErrorEvent } from "../errorReading.ts";
import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";
import type { ReplyEvent, ReplyUsage } from "../replyEvents.ts";
import type { ReaderContext, StreamReader } from "../translation.ts";
import { BlockReader } from "./blockReader.ts";
import { readStopReason } from "./finishReasons.ts";
import { foldReplyUsage } from "./replyUsage.ts";

type Json = Readonly<Record<string, unknown>>;
type Handler = (event: Json) => readonly ReplyEvent[];

const candidate = 0;

export function streamReader(context: ReaderContext): StreamReader {
	const reader = new MessageReader(context);
	return {
		push: (name, data) => reader.push(name, data),
		end: () => reader.end(),
	};
}

/** A whole message. */
export function readReply(body: unknown, context: ReaderContext): readonly ReplyEvent[] {
	if (isRecord(body) && (body["type"] === "error" || hasError(body))) {
		return [{ kind: "error", error: readErrorEvent(body) }];
	}
	if (!isRecord(body) || !Array.isArray(body["content"])) return [];
	return new MessageReader(context).whole(body);
}

class MessageReader {
	readonly #blocks: BlockReader;
	#state: "before" | "within" | "over" = "before";
	#usage: ReplyUsage | null = null;
	/** Of the last `message_delta` that told it. */
	#stop: Json = {};
	readonly #handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
		["message_start", ({ message }) => this.#message(isRecord(message) ? message : {})],
		["content_block_start", ({ content_block: block }) => (isRecord(block) ? this.#blocks.start(block) : [])],
		["content_block_delta", ({ delta }) => (isRecord(delta) ? this.#blocks.delta(delta) : [])],
		["content_block_stop", () => this.#blocks.stop()],
		["message_delta", (event) => this.#messageDelta(event)],
		["message_stop", () => this.#finish()],
		// A relay that answers with one event.
		["message", (event) => [...this.#message(event), ...this.#finish()]],
	]);

	constructor(context: ReaderContext) {
		this.#blocks = new BlockReader(context);
	}

	push(name: string, data: string): readonly ReplyEvent[] {
		if (this.#state === "over") return [];
		const event = parseJson(data);
		const told = isRecord(event) ? event["type"] : undefined;
		const type = typeof told === "string" ? told : name;
		if (type === "error" || name === "error" || hasError(event)) {
			this.#state = "over";
			return [{ kind: "error", error: readErrorEvent(event ?? data) }];
		}
		const handler = this.#handlers.get(type);
		if (handler === undefined || !isRecord(event)) return [];
		const begun = this.#begin(event);
		return begun.length === 0 ? handler(event) : [...begun, ...handler(event)];
	}

	/** Some relays forget `message_stop`; a reason why the reply ended is its end as well. */
	end(): readonly ReplyEvent[] {
		return this.#state === "within" && typeof this.#stop["stop_reason"] === "string" ? this.#finish() : [];
	}

	whole(message: Json): readonly ReplyEvent[] {
		return [...this.#begin({ message }), ...this.#message(message), ...this.#finish()];
	}

	/** Before whatever comes first: relays leave `message_start` out. */
	#begin(event: Json): readonly ReplyEvent[] {
		if (this.#state !== "before") return [];
		this.#state = "within";
		const message = isRecord(event["message"]) ? event["message"] : event;
		const id = message["id"];
		return [{ kind: "begin", ...(typeof id === "string" && id !== "" ? { id } : {}) }];
	}

	#message(message: Json): readonly ReplyEvent[] {
		const blocks = Array.isArray(message["content"]) ? message["content"].filter(isRecord) : [];
		const events = blocks.flatMap((block) => [...this.#blocks.start(block), ...this.#blocks.stop()]);
		if (typeof message["stop_reason"] === "string") this.#stop = message;
		return [...events, ...this.#tokens(message["usage"])];
	}

	#messageDelta({ delta, usage }: Json): readonly ReplyEvent[] {
		if (isRecord(delta) && typeof delta["stop_reason"] === "string") this.#stop = delta;
		return [...this.#blocks.stop(), ...this.#tokens(usage)];
	}

	#tokens(usage: unknown): readonly ReplyEvent[] {
		const told = foldReplyUsage(this.#usage, usage);
		if (told === null || told === this.#usage) return [];
		this.#usage = told;
		return [{ kind: "usage", usage: told }];
	}

	#finish(): readonly ReplyEvent[] {
		this.#state = "over";
		const closing = this.#blocks.stop();
		const { stop_reason: told, stop_sequence: stopSequence, stop_details: details } = this.#stop;
		const reason = readStopReason(told, this.#blocks.hasCalls);
		const detail = isRecord(details) ? (details["explanation"] ?? details["category"]) : null;
		return [
			...closing,
			{
				kind: "finish",
				candidate,
				reason,
				...(reason === "stopSequence" && typeof stopSequence === "string" ? { stopSequence } : {}),
				...(typeof detail === "string" && detail !== "" ? { detail } : {}),
			},
			{ kind: "end" },
		];
	}
}
