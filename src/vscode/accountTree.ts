import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";
import type { Account } from "../accounts/account.ts";
import type { AccountLive } from "../bridge/accountLive.ts";
import { accountChanges, type Group, groups } from "./accountChanges.ts";
import { factsOf } from "./accountFacts.ts";
import { accountItem } from "./accountItem.ts";
import { AccountRedraws, type Look } from "./accountRedraws.ts";
import { stateChangesIn } from "./accountState.ts";
import { accountTooltip } from "./accountTooltip.ts";
import { tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { errorText } from "./plainText.ts";
import { usageOf } from "./tooltipUsage.ts";

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
type TreeParts = Pick<Parts, "book" | "vault" | "relays" | "proxy" | "activity" | "usage" | "log" | "chatGpt">;

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
	readonly #redraws: AccountRedraws;
	#shown: readonly Account[];
	#live: ReadonlyMap<string, AccountLive>;

	readonly onDidChangeTreeData: vscode.Event<Node | Node[] | undefined> = this.#changes.event;

	constructor(parts: TreeParts) {
		const { book, vault, activity, usage, proxy, chatGpt } = parts;
		this.#parts = parts;
		this.#shown = book.accounts;
		this.#live = proxy.live;
		this.#redraws = new AccountRedraws({
			look: (id) => {
				const account = this.#accountOf({ kind: "account", id });
				return account && this.#lookOf(account);
			},
			redraw: (ids) => this.refresh(ids),
		});
		this.#subscriptions = vscode.Disposable.from(
			this.#redraws,
			book.onDidChange((accounts) => this.#update(accounts)),
			vault.onDidChange((id) => this.#changed([id])),
			chatGpt.onDidChangeLogin((id) => this.#changed([id])),
			chatGpt.onDidChangeQuota((ids) => {
				this.#redraws.lookCalmly();
				this.#redraws.tooltipsChanged(ids);
			}),
			activity.onDidChange((id) => {
				this.#redraws.lookCalmly();
				this.#redraws.tooltipsChanged([id]);
			}),
			usage.onDidChange((ids) => this.#redraws.tooltipsChanged(ids)),
			// Each account's icon and tooltip tell whether the proxy serves it.
			proxy.onDidChangeState(() => this.#changed(this.#nodes.keys())),
			proxy.onDidChangeLive((live) => this.#hear(live)),
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
		const look = this.#lookOf(account);
		this.#redraws.drawn(account.id, look);
		const shown = look.item;
		const item = new vscode.TreeItem(shown.label);
		item.id = `account:${account.id}`;
		item.description = shown.description;
		item.iconPath = new vscode.ThemeIcon(
			shown.icon,
			shown.colour === null ? undefined : new vscode.ThemeColor(shown.colour),
		);
		item.contextValue = shown.contextValue;
		item.accessibilityInformation = { label: shown.accessibilityLabel };
		item.checkboxState = checkbox(shown.checked, account.label);
		return item;
	}

	/** Wanted by VS Code where a node is to be revealed. */
	getParent(node: Node): Node | undefined {
		const account = node.kind === "account" ? this.#accountOf(node) : undefined;
		return account && groupNodes[account.type];
	}

	/** The tooltip is written when it is looked at, and anew after each refresh of its item. */
	resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
		const account = node.kind === "account" ? this.#accountOf(node) : undefined;
		if (account !== undefined) {
			const usage = usageOf(account.id, this.#parts.usage);
			item.tooltip = new vscode.MarkdownString(accountTooltip(account, factsOf(account, this.#parts), usage));
		}
		return item;
	}

	/** Undefined for an account that is gone. */
	nodeOf(id: string): AccountNode | undefined {
		return this.#accountOf({ kind: "account", id }) && this.#nodeOf(id);
	}

	/** Draws single accounts anew. */
	refresh(ids: readonly string[]): void {
		const nodes = ids.map((id) => this.#nodes.get(id)).filter((node) => node !== undefined);
		if (nodes.length > 0) this.#changes.fire(nodes);
	}

	/** A hidden view is not kept up to date; it is brought up to date when it is shown. */
	setVisible(visible: boolean): void {
		this.#redraws.setVisible(visible);
	}

	dispose(): void {
		this.#subscriptions.dispose();
		this.#changes.dispose();
	}

	#update(accounts: readonly Account[]): void {
		const changes = accountChanges(this.#shown, accounts);
		this.#shown = accounts;
		const ids = new Set(accounts.map(({ id }) => id));
		for (const id of this.#nodes.keys()) if (!ids.has(id)) this.#forget(id);
		for (const change of changes) {
			if (change.kind === "groups") this.#changes.fire(undefined);
			else if (change.kind === "group") this.#changes.fire(groupNodes[change.group]);
			else this.refresh([change.id]);
		}
	}

	#forget(id: string): void {
		this.#nodes.delete(id);
		this.#redraws.forget(id);
	}

	#hear(live: ReadonlyMap<string, AccountLive>): void {
		const before = this.#live;
		this.#live = live;
		const ids = new Set([...before.keys(), ...live.keys()]);
		this.#redraws.lookCalmly();
		this.#redraws.tooltipsChanged([...ids].filter((id) => !isDeepStrictEqual(before.get(id), live.get(id))));
	}

	#changed(ids: Iterable<string>): void {
		this.#redraws.look();
		this.#redraws.tooltipsChanged(ids);
	}

	#lookOf(account: Account): Look {
		const facts = factsOf(account, this.#parts);
		return { item: accountItem(account, facts), changesIn: stateChangesIn(account, facts) };
	}

	#nodeOf(id: string): AccountNode {
		const node = this.#nodes.get(id) ?? { kind: "account", id };
		this.#nodes.set(id, node);
		return node;
	}

	#accountOf({ id }: AccountNode): Account | undefined {
		return this.#parts.book.accounts.find((account) => account.id === id);
	}
}

/** The view with the accounts. */
export interface AccountView extends vscode.Disposable {
	/** Shows an account's row and selects it; one that is gone is no error. */
	reveal(accountId: string): Promise<void>;
}

/** Shows the accounts in their view; a checkbox enables and disables. */
export function createAccountTree(parts: TreeParts): AccountView {
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
	tree.setVisible(view.visible);
	const visibility = view.onDidChangeVisibility(({ visible }) => tree.setVisible(visible));
	const all = vscode.Disposable.from(checks, visibility, view, tree);
	return {
		reveal: async (id) => {
			const node = tree.nodeOf(id);
			if (node !== undefined) await view.reveal(node, { select: true });
		},
		dispose: () => all.dispose(),
	};
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
