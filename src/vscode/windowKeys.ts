import type { AccountBook } from "../accounts/accountBook.ts";
import type { Disposable } from "../accounts/listeners.ts";
import { originOf } from "../accounts/savePlan.ts";
import type { SecretVault } from "../accounts/secretVault.ts";
import { Turns } from "../accounts/turns.ts";
import type { AccountKey, LogLevel } from "../bridge/protocol.ts";
import type { ProxyControl } from "../bridge/proxyControl.ts";
import type { LocalKey } from "./localKey.ts";

interface WindowKeyParts {
	readonly book: Pick<AccountBook, "accounts">;
	readonly vault: Pick<SecretVault, "load" | "apiKeyOf" | "setApiKey" | "onDidWrite">;
	readonly localKey: Pick<LocalKey, "take">;
	readonly proxy: Pick<ProxyControl, "state" | "keyChanged" | "onDidLearnKey" | "onDidChangeState">;
	readonly log: (level: LogLevel, message: string) => void;
}

/**
 * Keys between windows. On a desktop all of them share their secrets; in browsers each page has its own. So what a person
 * enters here is told to the window that serves, what other windows have told is kept when this one serves, and all come to
 * have one local key.
 */
export function shareKeys({ book, vault, localKey, proxy, log }: WindowKeyParts): Disposable {
	const turns = new Turns();
	/** What is kept because another window told it, which is no news to anybody. */
	let keeping: AccountKey | null = null;

	const keep = async (key: AccountKey): Promise<void> => {
		const { accountId, origin, apiKey, changedAt } = key;
		const account = book.accounts.find(({ id }) => id === accountId);
		if (account === undefined || originOf(account) !== origin) return;
		// Where the windows share their secrets it is there by now.
		await vault.load([accountId]);
		const own = vault.apiKeyOf(accountId);
		// A key that a person has just entered replaces this window's; one that was only lacking does not.
		if (own === apiKey || (own !== null && changedAt === null)) return;
		keeping = key;
		try {
			await vault.setApiKey(accountId, apiKey, origin);
		} finally {
			keeping = null;
		}
	};

	const subscriptions = [
		proxy.onDidLearnKey((key) => {
			void turns
				.take(() => keep(key))
				.catch(() =>
					log("warn", "A key that another window told could not be kept; it is used until this one is reloaded."),
				);
		}),
		vault.onDidWrite(({ accountId, apiKey, origin }) => {
			if (origin === null || (keeping?.accountId === accountId && keeping.apiKey === apiKey)) return;
			proxy.keyChanged({ accountId, origin, apiKey, changedAt: Date.now() });
		}),
		proxy.onDidChangeState((state) => {
			if (state.kind === "otherWindow") void localKey.take(state.localKey);
		}),
	];
	return {
		dispose: () => {
			for (const subscription of subscriptions) subscription.dispose();
		},
	};
}
