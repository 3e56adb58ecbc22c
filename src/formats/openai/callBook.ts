import { UniqueIds } from "../callIds.ts";
import type { ToolCallPart } from "../conversation.ts";

type Call = Pick<ToolCallPart, "id" | "name">;

/** Calls that wait for a result, in order. */
class Waiting {
	readonly #calls: Call[] = [];
	/** All before this place have been answered. */
	#first = 0;

	add(call: Call): void {
		this.#calls.push(call);
	}

	first(answered: ReadonlySet<Call>): Call | undefined {
		for (;;) {
			const call = this.#calls[this.#first];
			if (call === undefined || !answered.has(call)) return call;
			this.#first += 1;
		}
	}
}

/**
 * The calls of a conversation and their ids. Some relays count anew in each reply (`call_0`), and `function_call` has no id at
 * all: calls that share one are told apart, and results go to the latest call of their id. What is made here is the same at
 * each reading, so that a cache finds it again.
 */
export class CallBook {
	readonly #latest = new Map<string, Call>();
	readonly #ids = new UniqueIds();
	readonly #answered = new Set<Call>();
	readonly #waiting = new Waiting();
	readonly #waitingByName = new Map<string, Waiting>();

	/** @param told the id in the message; undefined or empty where it has none. */
	open(told: string | undefined, name: string): string {
		const wanted = told || `call_${this.#ids.size}`;
		const call = { id: this.#ids.make(wanted), name };
		this.#latest.set(wanted, call);
		this.#waiting.add(call);
		const ofName = this.#waitingByName.get(name) ?? new Waiting();
		ofName.add(call);
		this.#waitingByName.set(name, ofName);
		return call.id;
	}

	/** The call of a result by its id; without one the first that waits for a result. */
	answer(told: string | undefined, name?: string): Call | undefined {
		const waiting = name === undefined ? this.#waiting : this.#waitingByName.get(name);
		const call = told ? this.#latest.get(told) : waiting?.first(this.#answered);
		if (call !== undefined) this.#answered.add(call);
		return call;
	}
}
