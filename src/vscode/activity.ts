import { type Disposable, Listeners } from "../accounts/listeners.ts";
import type { RequestRecord } from "../bridge/protocol.ts";
import type { ProxyControl } from "../bridge/proxyControl.ts";

/** When an account was last called for a client, and what last went wrong. */
export interface Activity {
	/** Milliseconds since 1970. */
	readonly lastUsed: number;
	readonly lastError: { readonly at: number; readonly text: string } | null;
}

/** Remembers the last use of each account for as long as this window lives. */
export class AccountActivity implements Disposable {
	readonly #byAccount = new Map<string, Activity>();
	readonly #changes = new Listeners<string>();
	readonly #subscription: Disposable;

	constructor(proxy: ProxyControl) {
		this.#subscription = proxy.onDidFinishRequest((record) => this.#note(record));
	}

	of(accountId: string): Activity | undefined {
		return this.#byAccount.get(accountId);
	}

	onDidChange(listener: (accountId: string) => void): Disposable {
		return this.#changes.add(listener);
	}

	dispose(): void {
		this.#subscription.dispose();
		this.#changes.dispose();
	}

	#note({ account, at, error }: RequestRecord): void {
		if (account === null) return;
		const lastError = error === null ? (this.#byAccount.get(account.id)?.lastError ?? null) : { at, text: error };
		this.#byAccount.set(account.id, { lastUsed: at, lastError });
		this.#changes.emit(account.id);
	}
}
