import { UniqueIds } from "../callIds.ts";

/** A call whose result may still come. */
interface OpenCall {
	readonly id: string;
	readonly name: string;
	isAnswered: boolean;
}

export interface AnsweredCall {
	readonly id: string;
	readonly name: string;
	/** It had no result before. */
	readonly isFirst: boolean;
}

/**
 * The calls of a history, and which result belongs to which. Clients of this format may leave ids out: a call's is then made
 * of its place and name, so that it stays the same while the history grows, and results are matched in order among the calls
 * of their name, those of the latest turn first.
 */
export class OpenCalls {
	readonly #ids = new UniqueIds();
	readonly #all = new RoundsOfCalls();
	readonly #byName = new Map<string, RoundsOfCalls>();
	/** By the ids that the client told, the latest last. */
	readonly #byId = new Map<string, CallsOfId>();
	#round = 0;

	/** Another turn of the model begins. */
	nextRound(): void {
		this.#round += 1;
	}

	/** @returns the id of the call, unique. */
	open(name: string, told: string | undefined): string {
		const id = this.#ids.make(told ?? `call_${this.#ids.size}_${name}`);
		const call: OpenCall = { id, name, isAnswered: false };
		this.#all.add(call, this.#round);
		const ofName = this.#byName.get(name) ?? new RoundsOfCalls();
		ofName.add(call, this.#round);
		this.#byName.set(name, ofName);
		if (told !== undefined) {
			const before = this.#byId.get(told)?.open ?? [];
			before.push(call);
			this.#byId.set(told, { open: before, latest: call });
		}
		return id;
	}

	/** @returns null where there is no call that it could answer. A result may come in several pieces. */
	answer(name: string | undefined, told: string | undefined): AnsweredCall | null {
		const named = name === undefined ? this.#all : this.#byName.get(name);
		const call = this.#withId(told) ?? named?.firstOpen() ?? named?.first;
		if (call === undefined) return null;
		const { id, isAnswered } = call;
		call.isAnswered = true;
		return { id, name: call.name, isFirst: !isAnswered };
	}

	/** The latest of the id that waits for a result, else the latest. */
	#withId(told: string | undefined): OpenCall | undefined {
		const calls = told === undefined ? undefined : this.#byId.get(told);
		while (calls?.open.at(-1)?.isAnswered === true) calls.open.pop();
		return calls?.open.at(-1) ?? calls?.latest;
	}
}

interface CallsOfId {
	/** With some that have been answered meanwhile, but not at the end. */
	readonly open: OpenCall[];
	readonly latest: OpenCall;
}

interface Round {
	readonly round: number;
	readonly calls: OpenCall[];
	/** All before this place have been answered. */
	next: number;
}

/** Calls by the turns of the model. */
class RoundsOfCalls {
	/** Those that may still hold a call that waits, the latest last. */
	readonly #rounds: Round[] = [];
	#latest: Round | undefined;

	/** All calls of one turn come before any of its results. */
	add(call: OpenCall, round: number): void {
		if (this.#latest?.round !== round) {
			this.#latest = { round, calls: [], next: 0 };
			this.#rounds.push(this.#latest);
		}
		this.#latest.calls.push(call);
	}

	/** Of the latest turn that has any, whether it waits or not. */
	get first(): OpenCall | undefined {
		return this.#latest?.calls[0];
	}

	/** Of the latest turn in which one waits for a result the first that does. */
	firstOpen(): OpenCall | undefined {
		for (let last = this.#rounds.at(-1); last !== undefined; last = this.#rounds.at(-1)) {
			while (last.calls[last.next]?.isAnswered === true) last.next += 1;
			const call = last.calls[last.next];
			if (call !== undefined) return call;
			this.#rounds.pop();
		}
		return undefined;
	}
}
