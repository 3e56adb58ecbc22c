import type { Choice } from "./choice.ts";
import type { PoolRequest } from "./lease.ts";

/** A request in the queue. */
export interface Waiter {
	readonly request: PoolRequest;
	readonly tried: ReadonlySet<string>;
	/** When it came to the pool, in milliseconds since 1970. */
	readonly since: number;
	/** When it has to be looked at again, whatever happens, in milliseconds since 1970. */
	deadline: number;
}

/** What a look at a waiter comes to. */
export type Look = { readonly kind: "waits"; readonly deadline: number } | Choice;

interface Place extends Waiter {
	readonly settle: (choice: Choice) => void;
}

/** The requests that wait for an account, first come first served. */
export class WaitingLine {
	readonly #onLeave: () => void;
	readonly #places = new Set<Place>();

	/** @param onLeave one has left the queue by itself. */
	constructor(onLeave: () => void) {
		this.#onLeave = onLeave;
	}

	get length(): number {
		return this.#places.size;
	}

	/** @param signal not aborted yet. @returns never rejects; aborting gives `left`. */
	join(waiter: Waiter, signal: AbortSignal): Promise<Choice> {
		return new Promise((resolve) => {
			const settle = (choice: Choice) => {
				signal.removeEventListener("abort", leave);
				this.#places.delete(place);
				resolve(choice);
			};
			const leave = () => {
				settle({ kind: "left" });
				this.#onLeave();
			};
			const place: Place = { ...waiter, settle };
			signal.addEventListener("abort", leave, { once: true });
			this.#places.add(place);
		});
	}

	/** Looks at each in turn and settles those that need not wait longer. */
	serve(look: (waiter: Waiter) => Look): void {
		for (const place of this.#places) {
			const found = look(place);
			if (found.kind === "waits") place.deadline = found.deadline;
			else place.settle(found);
		}
	}

	soonestDeadline(): number | null {
		let soonest: number | null = null;
		for (const { deadline } of this.#places) if (soonest === null || deadline < soonest) soonest = deadline;
		return soonest;
	}

	close(): void {
		for (const place of this.#places) place.settle({ kind: "left" });
	}
}
