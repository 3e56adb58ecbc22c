import type { RequestRecord } from "../bridge/protocol.ts";

/** Milliseconds in which records are gathered: a message between threads costs as much as a tenth of a small request. */
const pace = 100;
/** Records that are not kept waiting for more. */
const most = 256;

/** Tells of requests that have ended, several at a time. */
export class RecordFeed {
	readonly #emit: (records: readonly RequestRecord[]) => void;
	#records: RequestRecord[] = [];
	#timer: NodeJS.Timeout | undefined;

	constructor(emit: (records: readonly RequestRecord[]) => void) {
		this.#emit = emit;
	}

	add(record: RequestRecord): void {
		this.#records.push(record);
		if (this.#records.length >= most) this.flush();
		else this.#timer ??= setTimeout(() => this.flush(), pace);
	}

	/** Tells of those that wait. */
	flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		if (this.#records.length === 0) return;
		const records = this.#records;
		this.#records = [];
		this.#emit(records);
	}
}
