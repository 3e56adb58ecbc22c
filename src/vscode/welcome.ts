import * as vscode from "vscode";
import type { AccountBook } from "../accounts/accountBook.ts";

/**
 * Has the view welcome people who have no account. Without a condition VS Code shows the welcome of any view until its rows
 * have come, and the focus that it gave to the welcome goes with it to nowhere.
 */
export function welcomeWhileEmpty(book: Pick<AccountBook, "accounts" | "onDidChange">): vscode.Disposable {
	let shown: boolean | null = null;
	const update = (): void => {
		const isEmpty = book.accounts.length === 0;
		if (isEmpty === shown) return;
		shown = isEmpty;
		// The name is that of the `when` in package.json.
		void vscode.commands.executeCommand("setContext", "relayAccounts.isEmpty", isEmpty);
	};
	update();
	return book.onDidChange(update);
}
