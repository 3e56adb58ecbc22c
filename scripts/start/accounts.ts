import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Format, formats, type RelayAccount } from "../../src/accounts/account.ts";
import { plainText } from "../../src/vscode/plainText.ts";
import { demoKeys, startDemoRelay } from "../../test/support/demoRelay/demoRelay.ts";
import type { Settings } from "../host/vscodeServer.ts";
import { startDemoChatGpt } from "./demoChatGpt.ts";
import { previewImport } from "./importPreview.ts";
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
	/** What a person should know of accounts that will not be asked. */
	readonly remarks: readonly string[];
	/** Of VS Code, for servers of this run; a person's own go over them. */
	readonly settings: Settings;
	readonly close: () => Promise<void>;
}

const demoLabels: Readonly<Record<Format, string>> = {
	openai: "Demo OpenAI",
	anthropic: "Demo Anthropic",
	gemini: "Demo Gemini",
	codex: "Demo Codex",
};

/**
 * @param folder private to the user: the demo's file goes there.
 * @throws when the file cannot be imported.
 */
export async function prepareAccounts(options: StartOptions, folder: string): Promise<RunAccounts> {
	if (options.accountsFile !== null) {
		return readAccounts(options.accountsFile, folder);
	}
	if (!options.demo) {
		return { file: null, trials: [], remarks: [], settings: {}, close: async () => {} };
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
	const chatGpt = await startDemoChatGpt();
	const accountsOfFile = await readAccounts(file, folder);
	return {
		...accountsOfFile,
		remarks: [...accountsOfFile.remarks, chatGpt.remark],
		settings: chatGpt.settings,
		close: async () => {
			await Promise.all([relay.close(), chatGpt.close()]);
		},
	};
}

async function readAccounts(file: string, folder: string): Promise<RunAccounts> {
	const preview = await previewImport(await readFile(file, "utf8"), join(folder, "preview"));
	if (preview.fileProblem !== null) {
		throw new Error(`${file}: ${preview.fileProblem}`);
	}
	const asked = preview.relays.filter(({ account, hasKey }) => account.enabled && hasKey);
	const keyless = preview.relays.filter(({ account, hasKey }) => account.enabled && !hasKey);
	return {
		file,
		trials: trialsOf(asked.map(({ account }) => account)),
		remarks: [
			...preview.refusals,
			...keyless.map(({ account }) => `${plainText(account.label)} has no API key, so it is not asked.`),
		],
		settings: {},
		close: async () => {},
	};
}

/** One trial for each format among the accounts that can be asked. */
function trialsOf(accounts: readonly RelayAccount[]): readonly Trial[] {
	return formats.flatMap((format) => {
		const ofFormat = accounts.filter((account) => account.format === format);
		const exactModels = ofFormat
			.flatMap(({ allowedModels }) => allowedModels ?? [])
			.filter((name) => !name.includes("*"));
		return ofFormat.length === 0 ? [] : [{ format, model: exactModels[0] ?? null }];
	});
}
