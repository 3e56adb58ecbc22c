import type { Quota } from "../bridge/quota.ts";
import { parseJson } from "../formats/probe.ts";
import { quotaEventType, quotaOfEvent } from "./quotaEvent.ts";
import type { Saying } from "./quotaFields.ts";

/** As the backend writes the event's data; nothing else of a stream is looked at. */
const mark = Buffer.from(`"${quotaEventType}"`);
const lineEnd = 0x0a;
/** Bytes. Longer ones tell of something else. */
const longestEvent = 64 * 1024;

/** Finds in the bytes of a stream, in clear, what the backend says of a plan. Reads no other event. */
export class QuotaListener {
	readonly #onQuota: (quota: Quota) => void;
	readonly #saying: () => Saying;
	/** A line that has begun. */
	#carry: Buffer = Buffer.alloc(0);

	constructor(saying: () => Saying, onQuota: (quota: Quota) => void) {
		this.#saying = saying;
		this.#onQuota = onQuota;
	}

	push(chunk: Buffer): void {
		const first = chunk.indexOf(lineEnd);
		if (first < 0) {
			this.#keep(this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]));
			return;
		}
		if (this.#carry.length > 0) this.#readLine(Buffer.concat([this.#carry, chunk.subarray(0, first)]));
		const last = chunk.lastIndexOf(lineEnd);
		// The search reads some gigabytes a second; lines are told apart only around what it finds.
		const from = this.#carry.length > 0 ? first + 1 : 0;
		for (
			let at = chunk.indexOf(mark, from);
			at >= 0 && at < last;
			at = chunk.indexOf(mark, chunk.indexOf(lineEnd, at))
		) {
			this.#readLine(chunk.subarray(chunk.lastIndexOf(lineEnd, at) + 1, chunk.indexOf(lineEnd, at)));
		}
		this.#keep(chunk.subarray(last + 1));
	}

	/** A copy: the chunk it is cut from may be large. */
	#keep(line: Buffer): void {
		this.#carry = line.length > longestEvent ? Buffer.alloc(0) : Buffer.from(line);
	}

	#readLine(line: Buffer): void {
		if (!line.includes(mark)) return;
		const json = /^data: ?(.*)$/.exec(line.toString().trimEnd())?.[1] ?? "";
		const quota = quotaOfEvent(parseJson(json), this.#saying());
		if (quota !== null) this.#onQuota(quota);
	}
}
