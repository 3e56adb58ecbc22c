import type { LogLevel } from "../bridge/protocol.ts";
import { type Log, messageOf } from "./accountFile.ts";

/** Says that a file cannot be read or written: once, as long as the same is the matter. */
export class FileTrouble {
	readonly #log: Log;
	readonly #level: LogLevel;
	/** What is in the file, as the beginning of a sentence. */
	readonly #subject: string;
	#last = "";

	constructor(log: Log, level: LogLevel, subject: string) {
		this.#log = log;
		this.#level = level;
		this.#subject = subject;
	}

	found(done: "read" | "written", error: unknown): void {
		const trouble = `${this.#subject} could not be ${done}: ${messageOf(error)}`;
		if (trouble !== this.#last) this.#log(this.#level, trouble);
		this.#last = trouble;
	}

	over(): void {
		this.#last = "";
	}
}
