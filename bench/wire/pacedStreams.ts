import type { Socket } from "node:net";
import { monotonicMicroseconds } from "./clock.ts";
import type { Order } from "./models.ts";
import { chunked, closing, lastChunk, pacedEvent } from "./replies.ts";

interface PacedStream {
	readonly socket: Socket;
	readonly model: string;
	/** Microseconds. */
	readonly interval: number;
	/** 0: without end. */
	readonly count: number;
	readonly onClose: () => void;
	sent: number;
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
	add(socket: Socket, model: string, id: number, order: Extract<Order, { kind: "paced" }>): void {
		const interval = order.interval * 1000;
		// A part of the interval that looks random, the same in every run: multiples of the golden ratio.
		const phase = ((id * 0.618_033_988_75) % 1) * interval;
		const due = monotonicMicroseconds() + phase;
		const onClose = () => this.#remove(stream);
		const stream: PacedStream = { socket, model, interval, count: order.count, onClose, sent: 0, due };
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
			const event = chunked(pacedEvent(stream.model, stream.sent, monotonicMicroseconds()));
			if (stream.count === 0 || stream.sent < stream.count) {
				stream.socket.write(event);
			} else {
				stream.socket.write(event + chunked(closing(stream.model)) + lastChunk);
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
