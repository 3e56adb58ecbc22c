import { isRelay, type RelayAccount } from "../../src/accounts/account.ts";
import { openAccountBook } from "../../src/accounts/accountBook.ts";
import { Relays } from "../../src/accounts/relays.ts";
import { type SecretStore, SecretVault } from "../../src/accounts/secretVault.ts";

/** What an import will do. */
export interface ImportPreview {
	/** In words, when the file as a whole cannot be imported. */
	readonly fileProblem: string | null;
	/** One line for each refused entry, with the reason. */
	readonly refusals: readonly string[];
	readonly relays: readonly { readonly account: RelayAccount; readonly hasKey: boolean }[];
}

/**
 * Tries the extension's own import on an account book without accounts.
 * @param text of an import file.
 * @param folder where that book may be; is made.
 */
export async function previewImport(text: string, folder: string): Promise<ImportPreview> {
	const { importLines, refusedEntries } = await importWords();
	const book = await openAccountBook({ folder, log: () => {} });
	const vault = new SecretVault(storeInMemory());
	try {
		const report = await new Relays(book, vault).import(text);
		const [fileProblem] = report.fileProblem === null ? [] : importLines(report);
		return {
			fileProblem: fileProblem?.text ?? null,
			refusals: importLines({ ...report, entries: refusedEntries(report) }).map((line) => line.text),
			relays: book.accounts
				.filter(isRelay)
				.map((account) => ({ account, hasKey: vault.apiKeyOf(account.id) !== null })),
		};
	} finally {
		vault.dispose();
		book.dispose();
	}
}

/** The extension's words for it; outside of VS Code the hook gives them in English. */
async function importWords() {
	await import("../../test/unit/vscode/vscodeHook.ts");
	return import("../../src/vscode/importReport.ts");
}

function storeInMemory(): SecretStore {
	const entries = new Map<string, string>();
	return {
		get: async (key) => entries.get(key),
		store: async (key, value) => {
			entries.set(key, value);
		},
		delete: async (key) => {
			entries.delete(key);
		},
		onDidChange: () => ({ dispose: () => {} }),
	};
}
