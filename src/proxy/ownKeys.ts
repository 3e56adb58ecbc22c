import type { AccountLive } from "../bridge/accountLive.ts";
import type { AccountKey, KeyChange, ServedAccount } from "../bridge/protocol.ts";
import { originFor } from "../pool/usable.ts";

/** Characters; what is longer would not fit into a request's headers either. */
const longestKey = 16 * 1024;

/** The keys of an attached window, and which of them the owner is to be told. */
export class OwnKeys {
	#accounts: ReadonlyMap<string, ServedAccount> = new Map();
	/** What a person has entered in this window, as long as it is what this window would use. */
	readonly #changes = new Map<string, KeyChange>();

	/** In the order in which they were entered. */
	get changes(): readonly KeyChange[] {
		return [...this.#changes.values()];
	}

	replace(accounts: readonly ServedAccount[]): void {
		this.#accounts = new Map(accounts.map((served) => [served.account.id, served]));
		for (const [id, { apiKey }] of this.#changes) {
			const now = this.#accounts.get(id);
			// Another window's is the later one, or the key was removed. An account may come after its key.
			if (now !== undefined && now.apiKey !== apiKey) this.#changes.delete(id);
		}
	}

	changed(key: KeyChange): void {
		this.#changes.delete(key.accountId);
		if (key.apiKey === null || key.apiKey.length <= longestKey) this.#changes.set(key.accountId, key);
	}

	/** For one connection: says which keys the owner lacks, each of them once. */
	offers(): { missing(live: readonly AccountLive[]): readonly AccountKey[] } {
		const offered = new Map<string, string>();
		return {
			missing: (live) =>
				live.flatMap(({ id, hasKey }) => {
					const served = this.#accounts.get(id);
					const apiKey = served?.apiKey ?? null;
					if (hasKey || !served || apiKey === null || apiKey.length > longestKey) return [];
					const origin = originFor(served);
					if (offered.get(id) === `${origin} ${apiKey}`) return [];
					offered.set(id, `${origin} ${apiKey}`);
					return [{ accountId: id, origin, apiKey, changedAt: null }];
				}),
		};
	}
}
