import { createHash } from "node:crypto";

/**
 * What OpenAI (40 characters in Chat Completions, 64 in Responses) and Anthropic all take: calls and their results are matched
 * by such an id.
 */
const fit = /^[A-Za-z0-9_-]{1,40}$/;

/** The id of a call as every account takes it; of one id always the same. Accounts never say it back, so it need not be undone. */
export function fitCallId(id: string): string {
	return fit.test(id) ? id : `call_${createHash("sha256").update(id).digest("hex").slice(0, 24)}`;
}

/** Ids of which no two are the same: one that is taken gets a number, at no more cost for the last of very many than for the first. */
export class UniqueIds {
	readonly #taken = new Set<string>();
	/** By what was wanted: the number to try next. */
	readonly #next = new Map<string, number>();

	get size(): number {
		return this.#taken.size;
	}

	/** @param before what stands before the number; the wanted id itself where it may be as long as it likes. */
	make(wanted: string, before = wanted): string {
		let id = wanted;
		let number = this.#next.get(wanted) ?? 2;
		for (; this.#taken.has(id); number += 1) id = `${before}_${number}`;
		if (id !== wanted) this.#next.set(wanted, number);
		this.#taken.add(id);
		return id;
	}
}
