import type { AccountLive, SavedRest } from "./accountLive.ts";
import type { Command, KeyChange } from "./protocol.ts";
import { lastingRests } from "./rests.ts";

/** What outlives the proxy's thread: the next one goes on with it. */
export class CarriedOver {
	readonly #savedRests: () => readonly SavedRest[];
	/** As some thread or window told them last; null before any has. */
	#rests: readonly SavedRest[] | null = null;
	/** What a person has entered in this window. */
	readonly #keys = new Map<string, KeyChange>();

	/** @param savedRests those from before this window was reloaded. */
	constructor(savedRests: () => readonly SavedRest[]) {
		this.#savedRests = savedRests;
	}

	told(live: readonly AccountLive[]): void {
		this.#rests = lastingRests(live, Date.now());
	}

	/** Null: those of all accounts. */
	cleared(accountId: string | null): void {
		this.#rests = accountId === null ? [] : this.#restsNow().filter((saved) => saved.accountId !== accountId);
	}

	keyChanged(key: KeyChange): void {
		this.#keys.set(key.accountId, key);
	}

	/** For a thread that has just started; before its config, by which it knows the keys that have been replaced since. */
	get commands(): readonly Command[] {
		const rests = this.#restsNow();
		return [
			...[...this.#keys.values()].map((key): Command => ({ type: "keyChanged", key })),
			...(rests.length > 0 ? [{ type: "restore", rests } as const] : []),
		];
	}

	#restsNow(): readonly SavedRest[] {
		return this.#rests ?? this.#savedRests();
	}
}
