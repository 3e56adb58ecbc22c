import { type Disposable, Listeners } from "../accounts/listeners.ts";
import type { RequestRecord } from "../bridge/protocol.ts";
import type { ProxyControl } from "../bridge/proxyControl.ts";

/** When an account was last called for a client, and what last went wrong. */
export interface Activity {
	/** Milliseconds since 1970. */
	readonly lastUsed: number;
	readonly lastError: CallError | null;
}

interface CallError {
	/** Milliseconds since 1970. */
	readonly at: number;
	/** Null where nothing came back. */
	readonly status: number | null;
	/** In the relay's or the network's words; may be empty. */
	readonly text: string;
}

/** Remembers the last use of each account for as long as this window lives. */
export class AccountActivity implements Disposable {
	readonly #byAccount = new Map<string, Activity>();
	readonly #changes = new Listeners<string>();
	readonly #subscription: Disposable;

	constructor(proxy: Pick<ProxyControl, "onDidFinishRequest">) {
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

	/** A request may have called several accounts, and one of them twice: its last call counts. */
	#note({ calls, at }: RequestRecord): void {
		const lastCalls = new Map(calls.map((call) => [call.accountId, call]));
		for (const [id, { error, status }] of lastCalls) {
			const lastError = error === null ? (this.#byAccount.get(id)?.lastError ?? null) : { at, status, text: error };
			this.#byAccount.set(id, { lastUsed: at, lastError });
			this.#changes.emit(id);
		}
	}
}
