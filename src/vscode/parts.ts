import type * as vscode from "vscode";
import type { AccountBook } from "../accounts/accountBook.ts";
import type { Relays } from "../accounts/relays.ts";
import type { SecretVault } from "../accounts/secretVault.ts";
import type { UsageBook } from "../accounts/usageBook.ts";
import type { ProxyControl } from "../bridge/proxyControl.ts";
import type { AccountView } from "./accountTree.ts";
import type { AccountActivity } from "./activity.ts";
import type { ChatGpt } from "./chatGpt.ts";
import type { LocalKey } from "./localKey.ts";
import type { RelayForm } from "./relayForm.ts";

/** What `activate` builds and hands to the views and commands. */
export interface Parts {
	readonly context: vscode.ExtensionContext;
	readonly log: vscode.LogOutputChannel;
	readonly book: AccountBook;
	/** The keys of relays. */
	readonly vault: SecretVault;
	readonly relays: Relays;
	/** The logins of ChatGPT accounts, and what is left of their plans. */
	readonly chatGpt: ChatGpt;
	readonly proxy: ProxyControl;
	readonly activity: AccountActivity;
	readonly usage: UsageBook;
	readonly localKey: LocalKey;
	readonly form: RelayForm;
	readonly view: AccountView;
}
