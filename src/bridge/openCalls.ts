import type { Command } from "./protocol.ts";
import type { Call, CallResult, CallResults } from "./relayReports.ts";

interface OpenCall {
	readonly command: Command;
	readonly answer: (result: CallResult) => void;
}

/** Questions to the worker that are not answered yet. */
export class OpenCalls {
	readonly #say: (command: Command) => void;
	readonly #isHeard: () => boolean;
	readonly #open = new Map<number, OpenCall>();
	#lastId = 0;

	/** @param isHeard whether there is a thread that hears what is said. */
	constructor(say: (command: Command) => void, isHeard: () => boolean) {
		this.#say = say;
		this.#isHeard = isHeard;
	}

	get areOpen(): boolean {
		return this.#open.size > 0;
	}

	/** To be said to a thread that has just started. */
	get commands(): readonly Command[] {
		return [...this.#open.values()].map(({ command }) => command);
	}

	/** Never rejects: aborting gives `cancelled`. */
	ask<Kind extends Call["kind"]>(call: Extract<Call, { kind: Kind }>, signal: AbortSignal): Promise<CallResults[Kind]> {
		this.#lastId += 1;
		const callId = this.#lastId;
		return new Promise((resolve) => {
			const cancel = () => {
				if (this.#isHeard()) this.#say({ type: "cancel", callId });
				else answer({ kind: "cancelled" });
			};
			signal.addEventListener("abort", cancel, { once: true });
			const answer = (result: CallResult) => {
				signal.removeEventListener("abort", cancel);
				this.#open.delete(callId);
				// The worker answers each kind of call with the result of that kind.
				resolve(result as CallResults[Kind]);
			};
			const command: Command = { type: "call", callId, call };
			this.#open.set(callId, { command, answer });
			if (this.#isHeard()) this.#say(command);
		});
	}

	answer(callId: number, result: CallResult): void {
		this.#open.get(callId)?.answer(result);
	}

	/** The thread has died. */
	loseAll(): void {
		for (const { answer } of [...this.#open.values()]) answer({ kind: "proxyRestarted" });
	}
}
