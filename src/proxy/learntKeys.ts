import type { AccountKey, KeyChange, ServedAccount } from "../bridge/protocol.ts";
import { originFor } from "../pool/usable.ts";

/** Keys kept for accounts that this window's book does not name yet. */
const mostKept = 256;

interface Learnt {
	readonly key: AccountKey;
	/** Whether the main thread knows that it is in use. */
	told: boolean;
}

/**
 * Keys that attached windows have told. A key is used for the account with its id and its origin, alone; it may come a
 * moment before the account does. Where this window has another key, the one that a person has entered later is used.
 */
export class LearntKeys {
	readonly #learnt = new Map<string, Learnt>();
	/** What this window itself knows. */
	#own: ReadonlyMap<string, ServedAccount> = new Map();
	/** When a key of this window's changed, as far as it is known, in milliseconds since 1970. */
	readonly #changedAt = new Map<string, number>();
	readonly #onUse: (key: AccountKey) => void;

	/** @param onUse told once of each key that is used from now on. */
	constructor(onUse: (key: AccountKey) => void) {
		this.#onUse = onUse;
	}

	/** @returns whether something may have changed in what `withLearnt` gives. */
	learn(change: KeyChange): boolean {
		const { apiKey } = change;
		const known = this.#learnt.get(change.accountId)?.key;
		if (apiKey === null) {
			const isOlder = (known?.changedAt ?? 0) > (change.changedAt ?? 0) || known?.origin !== change.origin;
			return !isOlder && this.#learnt.delete(change.accountId);
		}
		const key: AccountKey = { ...change, apiKey };
		if (known?.apiKey === key.apiKey && known.origin === key.origin) return false;
		if (known && (known.changedAt ?? 0) > (key.changedAt ?? 0) && known.origin === key.origin) return false;
		this.#learnt.delete(key.accountId);
		this.#learnt.set(key.accountId, { key, told: false });
		for (const [id] of this.#learnt) {
			if (this.#learnt.size <= mostKept) break;
			this.#learnt.delete(id);
		}
		return true;
	}

	/** A person has entered a key in this window, just now or before the proxy started anew. */
	ownChanged({ accountId, changedAt }: KeyChange): void {
		if (changedAt !== null) this.#changedAt.set(accountId, changedAt);
	}

	/** The accounts as this window knows them, with the keys that are better learnt. */
	withLearnt(accounts: readonly ServedAccount[]): readonly ServedAccount[] {
		this.#note(accounts);
		return accounts.map((served) => {
			const learnt = this.#learnt.get(served.account.id);
			if (learnt === undefined || !this.#isBetter(learnt.key, served)) return served;
			if (!learnt.told) {
				learnt.told = true;
				this.#onUse(learnt.key);
			}
			return { ...served, apiKey: learnt.key.apiKey };
		});
	}

	/** Notices keys that change, and accounts that go. */
	#note(accounts: readonly ServedAccount[]): void {
		const now = new Map(accounts.map((served) => [served.account.id, served]));
		for (const [id, { apiKey }] of this.#own) {
			const next = now.get(id);
			if (next === undefined) {
				this.#learnt.delete(id);
				this.#changedAt.delete(id);
			} else if (next.apiKey !== apiKey) {
				// Also where it has been removed, as by signing out: what other windows told before is removed with it.
				this.#changedAt.set(id, Date.now());
				this.#learnt.delete(id);
			}
		}
		this.#own = now;
	}

	#isBetter({ origin, apiKey, changedAt }: AccountKey, served: ServedAccount): boolean {
		const { account, apiKey: own } = served;
		if (own === apiKey || originFor(served) !== origin) return false;
		const since = this.#changedAt.get(account.id);
		// A window that has just heard of it may still tell a key that has been removed here.
		if (own === null && since === undefined) return true;
		return changedAt !== null && changedAt > (since ?? 0);
	}
}
