import type { Usage } from "../bridge/protocol.ts";
import { parseJson } from "../formats/probe.ts";
import type { ReplyEvent } from "../formats/replyEvents.ts";
import { EventReader, type ServerSentEvent } from "../formats/sse.ts";
import type { ReaderContext, Translation } from "../formats/translation.ts";
import type { UpstreamError } from "../formats/upstreamError.ts";

/** Bytes of a reply in one format → what happens in it. */
export interface EventSource {
	readonly push: (bytes: Buffer) => readonly ReplyEvent[];
	readonly end: () => readonly ReplyEvent[];
}

/** What a reply is made of, as long as it does not fail. */
export type GoodEvent = Exclude<ReplyEvent, { kind: "error" }>;

/** Reads the reply of an account of one format, event by event. */
export class ReplyTranslator {
	/** The upstream's own good end has come. */
	isWhole = false;
	/** The upstream has said that it failed. */
	error: UpstreamError | null = null;
	usage: Usage | null = null;
	readonly #source: EventSource;
	readonly #take: (event: GoodEvent) => void;
	readonly #onOver: () => void;

	/**
	 * @param take is given each event but an error, in order.
	 * @param onOver the end, or an error, has come: told once.
	 */
	constructor(source: EventSource, take: (event: GoodEvent) => void, onOver: () => void) {
		this.#source = source;
		this.#take = take;
		this.#onOver = onOver;
	}

	push(bytes: Buffer): void {
		this.#read(() => this.#source.push(bytes));
	}

	end(): void {
		this.#read(() => this.#source.end());
	}

	/** Nothing that an account sends may end the proxy's thread: where something cannot be done with it, that is its error. */
	guard(act: () => void): void {
		try {
			act();
		} catch (error) {
			const message = `The reply could not be read: ${error instanceof Error ? error.message : "unknown error"}.`;
			this.error ??= { status: 502, codes: [], message, retryAfter: null, modelOnly: false };
		}
	}

	/** @param why for the client: the reply could not be read, for … */
	giveUp(why: string): void {
		this.#read(() => {
			throw new Error(why);
		});
	}

	/** What follows an end or an error is not heard. */
	#read(read: () => readonly ReplyEvent[]): void {
		const wasOver = this.#isOver;
		this.guard(() => {
			for (const event of read()) this.#hear(event);
		});
		if (this.#isOver && !wasOver) this.#onOver();
	}

	get #isOver(): boolean {
		return this.isWhole || this.error !== null;
	}

	#hear(event: ReplyEvent): void {
		if (this.#isOver) {
			// Some relays tell the tokens after the end.
			if (event.kind === "usage") this.usage = event.usage;
			return;
		}
		if (event.kind === "error") {
			this.error = event.error;
			return;
		}
		if (event.kind === "usage") this.usage = event.usage;
		if (event.kind === "end") this.isWhole = true;
		this.#take(event);
	}
}

/** Events of an event stream. */
export function streamSource(translation: Translation, context: ReaderContext): EventSource {
	const events = new EventReader();
	const reader = translation.streamReader(context);
	const read = (came: readonly ServerSentEvent[]): readonly ReplyEvent[] => {
		const [first] = came;
		// Nearly all that comes is one event at a time.
		if (first !== undefined && came.length === 1) return reader.push(first.name, first.data);
		return came.flatMap(({ name, data }) => reader.push(name, data));
	};
	return {
		push: (bytes) => read(events.push(bytes)),
		end: () => [...read(events.end()), ...reader.end()],
	};
}

/** The same events, heard by somebody else too. */
export function overheard({ push, end }: EventSource, listen: (event: GoodEvent) => void): EventSource {
	const tell = (events: readonly ReplyEvent[]): readonly ReplyEvent[] => {
		for (const event of events) if (event.kind !== "error") listen(event);
		return events;
	};
	return { push: (bytes) => tell(push(bytes)), end: () => tell(end()) };
}

/** Events of a reply that does not say that it is a stream. Some are, all the same: JSON is told by its first character. */
export function untoldSource(translation: Translation, context: ReaderContext): EventSource {
	let source: EventSource | null = null;
	return {
		push: (bytes) => {
			if (source === null) {
				const first = bytes.toString("latin1").trimStart().at(0);
				// Nothing has come yet that means something, in JSON or in a stream.
				if (first === undefined) return [];
				source = startsLine.has(first) ? streamSource(translation, context) : jsonSource(translation, context);
			}
			return source.push(bytes);
		},
		end: () => source?.end() ?? [],
	};
}

/** With what a line of a stream begins: a comment, or the name of a field. */
const startsLine: ReadonlySet<string> = new Set([":", "d", "e", "i", "r"]);

/** Events of a JSON reply: all at its end. */
function jsonSource(translation: Translation, context: ReaderContext): EventSource {
	const chunks: Buffer[] = [];
	return {
		push: (bytes) => {
			chunks.push(bytes);
			return [];
		},
		end: () => {
			const body = parseJson(Buffer.concat(chunks).toString());
			return body === undefined ? [] : translation.readReply(body, context);
		},
	};
}
