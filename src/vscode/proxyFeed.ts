import * as vscode from "vscode";
import { isRelay } from "../accounts/account.ts";
import type { AccountBook } from "../accounts/accountBook.ts";
import type { SecretVault } from "../accounts/secretVault.ts";
import type { ProxyConfig } from "../bridge/protocol.ts";
import type { ProxyControl } from "../bridge/proxyControl.ts";
import type { LocalKey } from "./localKey.ts";
import type { LiveSettings } from "./settings.ts";

interface FeedParts {
	readonly book: AccountBook;
	readonly vault: SecretVault;
	readonly settings: LiveSettings;
	readonly localKey: LocalKey;
	readonly proxy: ProxyControl;
	readonly controlToken: string;
}

/** Tells the proxy what it needs to know: now, and whenever an account, a key or a setting changes. */
export function feedProxy(parts: FeedParts): vscode.Disposable {
	const { book, vault, settings, localKey, proxy } = parts;
	const feed = (): void => proxy.configure(configOf(parts));
	feed();
	return vscode.Disposable.from(
		book.onDidChange((accounts) => {
			feed();
			// Another window may have added an account whose key this one has not read yet; the vault tells of what it finds.
			void vault.load(accounts.map(({ id }) => id).filter((id) => vault.apiKeyOf(id) === null));
		}),
		vault.onDidChange(feed),
		settings.onDidChange(feed),
		localKey.onDidChange(feed),
	);
}

function configOf({ book, vault, settings, localKey, controlToken }: FeedParts): ProxyConfig {
	const { port, bodyLimit, allowedOrigins } = settings.current;
	const relays = book.accounts.filter(isRelay).map((account) => ({ account, apiKey: vault.apiKeyOf(account.id) }));
	return { port, bodyLimit, allowedOrigins, localKey: localKey.own, controlToken, relays };
}
