import type { Usage } from "../bridge/protocol.ts";
import { parseJson } from "../formats/probe.ts";
import { EventReader, type ServerSentEvent } from "../formats/sse.ts";
import type { StreamRules } from "../formats/stream.ts";
import type { UpstreamError } from "../formats/upstreamError.ts";

/** Blocks that are remembered: the end, the tokens before it, and what relays put around them. A power of two. */
const slots = 8;
/** Bytes that are looked into at the end; the last event is looked into whole. */
const readAtEnd = 8 * 1024;

const lineFeeds = Buffer.from("\n\n");

/** What the end of a stream tells. */
export interface StreamEnd {
	/** Whether the format's own end was among the last events. */
	readonly isWhole: boolean;
	/** Whether what came after the last empty line is no half of an event. */
	readonly isRestWhole: boolean;
	/** The relay's own error event, where it sent one. */
	readonly error: UpstreamError | null;
	readonly usage: Usage | null;
}

/**
 * Remembers the last events of a stream, and reads them once it has ended: whether it ended well, and how many tokens it
 * took. Reading each event as it passes would cost ten times as much, and a search for `"usage` could meet a model that
 * writes of it.
 */
export class StreamTail {
	readonly #rules: StreamRules;
	readonly #blocks: (Buffer | undefined)[] = new Array(slots).fill(undefined);
	#next = 0;

	constructor(rules: StreamRules) {
		this.#rules = rules;
	}

	/** @param block whole events. */
	push(block: Buffer): void {
		// What is before a large block will not be read, and need not be kept.
		if (block.length >= readAtEnd) this.#blocks.fill(undefined);
		this.#blocks[this.#next & (slots - 1)] = block;
		this.#next += 1;
	}

	/**
	 * @param rest what came after the last empty line.
	 * @param known tokens that the stream's first events told.
	 */
	read(rest: Buffer, known: Usage | null): StreamEnd {
		let usage = known;
		let isWhole = false;
		let error: UpstreamError | null = null;
		const reader = new EventReader();
		const events = reader.push(Buffer.concat([...this.#lastBlocks(), rest]));
		const last = reader.end();
		for (const { name, data } of [...events, ...last]) {
			const sign = this.#rules.sign(name, data);
			if (sign.kind === "end") isWhole = true;
			else if (sign.kind === "error") error = sign.error;
			usage = this.#rules.usage(data, usage);
		}
		return { isWhole, isRestWhole: last.every(isWholeEvent), error, usage };
	}

	/** In order; begins with a whole event. */
	#lastBlocks(): readonly Buffer[] {
		const taken: Buffer[] = [];
		let length = 0;
		for (let back = 1; back <= Math.min(slots, this.#next) && length < readAtEnd; back += 1) {
			const block = this.#blocks[(this.#next - back) & (slots - 1)];
			if (block === undefined) break;
			const part = lastEvents(block, readAtEnd - length);
			taken.unshift(part);
			length += part.length;
			if (part.length < block.length) break;
		}
		return taken;
	}
}

/** Whether an event that no empty line ends is all there. */
export function isWholeEvent({ data }: ServerSentEvent): boolean {
	return data === "[DONE]" || parseJson(data) !== undefined;
}

/** The end of a block, from the start of the event that is `wanted` bytes before its end. */
function lastEvents(block: Buffer, wanted: number): Buffer {
	if (block.length <= wanted) return block;
	const boundary = block.lastIndexOf(lineFeeds, block.length - wanted);
	return boundary < 0 ? block : block.subarray(boundary + lineFeeds.length);
}
