import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Settings } from "../host/vscodeServer.ts";

export interface StartOptions {
	/** End after the table. */
	readonly once: boolean;
	/** Imported instead of the demo's; an absolute path. */
	readonly accountsFile: string | null;
	/** Go over the run's own settings. */
	readonly settings: Settings;
	/** The proxy's port, when one was asked for. */
	readonly port: number | null;
	readonly demo: boolean;
}

export const usage = `npm start -- [options]

  --once            end after the table; exit code 1 when a row failed, or when there was no account to ask
  --accounts FILE   import these accounts instead of the demo's (JSON as Import Accounts takes it);
                    what is refused is named with the reason
  --settings FILE   VS Code settings for this run (JSON)
  --port N          the proxy's port
  --no-demo         without the demo relay, its accounts and the demo of ChatGPT`;

/** @throws with a text for people. Paths are relative to the folder that npm was called in. */
export async function readOptions(args: readonly string[]): Promise<StartOptions> {
	const { values } = parseArgs({
		args: [...args],
		options: {
			once: { type: "boolean", default: false },
			accounts: { type: "string" },
			settings: { type: "string" },
			port: { type: "string" },
			"no-demo": { type: "boolean", default: false },
		},
	});
	const settings = values.settings === undefined ? {} : await readSettings(absolute(values.settings));
	return {
		once: values.once,
		accountsFile: values.accounts === undefined ? null : absolute(values.accounts),
		settings,
		port: portOf(values.port ?? settings["relayAccounts.port"]),
		demo: !values["no-demo"],
	};
}

function absolute(path: string): string {
	return resolve(process.env["INIT_CWD"] ?? process.cwd(), path);
}

function portOf(value: unknown): number | null {
	if (value === undefined) {
		return null;
	}
	const port = Number(value);
	if (!Number.isInteger(port) || port < 1024 || port > 65535) {
		throw new Error(`The port must be a number from 1024 to 65535, not ${value}.`);
	}
	return port;
}

async function readSettings(file: string): Promise<Settings> {
	const settings = parsed(await readFile(file, "utf8"));
	if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
		throw new Error(`${file} must hold a JSON object of settings.`);
	}
	return { ...settings };
}

/** @returns undefined for what is no JSON: the parser's own message would quote the file, secrets in it too. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
