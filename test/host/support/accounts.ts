import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "vscode";
import type { Format } from "../../../src/accounts/account.ts";
import { demoKeys } from "../../support/demoRelay/demoRelay.ts";
import { client, demoModels } from "./localPort.ts";
import { withPerson } from "./person.ts";
import { changeSetting } from "./settings.ts";
import { learnStorageFolder, savedAccounts } from "./storage.ts";
import { until } from "./until.ts";

/** An account as an import file has it. */
export interface ImportEntry {
	readonly label: string;
	readonly format: Format;
	readonly baseUrl: string;
	readonly apiKey: string;
	readonly allowedModels?: readonly string[];
}

/** An account at a demo relay, for the model that tests ask for. */
export function demoEntry(format: Format, origin: string, changes: Partial<ImportEntry> = {}): ImportEntry {
	return {
		label: `Demo ${format}`,
		format,
		baseUrl: origin,
		apiKey: demoKeys[format],
		allowedModels: [demoModels[format]],
		...changes,
	};
}

const folders: string[] = [];
const imported = new Set<string>();

/** @param mode who may read the file; its user alone by default. @returns the path of the new file. */
export async function writeImportFile(accounts: readonly unknown[], mode = 0o600): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "relay-accounts-import-"));
	folders.push(folder);
	const file = join(folder, "import.json");
	await writeFile(file, JSON.stringify({ version: 1, accounts }), { mode });
	return file;
}

/** Adds accounts through the extension's own import, and waits until the proxy serves them. */
export async function importAccounts(entries: readonly ImportEntry[]): Promise<void> {
	for (const { label } of entries) imported.add(label);
	const file = await writeImportFile(entries);
	await learnStorageFolder(() => changeSetting("importFile", file));
	await until(() => entries.every(({ label }) => savedAccounts().some((saved) => saved.label === label)));
	for (const { format, allowedModels = [] } of entries) {
		const { models } = await client(format);
		await until(async () => {
			const names = await models();
			return allowedModels.every((model) => names.includes(model));
		});
	}
}

/**
 * Removes what this suite imported, by the command and with a yes, and its import files. A person's own accounts stay.
 * @param others labels of accounts that came another way.
 */
export async function removeAccounts(others: readonly string[] = []): Promise<void> {
	await changeSetting("importFile", undefined);
	const labels = new Set([...imported, ...others]);
	for (const { id } of savedAccounts().filter(({ label }) => labels.has(label))) {
		await withPerson({ confirm: true }, () =>
			commands.executeCommand("relayAccounts.removeAccount", { kind: "account", id }),
		);
	}
	await commands.executeCommand("notifications.clearAll");
	await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}
