import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "../../../src/accounts/account.ts";
import type { TestWindow } from "./testWindow.ts";

/** Accounts with their keys, as Import Accounts takes them. */
export interface ImportedAccount {
	readonly label: string;
	readonly format: string;
	readonly baseUrl: string;
	readonly apiKey: string;
	readonly allowedModels?: readonly string[];
	readonly priority?: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly maxConcurrent?: number;
	readonly enabled?: boolean;
}

let imports = 0;

/** Adds accounts and their keys through the setting `importFile`, which is heeded while the window is open. */
export async function importAccounts(window: TestWindow, accounts: readonly ImportedAccount[]): Promise<void> {
	imports += 1;
	const file = join(window.userDataDir, "..", `import-${imports}.json`);
	await writeFile(file, JSON.stringify({ version: 1, accounts }), { mode: 0o600 });
	await window.changeSettings({ "relayAccounts.importFile": file });
}

function accountFile({ storageDir }: TestWindow): string {
	return join(storageDir, "accounts.json");
}

/** What the account file holds. */
export async function savedAccounts(window: TestWindow): Promise<readonly Account[]> {
	return JSON.parse(await readFile(accountFile(window), "utf8")).accounts;
}

/** Writes the account file as another window would; keys are not in it. */
export async function saveAccounts(window: TestWindow, accounts: readonly Account[]): Promise<void> {
	const file = accountFile(window);
	await mkdir(window.storageDir, { recursive: true });
	await writeFile(`${file}.new`, JSON.stringify({ version: 1, accounts }), { mode: 0o600 });
	await rename(`${file}.new`, file);
}
