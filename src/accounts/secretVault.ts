import { isDeepStrictEqual } from "node:util";
import { isRecord } from "./fieldProblem.ts";
import { type Disposable, Listeners } from "./listeners.ts";
import { readApiKey } from "./relayInput.ts";

/** Where secrets are kept, as VS Code's SecretStorage does it. */
export interface SecretStore {
	get(key: string): PromiseLike<string | undefined>;
	store(key: string, value: string): PromiseLike<void>;
	delete(key: string): PromiseLike<void>;
	/** Also tells of changes made in other windows. */
	onDidChange(listener: (key: string) => void): Disposable;
}

const prefix = "relayAccounts.account.";

/** A key, and where it may go. */
export interface BoundKey {
	readonly apiKey: string;
	/** Null: saved without one, for whatever URL the account has. */
	readonly origin: string | null;
}

/** A key that this window wrote itself. */
export interface WrittenKey extends BoundKey {
	readonly accountId: string;
}

/**
 * The keys of the accounts: one entry each, cached, re-read when the store says that it changed.
 *
 * Accounts and keys are kept in two places and reach another window one after the other, or, where each page has its
 * own secrets, the key not at all. So a key remembers the origin it was saved for and is given for no other: an
 * account that moved to another host never takes the old host's key along, nor sends the new key to the old host.
 */
export class SecretVault implements Disposable {
	readonly #store: SecretStore;
	readonly #cached = new Map<string, BoundKey>();
	/** Counts the changes of each entry, so that a slow read cannot bring back what was replaced meanwhile. */
	readonly #generations = new Map<string, number>();
	readonly #changes = new Listeners<string>();
	readonly #writes = new Listeners<WrittenKey>();
	readonly #subscription: Disposable;
	#originOf: (accountId: string) => string | null = () => null;

	constructor(store: SecretStore) {
		this.#store = store;
		this.#subscription = store.onDidChange((key) => {
			if (!key.startsWith(prefix)) return;
			const accountId = key.slice(prefix.length);
			this.#advance(accountId);
			void this.#read(accountId);
		});
	}

	/** @param originOf where an account's requests go now; null when it is unknown or has no URL of its own. */
	followOrigins(originOf: (accountId: string) => string | null): void {
		this.#originOf = originOf;
	}

	/** Reads the entries of these accounts into the cache. Never rejects: what the store cannot give counts as missing. */
	async load(accountIds: readonly string[]): Promise<void> {
		await Promise.all(accountIds.map((id) => this.#read(id)));
	}

	/** @returns null when this window has no key for the account and its origin, or has not loaded it yet. */
	apiKeyOf(accountId: string): string | null {
		const bound = this.#cached.get(accountId);
		if (bound === undefined) return null;
		const origin = this.#originOf(accountId);
		return bound.origin === null || origin === null || bound.origin === origin ? bound.apiKey : null;
	}

	/** The entry as this window knows it, whatever the account's origin is now. */
	boundKeyOf(accountId: string): BoundKey | null {
		return this.#cached.get(accountId) ?? null;
	}

	/** @param origin the only one that the key is for, as `URL` writes it; by default where the account's requests go now. */
	async setApiKey(accountId: string, apiKey: string, origin = this.#originOf(accountId)): Promise<void> {
		const entry = origin === null ? { apiKey } : { apiKey, origin };
		await this.#store.store(prefix + accountId, JSON.stringify(entry));
		this.#adopt(accountId, { apiKey, origin });
		this.#writes.emit({ accountId, apiKey, origin });
	}

	async deleteApiKey(accountId: string): Promise<void> {
		await this.#store.delete(prefix + accountId);
		this.#adopt(accountId, null);
	}

	/** Tells the id of an account whose key was added, changed or removed. */
	onDidChange(listener: (accountId: string) => void): Disposable {
		return this.#changes.add(listener);
	}

	/** Tells each key that this window has written, changed by that or not; never what another window wrote. */
	onDidWrite(listener: (key: WrittenKey) => void): Disposable {
		return this.#writes.add(listener);
	}

	dispose(): void {
		this.#subscription.dispose();
		this.#changes.dispose();
		this.#writes.dispose();
		this.#cached.clear();
	}

	async #read(accountId: string): Promise<void> {
		for (;;) {
			const generation = this.#generations.get(accountId);
			let entry: string | undefined;
			try {
				entry = await this.#store.get(prefix + accountId);
			} catch {
				// A keychain that is locked for a moment must not make a known key unknown.
				return;
			}
			if (this.#generations.get(accountId) === generation) {
				this.#hold(accountId, keyIn(entry));
				return;
			}
		}
	}

	/** What this window wrote itself. */
	#adopt(accountId: string, bound: BoundKey | null): void {
		this.#advance(accountId);
		this.#hold(accountId, bound);
	}

	#hold(accountId: string, bound: BoundKey | null): void {
		if (isDeepStrictEqual(this.#cached.get(accountId) ?? null, bound)) return;
		if (bound === null) this.#cached.delete(accountId);
		else this.#cached.set(accountId, bound);
		this.#changes.emit(accountId);
	}

	#advance(accountId: string): void {
		this.#generations.set(accountId, (this.#generations.get(accountId) ?? 0) + 1);
	}
}

/** A parser's message would quote the key: nothing of it is passed on. */
function keyIn(entry: string | undefined): BoundKey | null {
	if (entry === undefined) return null;
	try {
		const value: unknown = JSON.parse(entry);
		if (!isRecord(value)) return null;
		const key = readApiKey(value["apiKey"], "required");
		const origin = value["origin"] ?? null;
		if (!key.ok || key.value === null || (origin !== null && typeof origin !== "string")) return null;
		return { apiKey: key.value, origin };
	} catch {
		return null;
	}
}
