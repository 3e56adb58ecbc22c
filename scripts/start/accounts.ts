import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Format, formats } from "../../src/accounts/account.ts";
import { demoKeys, startDemoRelay } from "../../test/support/demoRelay/demoRelay.ts";
import type { StartOptions } from "./options.ts";

/** A format to try, and the model to ask for; null: one that the accounts list. */
export interface Trial {
	readonly format: Format;
	readonly model: string | null;
}

/** What this run imports. */
export interface RunAccounts {
	/** Null: nothing is imported. */
	readonly file: string | null;
	readonly trials: readonly Trial[];
	readonly close: () => Promise<void>;
}

const demoLabels: Readonly<Record<Format, string>> = {
	openai: "Demo OpenAI",
	anthropic: "Demo Anthropic",
	gemini: "Demo Gemini",
	codex: "Demo Codex",
};

/** @param folder private to the user: the demo's file goes there. */
export async function prepareAccounts(options: StartOptions, folder: string): Promise<RunAccounts> {
	if (options.accountsFile !== null) {
		const trials = await trialsOf(options.accountsFile);
		return { file: options.accountsFile, trials, close: async () => {} };
	}
	if (!options.demo) {
		return { file: null, trials: [], close: async () => {} };
	}
	const relay = await startDemoRelay();
	const accounts = formats.map((format) => ({
		label: demoLabels[format],
		format,
		baseUrl: relay.origin,
		apiKey: demoKeys[format],
	}));
	const file = join(folder, "accounts.json");
	await writeFile(file, JSON.stringify({ version: 1, accounts }, null, "\t"), { mode: 0o600 });
	return { file, trials: await trialsOf(file), close: relay.close };
}

interface ListedAccount {
	readonly format?: unknown;
	readonly allowedModels?: unknown;
	readonly enabled?: unknown;
}

/** One trial for each format among the file's enabled accounts; only its shape is read here, the import judges it. */
async function trialsOf(file: string): Promise<readonly Trial[]> {
	const { accounts }: { accounts?: unknown } = JSON.parse(await readFile(file, "utf8"));
	if (!Array.isArray(accounts)) {
		throw new Error(`${file} holds no list of accounts.`);
	}
	const enabled = accounts.filter((account: ListedAccount) => account?.enabled !== false);
	return formats.flatMap((format) => {
		const ofFormat = enabled.filter((account: ListedAccount) => (account.format ?? "codex") === format);
		const model = ofFormat.flatMap(exactModels)[0] ?? null;
		return ofFormat.length === 0 ? [] : [{ format, model }];
	});
}

function exactModels({ allowedModels }: ListedAccount): readonly string[] {
	return Array.isArray(allowedModels)
		? allowedModels.filter((model) => typeof model === "string" && !model.includes("*"))
		: [];
}
