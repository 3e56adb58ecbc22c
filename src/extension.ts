import * as vscode from "vscode";
import { openAccountBook } from "./accounts/accountBook.ts";
import { Relays } from "./accounts/relays.ts";
import { SecretVault } from "./accounts/secretVault.ts";
import { openControlToken } from "./bridge/controlToken.ts";
import type { LogLevel } from "./bridge/protocol.ts";
import { WorkerProxy } from "./bridge/workerProxy.ts";
import { createAccountTree } from "./vscode/accountTree.ts";
import { AccountActivity } from "./vscode/activity.ts";
import { registerCommands } from "./vscode/commands.ts";
import { importAtStart } from "./vscode/importAtStart.ts";
import { LocalKey } from "./vscode/localKey.ts";
import { requestLevel, requestLine } from "./vscode/log.ts";
import { watchPort } from "./vscode/portNotice.ts";
import { feedProxy } from "./vscode/proxyFeed.ts";
import { createRelayForm } from "./vscode/relayForm.ts";
import { secretStore } from "./vscode/secrets.ts";
import { LiveSettings } from "./vscode/settings.ts";
import { createStatusBar } from "./vscode/statusBar.ts";

/** VS Code shows nothing of an activation that fails, so it is said here. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
	try {
		await build(context);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		void vscode.window.showErrorMessage(vscode.l10n.t("Relay Accounts could not start: {0}", reason));
		throw error;
	}
}

/** Builds the parts, connects them, and hands every one of them to the context, which disposes of them. */
async function build(context: vscode.ExtensionContext): Promise<void> {
	const own = <T extends { dispose(): unknown }>(part: T): T => {
		context.subscriptions.push(part);
		return part;
	};
	const folder = context.globalStorageUri.fsPath;
	const log = own(vscode.window.createOutputChannel("Relay Accounts", { log: true }));
	const write = (level: LogLevel, message: string) => log[level](message);
	const settings = own(new LiveSettings(log));
	const vault = own(new SecretVault(secretStore(context.secrets)));
	const proxy = own(new WorkerProxy(context.asAbsolutePath("dist/worker.cjs"), write));
	const activity = own(new AccountActivity(proxy));
	const [book, localKey, controlToken] = await Promise.all([
		openAccountBook({ folder, log: write }).then(own),
		LocalKey.open(context.secrets).then(own),
		openControlToken(folder, write),
	]);
	await vault.load(book.accounts.map(({ id }) => id));
	const relays = new Relays(book, vault);
	const form = own(createRelayForm({ context, log, book, vault, relays, proxy }));
	const parts = { context, log, book, vault, relays, proxy, activity, localKey, form };
	own(feedProxy({ book, vault, settings, localKey, proxy, controlToken }));
	own(proxy.onDidFinishRequest((record) => log[requestLevel(record)](requestLine(record))));
	own(createAccountTree(parts));
	own(createStatusBar(proxy));
	own(watchPort(proxy, log));
	own(registerCommands(parts));
	own(importAtStart(parts, settings));
	proxy.serve(settings.current.autoStart);
}
