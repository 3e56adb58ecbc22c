import { isRecord } from "../modelList.ts";
import { parseJson } from "../probe.ts";

/** Characters of JSON, of all items together. */
const most = 8 * 1024 * 1024;
/** Of one item: a larger one would drive out too many others. */
const mostOfOne = most / 8;

/**
 * Items of replies to clients that did not say `store: false`: they count on it that their account keeps what it has said, and
 * may refer to it by its id alone. An account of another format keeps nothing, so it is remembered here, the latest first to
 * stay.
 */
export class SaidItems {
	readonly #texts = new Map<string, string>();
	#length = 0;

	/** @param body of the request that the item is the reply to. */
	keep<Item extends { readonly id: string }>(item: Item, body: unknown): void {
		if (isRecord(body) && body["store"] === false) return;
		const text = JSON.stringify(item);
		if (text.length > mostOfOne) return;
		this.#drop(item.id);
		this.#texts.set(item.id, text);
		this.#length += text.length;
		for (const id of this.#texts.keys()) {
			if (this.#length <= most) return;
			this.#drop(id);
		}
	}

	/** @returns undefined where nobody here has said it, or too much has been said since. */
	find(id: unknown): unknown {
		const text = typeof id === "string" ? this.#texts.get(id) : undefined;
		return text === undefined ? undefined : parseJson(text);
	}

	#drop(id: string): void {
		this.#length -= this.#texts.get(id)?.length ?? 0;
		this.#texts.delete(id);
	}
}

export const saidItems: SaidItems = new SaidItems();
