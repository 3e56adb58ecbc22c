import * as vscode from "vscode";
import { openAccountBook } from "./accounts/accountBook.ts";
import { Relays } from "./accounts/relays.ts";
import { RestFile } from "./accounts/restFile.ts";
import { SecretVault } from "./accounts/secretVault.ts";
import { UsageBook } from "./accounts/usageBook.ts";
import { openControlToken } from "./bridge/controlToken.ts";
import type { LogLevel } from "./bridge/protocol.ts";
import { WorkerProxy } from "./bridge/workerProxy.ts";
import { createAccountTree } from "./vscode/accountTree.ts";
import { AccountActivity } from "./vscode/activity.ts";
import { keepBooks } from "./vscode/bookkeeping.ts";
import { ChatGpt } from "./vscode/chatGpt.ts";
import { ownUserAgent } from "./vscode/chatGptSettings.ts";
import { registerCommands } from "./vscode/commands.ts";
import { answerHostFetch } from "./vscode/hostFetch.ts";
import { importAtStart } from "./vscode/importAtStart.ts";
import { LocalKey } from "./vscode/localKey.ts";
import { requestLevel, requestLine } from "./vscode/log.ts";
import { LiveOutbound } from "./vscode/outbound.ts";
import { watchPort } from "./vscode/portNotice.ts";
import { feedProxy } from "./vscode/proxyFeed.ts";
import { createRelayForm } from "./vscode/relayForm.ts";
import { secretStore } from "./vscode/secrets.ts";
import { LiveSettings } from "./vscode/settings.ts";
import { createStatusBar } from "./vscode/statusBar.ts";
import { welcomeWhileEmpty } from "./vscode/welcome.ts";

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

/** VS Code waits for it a few seconds; what is disposed of after it is not waited for. */
export async function deactivate(): Promise<void> {
	await writeTheRest();
}

let writeTheRest: () => Promise<unknown> = async () => undefined;

/** Builds the parts, connects them, and hands every one of them to the context, which disposes of them. */
async function build(context: vscode.ExtensionContext): Promise<void> {
	const own = <T extends { dispose(): unknown }>(part: T): T => {
		context.subscriptions.push(part);
		return part;
	};
	const folder = context.globalStorageUri.fsPath;
	const log = own(vscode.window.createOutputChannel("Relay Accounts", { log: true }));
	const write = (level: LogLevel, message: string) => log[level](message);
	const version = String(context.extension.packageJSON.version);
	const settings = own(new LiveSettings(log, ownUserAgent(version, process)));
	const outbound = own(new LiveOutbound());
	const vault = own(new SecretVault(secretStore(context.secrets)));
	const rests = own(new RestFile(folder, write));
	const proxy = own(
		new WorkerProxy({
			script: context.asAbsolutePath("dist/worker.cjs"),
			log: write,
			savedRests: () => rests.rests,
			fetchHere: answerHostFetch,
		}),
	);
	const activity = own(new AccountActivity(proxy));
	const [book, localKey, controlToken] = await Promise.all([
		openAccountBook({ folder, log: write }).then(own),
		LocalKey.open(context.secrets).then(own),
		openControlToken(folder, write),
	]);
	// After the account book, which makes the folder.
	const { secrets } = context;
	const [usage, chatGpt] = await Promise.all([
		UsageBook.open({ folder, log: write }).then(own),
		ChatGpt.open({ folder, secrets, book, settings, proxy, log: write }).then(own),
		rests.load(),
		vault.load(book.accounts.map(({ id }) => id)),
	]);
	writeTheRest = () => Promise.all([usage.flush(), rests.flush(), chatGpt.flush()]);
	const relays = new Relays(book, vault);
	const form = own(createRelayForm({ context, log, book, vault, relays, proxy }));
	const made = { context, log, book, vault, relays, chatGpt, proxy, activity, usage, localKey, form };
	own(feedProxy({ ...made, settings, outbound, controlToken }));
	own(keepBooks({ book, proxy, usage, rests }));
	own(proxy.onDidFinishRequest((record) => log[requestLevel(record)](requestLine(record))));
	const parts = { ...made, view: own(createAccountTree(made)) };
	own(welcomeWhileEmpty(book));
	own(createStatusBar(parts));
	own(watchPort(proxy, log));
	own(registerCommands(parts));
	own(importAtStart(parts, settings));
	proxy.serve(settings.current.autoStart);
}
