import type { Clocks } from "../bridge/protocol.ts";

/** Bytes that any line carries at once. */
const unnoticed = 256 * 1024;
/** Bytes in a millisecond of a line that is still good enough to work with: 4 Mbit/s. */
const slowLine = 512;

interface ClockBells {
	/** @param milliseconds the limit. */
	readonly onNoFirstByte: (milliseconds: number) => void;
	/** Nothing has come since the last bytes. @param milliseconds the limit. */
	readonly onIdle: (milliseconds: number) => void;
	/** The client has been shown nothing for too long since bytes came. */
	readonly onLongHold: () => void;
	/** The reply is over by its own word, and the connection has stayed open. */
	readonly onLongEnd: () => void;
}

/** Milliseconds between a reply's own end and that of its connection: some relays tell the tokens in them. */
const longestEnd = 1_000;

/** The clocks of one reply. */
export class ReplyClocks {
	readonly #limits: Clocks;
	readonly #longestHold: number;
	readonly #bells: ClockBells;
	#firstByte: NodeJS.Timeout | undefined;
	#hold: NodeJS.Timeout | undefined;
	#idle: NodeJS.Timeout | undefined;
	#end: NodeJS.Timeout | undefined;
	#awaits = false;

	constructor(limits: Clocks, longestHold: number, bells: ClockBells) {
		this.#limits = limits;
		this.#longestHold = longestHold;
		this.#bells = bells;
	}

	get awaitsFirstByte(): boolean {
		return this.#awaits;
	}

	/**
	 * The request has been handed over to the connection.
	 * @param bytes of it that may still be on their way: a slow line's time is not the relay's.
	 */
	awaitFirstByte(bytes: number): void {
		const { firstByte } = this.#limits;
		if (firstByte === 0) return;
		this.#awaits = true;
		// Whole seconds: timers of the same length share a list.
		const sending = bytes < unnoticed ? 0 : Math.ceil(bytes / slowLine / 1000) * 1000;
		this.#firstByte = setTimeout(() => this.#bells.onNoFirstByte(firstByte), firstByte + sending);
	}

	noteFirstByte(): void {
		this.#awaits = false;
		clearTimeout(this.#firstByte);
	}

	/** Any bytes, comments too. */
	noteBytes(): void {
		const { idle } = this.#limits;
		if (idle === 0) return;
		if (this.#idle === undefined) this.#idle = setTimeout(() => this.#bells.onIdle(idle), idle);
		else this.#idle.refresh();
	}

	/** Bytes are held back from the client, or a refusal's are still to come. */
	boundHold(): void {
		this.#hold ??= setTimeout(() => this.#bells.onLongHold(), this.#longestHold);
	}

	noteCommit(): void {
		clearTimeout(this.#hold);
	}

	/** The reply is over; only its connection has to end. */
	boundEnd(): void {
		this.#end ??= setTimeout(() => this.#bells.onLongEnd(), longestEnd);
	}

	stop(): void {
		clearTimeout(this.#firstByte);
		clearTimeout(this.#hold);
		clearTimeout(this.#idle);
		clearTimeout(this.#end);
	}
}
