import * as vscode from "vscode";
import { type Account, isRelay } from "../accounts/account.ts";
import { accountChanges, type Group, groups } from "./accountChanges.ts";
import { type AccountFacts, accountItem } from "./accountItem.ts";
import { accountTooltip } from "./accountTooltip.ts";
import { tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { errorText } from "./plainText.ts";

interface GroupNode {
	readonly kind: "group";
	readonly group: Group;
}

/** What commands of an account's menu are given. */
export interface AccountNode {
	readonly kind: "account";
	readonly id: string;
}

type Node = GroupNode | AccountNode;
type TreeParts = Pick<Parts, "book" | "vault" | "relays" | "proxy" | "activity" | "log">;

const groupNodes: Readonly<Record<Group, GroupNode>> = {
	native: { kind: "group", group: "native" },
	relay: { kind: "group", group: "relay" },
};

/** The accounts in two groups. VS Code knows nodes by identity, so each account keeps one node. */
class AccountTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
	readonly #parts: TreeParts;
	readonly #nodes = new Map<string, AccountNode>();
	readonly #changes = new vscode.EventEmitter<Node | Node[] | undefined>();
	readonly #subscriptions: vscode.Disposable;
	#shown: readonly Account[];

	readonly onDidChangeTreeData: vscode.Event<Node | Node[] | undefined> = this.#changes.event;

	constructor(parts: TreeParts) {
		this.#parts = parts;
		this.#shown = parts.book.accounts;
		this.#subscriptions = vscode.Disposable.from(
			parts.book.onDidChange((accounts) => this.#update(accounts)),
			parts.vault.onDidChange((id) => this.refresh([id])),
			parts.activity.onDidChange((id) => this.refresh([id])),
			// Each account's icon and tooltip tell whether the proxy serves it.
			parts.proxy.onDidChangeState(() => this.refresh([...this.#nodes.keys()])),
		);
	}

	getChildren(node?: Node): Node[] {
		const { accounts } = this.#parts.book;
		if (node === undefined) {
			return groups.filter((group) => accounts.some(({ type }) => type === group)).map((group) => groupNodes[group]);
		}
		if (node.kind === "account") return [];
		return accounts.filter(({ type }) => type === node.group).map(({ id }) => this.#nodeOf(id));
	}

	getTreeItem(node: Node): vscode.TreeItem {
		if (node.kind === "group") return groupItem(node.group);
		const account = this.#accountOf(node);
		// Removed a moment ago: the tree is about to be told.
		if (account === undefined) return new vscode.TreeItem("");
		const shown = accountItem(account, this.#factsOf(account));
		const item = new vscode.TreeItem(shown.label);
		item.id = `account:${account.id}`;
		item.description = shown.description;
		item.iconPath = new vscode.ThemeIcon(
			shown.icon,
			shown.colour === null ? undefined : new vscode.ThemeColor(shown.colour),
		);
		item.contextValue = shown.contextValue;
		item.accessibilityInformation = { label: shown.accessibilityLabel };
		if (shown.checked !== null) item.checkboxState = checkbox(shown.checked, account.label);
		return item;
	}

	/** The tooltip is written when it is looked at, and anew after each refresh of its item. */
	resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
		const account = node.kind === "account" ? this.#accountOf(node) : undefined;
		if (account !== undefined) {
			item.tooltip = new vscode.MarkdownString(accountTooltip(account, this.#factsOf(account), timeText));
		}
		return item;
	}

	/** Draws single accounts anew. */
	refresh(ids: readonly string[]): void {
		const nodes = ids.map((id) => this.#nodes.get(id)).filter((node) => node !== undefined);
		if (nodes.length > 0) this.#changes.fire(nodes);
	}

	dispose(): void {
		this.#subscriptions.dispose();
		this.#changes.dispose();
	}

	#update(accounts: readonly Account[]): void {
		const changes = accountChanges(this.#shown, accounts);
		this.#shown = accounts;
		const ids = new Set(accounts.map(({ id }) => id));
		for (const id of this.#nodes.keys()) if (!ids.has(id)) this.#nodes.delete(id);
		for (const change of changes) {
			if (change.kind === "groups") this.#changes.fire(undefined);
			else if (change.kind === "group") this.#changes.fire(groupNodes[change.group]);
			else this.refresh([change.id]);
		}
	}

	#nodeOf(id: string): AccountNode {
		const node = this.#nodes.get(id) ?? { kind: "account", id };
		this.#nodes.set(id, node);
		return node;
	}

	#accountOf({ id }: AccountNode): Account | undefined {
		return this.#parts.book.accounts.find((account) => account.id === id);
	}

	#factsOf(account: Account): AccountFacts {
		const { vault, activity, proxy } = this.#parts;
		return {
			hasKey: isRelay(account) && vault.apiKeyOf(account.id) !== null,
			activity: activity.of(account.id),
			proxy: proxy.state,
		};
	}
}

/** Shows the accounts in their view; a checkbox enables and disables. */
export function createAccountTree(parts: TreeParts): vscode.Disposable {
	const tree = new AccountTree(parts);
	const view = vscode.window.createTreeView("relayAccounts.accounts", {
		treeDataProvider: tree,
		manageCheckboxStateManually: true,
	});
	const checks = view.onDidChangeCheckboxState(async ({ items }) => {
		for (const [node, state] of items) {
			if (node.kind !== "account") continue;
			try {
				await parts.relays.setEnabled(node.id, state === vscode.TreeItemCheckboxState.Checked);
			} catch (error) {
				parts.log.error(errorText(error));
				// Puts the checkbox back to what is saved.
				tree.refresh([node.id]);
				tell(parts.log, "error", vscode.l10n.t("The account could not be changed: {0}", errorText(error)));
			}
		}
	});
	return vscode.Disposable.from(checks, view, tree);
}

function groupItem(group: Group): vscode.TreeItem {
	const label = group === "native" ? "ChatGPT" : vscode.l10n.t("Relay");
	const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
	item.id = `group:${group}`;
	item.contextValue = "group";
	item.accessibilityInformation = { label: vscode.l10n.t("{0} accounts", label) };
	return item;
}

function checkbox(checked: boolean, label: string): NonNullable<vscode.TreeItem["checkboxState"]> {
	return {
		state: checked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
		tooltip: checked ? vscode.l10n.t("Disable this account") : vscode.l10n.t("Enable this account"),
		accessibilityInformation: { label: vscode.l10n.t("{0} is enabled", label), role: "checkbox" },
	};
}

function timeText(at: number): string {
	return new Date(at).toLocaleString(vscode.env.language, { dateStyle: "medium", timeStyle: "medium" });
}
