import type { Socket } from "node:net";
import type { Format } from "../../src/accounts/account.ts";
import { monotonicMicroseconds } from "./clock.ts";
import type { Order } from "./models.ts";
import { chunked, lastChunk } from "./replies.ts";
import { streams } from "./streams/streams.ts";
import { pacedWord, type StreamText } from "./streams/streamText.ts";

interface PacedStream {
	readonly socket: Socket;
	readonly text: StreamText;
	readonly model: string;
	/** Microseconds. */
	readonly interval: number;
	/** 0: without end. */
	readonly count: number;
	readonly onClose: () => void;
	sent: number;
	/** The words of a stream that ends. */
	readonly said: string[];
	/** Microseconds of the monotonic clock. */
	due: number;
}

/** Milliseconds; finer than any stream's interval, so that streams are not sent in one burst. */
const tick = 1;

/** Streams that send an event at even intervals, each in a phase of its own. */
export class PacedStreams {
	readonly #streams = new Set<PacedStream>();
	#clock: NodeJS.Timeout | undefined;

	/** @param id spreads the streams over the interval. */
	add(socket: Socket, format: Format, model: string, id: number, order: Extract<Order, { kind: "paced" }>): void {
		const interval = order.interval * 1000;
		// A part of the interval that looks random, the same in every run: multiples of the golden ratio.
		const phase = ((id * 0.618_033_988_75) % 1) * interval;
		const due = monotonicMicroseconds() + phase;
		const onClose = () => this.#remove(stream);
		const { count } = order;
		const text = streams[format];
		const stream: PacedStream = { socket, text, model, interval, count, onClose, sent: 0, said: [], due };
		this.#streams.add(stream);
		this.#clock ??= setInterval(() => this.#send(), tick);
		socket.once("close", onClose);
	}

	#send(): void {
		const now = monotonicMicroseconds();
		for (const stream of this.#streams) {
			// One at a time: a late upstream must not make a burst of it.
			if (stream.due > now) continue;
			stream.due = Math.max(stream.due + stream.interval, now + stream.interval / 2);
			stream.sent += 1;
			const { text, model, said } = stream;
			const sentAt = monotonicMicroseconds();
			const event = chunked(text.pacedEvent(model, stream.sent, sentAt));
			if (stream.count > 0) said.push(pacedWord(stream.sent, sentAt));
			if (stream.count === 0 || stream.sent < stream.count) {
				stream.socket.write(event);
			} else {
				stream.socket.write(event + chunked(text.closing(model, said)) + lastChunk);
				this.#remove(stream);
			}
		}
	}

	#remove(stream: PacedStream): void {
		this.#streams.delete(stream);
		stream.socket.off("close", stream.onClose);
		if (this.#streams.size > 0) return;
		clearInterval(this.#clock);
		this.#clock = undefined;
	}
}
