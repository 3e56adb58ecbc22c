import * as vscode from "vscode";
import { type Settings, settingsFrom } from "./settingRules.ts";

const section = "relayAccounts";

function read(userAgent: string): ReturnType<typeof settingsFrom> {
	const configuration = vscode.workspace.getConfiguration(section);
	return settingsFrom((name) => configuration.get<unknown>(name), userAgent);
}

/** The port as it stands, checked. */
export function currentPort(): number {
	return read("").settings.port;
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
	readonly #userAgent: string;
	#reported: ReadonlySet<string> = new Set();
	#current: Settings;

	readonly onDidChange: vscode.Event<Settings> = this.#changes.event;

	/** @param userAgent what we call ourselves to ChatGPT where no setting says otherwise. */
	constructor(log: vscode.LogOutputChannel, userAgent: string) {
		this.#log = log;
		this.#userAgent = userAgent;
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
		const { settings, problems } = read(this.#userAgent);
		for (const problem of problems) if (!this.#reported.has(problem)) this.#log.warn(problem);
		// A problem that went away and comes back is worth a new line.
		this.#reported = new Set(problems);
		return settings;
	}
}
