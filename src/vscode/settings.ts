import * as vscode from "vscode";
import { type Settings, settingsFrom } from "./settingRules.ts";

const section = "relayAccounts";

function read(): ReturnType<typeof settingsFrom> {
	const configuration = vscode.workspace.getConfiguration(section);
	return settingsFrom((name) => configuration.get<unknown>(name));
}

/** The settings as they stand, checked; a value that does not fit counts as its default. */
export function currentSettings(): Settings {
	return read().settings;
}

/** Saves the port for this machine. The proxy moves when the change is seen. */
export async function savePort(port: number): Promise<void> {
	await vscode.workspace.getConfiguration(section).update("port", port, vscode.ConfigurationTarget.Global);
}

/** Follows the settings, and logs each value that does not fit once. */
export class LiveSettings implements vscode.Disposable {
	readonly #changes = new vscode.EventEmitter<Settings>();
	readonly #subscription: vscode.Disposable;
	readonly #log: vscode.LogOutputChannel;
	#reported: ReadonlySet<string> = new Set();
	#current: Settings;

	readonly onDidChange: vscode.Event<Settings> = this.#changes.event;

	constructor(log: vscode.LogOutputChannel) {
		this.#log = log;
		this.#current = this.#read();
		this.#subscription = vscode.workspace.onDidChangeConfiguration((change) => {
			if (!change.affectsConfiguration(section)) return;
			this.#current = this.#read();
			this.#changes.fire(this.#current);
		});
	}

	get current(): Settings {
		return this.#current;
	}

	dispose(): void {
		this.#subscription.dispose();
		this.#changes.dispose();
	}

	#read(): Settings {
		const { settings, problems } = read();
		for (const problem of problems) if (!this.#reported.has(problem)) this.#log.warn(problem);
		// A problem that went away and comes back is worth a new line.
		this.#reported = new Set(problems);
		return settings;
	}
}
