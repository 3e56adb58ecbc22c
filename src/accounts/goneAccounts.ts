/**
 * Accounts that were removed while this window was open: what a file says of them is dropped, also where another window, which
 * has not heard of it yet, writes it once more.
 */
export class GoneAccounts {
	readonly #gone = new Set<string>();
	#known: ReadonlySet<string> = new Set();

	/** Told of all accounts, first at the start and then at each change. One that comes back is gone no more. */
	follow(accountIds: readonly string[]): void {
		const ids = new Set(accountIds);
		for (const id of this.#known) if (!ids.has(id)) this.#gone.add(id);
		for (const id of ids) this.#gone.delete(id);
		this.#known = ids;
	}

	has(accountId: string): boolean {
		return this.#gone.has(accountId);
	}

	get ids(): readonly string[] {
		return [...this.#gone];
	}
}
