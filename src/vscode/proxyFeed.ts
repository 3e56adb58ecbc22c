import * as vscode from "vscode";
import { isRelay } from "../accounts/account.ts";
import type { AccountBook } from "../accounts/accountBook.ts";
import type { SecretVault } from "../accounts/secretVault.ts";
import type { ProxyConfig, ServedAccount } from "../bridge/protocol.ts";
import type { ProxyControl } from "../bridge/proxyControl.ts";
import type { ChatGpt } from "./chatGpt.ts";
import type { LocalKey } from "./localKey.ts";
import type { LiveOutbound } from "./outbound.ts";
import type { LiveSettings } from "./settings.ts";
import { shareKeys } from "./windowKeys.ts";

interface FeedParts {
	readonly book: AccountBook;
	readonly vault: SecretVault;
	readonly chatGpt: ChatGpt;
	readonly settings: LiveSettings;
	readonly outbound: LiveOutbound;
	readonly localKey: LocalKey;
	readonly proxy: ProxyControl;
	readonly log: vscode.LogOutputChannel;
	readonly controlToken: string;
}

/**
 * Tells the proxy what it needs to know: now, and whenever an account, a key or a setting changes; and keeps what it learns
 * from other windows.
 */
export function feedProxy(parts: FeedParts): vscode.Disposable {
	const { book, vault, chatGpt, settings, outbound, localKey, proxy, log } = parts;
	const feed = (): void => proxy.configure(configOf(parts));
	feed();
	return vscode.Disposable.from(
		book.onDidChange((accounts) => {
			feed();
			// Another window may have added an account whose key this one has not read yet; the vault tells of what it finds.
			void vault.load(
				accounts
					.filter(isRelay)
					.map(({ id }) => id)
					.filter((id) => vault.apiKeyOf(id) === null),
			);
		}),
		vault.onDidChange(feed),
		chatGpt.onDidChangeLogin(feed),
		settings.onDidChange(feed),
		outbound.onDidChange(feed),
		log.onDidChangeLogLevel(feed),
		localKey.onDidChange(feed),
		shareKeys({ book, vault, localKey, proxy, log: (level, message) => log[level](message) }),
	);
}

function configOf(parts: FeedParts): ProxyConfig {
	const { book, vault, chatGpt, settings, outbound, localKey, log, controlToken } = parts;
	const { port, bodyLimit, allowedOrigins, fetchMedia, pool, clocks } = settings.current;
	const { backend } = settings.current.chatGpt;
	const accounts = book.accounts.map(
		(account): ServedAccount =>
			isRelay(account)
				? { account, apiKey: vault.apiKeyOf(account.id) }
				: { account, apiKey: chatGpt.accessTokenOf(account.id), backend },
	);
	return {
		...{ port, bodyLimit, allowedOrigins, fetchMedia, pool, clocks },
		...{ localKey: localKey.own, controlToken, accounts },
		outbound: outbound.current,
		explainsChoices: logsAt(log, vscode.LogLevel.Debug),
	};
}

/** Whether the log's level lets such lines through. */
function logsAt({ logLevel }: vscode.LogOutputChannel, level: vscode.LogLevel): boolean {
	return logLevel !== vscode.LogLevel.Off && logLevel <= level;
}
