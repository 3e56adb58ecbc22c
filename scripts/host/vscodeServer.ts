import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cleanEnvironment, startOwnProcess } from "./ownProcess.ts";

/** VS Code settings by their full names. */
export type Settings = Readonly<Record<string, unknown>>;

export interface VscodeServerOptions {
	/** VS Code's server-main.js, see `ensureHost`. */
	readonly serverMain: string;
	/** Holds the server's token too. */
	readonly userDataDir: string;
	readonly extensionsDir: string;
	/** 0: any free one. */
	readonly port: number;
	/** Lets a page's address bring an extension under development and its tests. */
	readonly testDriver: boolean;
	/** For the server and so for the extension host. */
	readonly env: Readonly<Record<string, string>>;
}

export interface VscodeServer {
	readonly port: number;
	/** `http://127.0.0.1:<port>`. */
	readonly origin: string;
	/** The origin and the token without which the server lets nobody in; see `windowAddress`. */
	readonly entrance: string;
	/** Settles when the server has ended, wanted or not. */
	readonly ended: Promise<number>;
	/** What it has said so far. */
	readonly output: () => string;
	/** Ends the server, its extension hosts and whatever they started. */
	stop(): Promise<void>;
}

/**
 * Settings of the machine that VS Code runs on: they reach every window and are the only ones of a remote that hold for
 * settings with `machine` scope.
 */
export async function writeMachineSettings(userDataDir: string, settings: Settings): Promise<void> {
	const file = join(userDataDir, "Machine", "settings.json");
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, JSON.stringify(settings, null, "\t"));
}

/** Quiet for a window that nobody, or nobody yet, looks at. */
export const calmSettings: Settings = {
	"workbench.startupEditor": "none",
	"workbench.tips.enabled": false,
	"workbench.secondarySideBar.defaultVisibility": "hidden",
	"chat.commandCenter.enabled": false,
	"extensions.ignoreRecommendations": true,
	"remote.autoForwardPorts": false,
	"security.workspace.trust.enabled": false,
	"telemetry.telemetryLevel": "off",
	"update.mode": "none",
};

/**
 * Other users and any web page reach a loopback port, and a window has a terminal: so the server wants a token.
 * @returns it, and the file from which the server reads it, as a command line is everybody's to read.
 */
async function makeConnectionToken(userDataDir: string): Promise<{ readonly token: string; readonly file: string }> {
	const token = randomBytes(24).toString("base64url");
	const file = join(userDataDir, "connection-token");
	await mkdir(userDataDir, { recursive: true });
	await writeFile(file, token, { mode: 0o600 });
	return { token, file };
}

/** Resolves when windows can be opened on it. */
export async function startVscodeServer(options: VscodeServerOptions): Promise<VscodeServer> {
	const lines: string[] = [];
	const output = () => lines.join("\n");
	let report: (port: number) => void;
	const listening = new Promise<number>((resolve) => {
		report = resolve;
	});
	const { token, file } = await makeConnectionToken(options.userDataDir);
	const server = startOwnProcess(
		process.execPath,
		[
			options.serverMain,
			"--host=127.0.0.1",
			`--port=${options.port}`,
			`--connection-token-file=${file}`,
			"--accept-server-license-terms",
			`--user-data-dir=${options.userDataDir}`,
			`--extensions-dir=${options.extensionsDir}`,
			"--telemetry-level=off",
			"--disable-workspace-trust",
			...(options.testDriver ? ["--enable-smoke-test-driver"] : []),
		],
		{
			cwd: options.userDataDir,
			env: cleanEnvironment(options.env),
			onLine: (line) => {
				lines.push(line);
				const [, port] = /Extension host agent listening on (\d+)/.exec(line) ?? [];
				if (port !== undefined) {
					report(Number(port));
				}
			},
		},
	);
	const port = await Promise.race([listening, server.ended.then(() => undefined)]);
	if (port === undefined) {
		throw new Error(`The VS Code server ended before it was ready. It said:\n\n${output()}\n`);
	}
	const origin = `http://127.0.0.1:${port}`;
	return { port, origin, entrance: `${origin}/?tkn=${token}`, ended: server.ended, output, stop: server.stop };
}

/** Installs a packaged extension so that every window of a server with this extensions folder has it. */
export async function installExtension(
	vsix: string,
	options: Pick<VscodeServerOptions, "serverMain" | "userDataDir" | "extensionsDir">,
): Promise<void> {
	const lines: string[] = [];
	const command = startOwnProcess(
		process.execPath,
		[
			options.serverMain,
			`--install-extension=${vsix}`,
			"--force",
			`--user-data-dir=${options.userDataDir}`,
			`--extensions-dir=${options.extensionsDir}`,
		],
		{ cwd: options.userDataDir, env: cleanEnvironment({}), onLine: (line) => lines.push(line) },
	);
	if ((await command.ended) !== 0) {
		throw new Error(`VS Code could not install ${vsix}. It said:\n\n${lines.join("\n")}\n`);
	}
}
