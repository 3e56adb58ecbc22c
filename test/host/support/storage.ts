import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import fileSystem from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { extensionId } from "./extension.ts";
import { until } from "./until.ts";

const accountFileName = "accounts.json";
const logName = "Relay Accounts.log";

let learnt: string | null = null;

/**
 * An extension keeps its storage folder to itself, and each kind of VS Code has it elsewhere. So it is learnt by looking on
 * while the extension reads its account file.
 * @param action makes the extension do that.
 */
export async function learnStorageFolder(action: () => Promise<void>): Promise<void> {
	const { readFile } = fileSystem;
	const lookingOn = (...given: Parameters<typeof readFile>) => {
		const [path] = given;
		if (typeof path === "string" && basename(path) === accountFileName && basename(dirname(path)) === extensionId) {
			learnt = dirname(path);
		}
		return readFile(...given);
	};
	Object.assign(fileSystem, { readFile: lookingOn });
	try {
		await action();
		await until(() => learnt);
	} finally {
		Object.assign(fileSystem, { readFile });
	}
}

/** `globalStorageUri` of the extension. */
export function storageFolder(): string {
	if (learnt === null) throw new Error("The storage folder has not been learnt yet: import an account first.");
	return learnt;
}

export function accountFile(): string {
	return join(storageFolder(), accountFileName);
}

/** The fields of a saved account that tests look at. */
export interface SavedAccount {
	readonly id: string;
	readonly type: string;
	readonly label: string;
	/** Of ChatGPT accounts. */
	readonly email?: string | null;
	readonly format: string | null;
	readonly baseUrl: string | null;
	readonly allowedModels: readonly string[] | null;
	readonly enabled: boolean;
}

/** The accounts as they stand in the file; empty when there is none or it cannot be read. */
export function savedAccounts(): readonly SavedAccount[] {
	try {
		return JSON.parse(readFileSync(accountFile(), "utf8")).accounts ?? [];
	} catch {
		return [];
	}
}

/** `<user data>/User/globalStorage/<extension>` is where every VS Code has the folder. */
function logsFolder(): string {
	return join(dirname(dirname(dirname(storageFolder()))), "logs");
}

/** The files that this window's extensions and their host log to, and those of other windows of the same profile. */
export function logFiles(): readonly string[] {
	return filesBelow(logsFolder());
}

/** What the extension writes to its log from now on. */
export function followLog(): { readonly text: () => string } {
	const file = logFiles()
		.filter((path) => basename(path) === logName)
		.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
	if (file === undefined) throw new Error(`There is no ${logName} below ${logsFolder()}.`);
	const start = statSync(file).size;
	return { text: () => readFileSync(file).subarray(start).toString("utf8") };
}

export function filesBelow(folder: string): readonly string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
}
