import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lock } from "proper-lockfile";
import { atEnd } from "../ending.ts";
import { browserNeeds } from "./browser.ts";
import { cleanEnvironment, startOwnProcess } from "./ownProcess.ts";
import { showProgress } from "./progress.ts";
import { ensureSystemPackages, findCommand, type SystemNeed } from "./systemPackages.ts";

/** code-server carries a complete VS Code: its server, the web workbench and the Node extension host. */
export const hostVersion = "4.139.1";

/** In the user's cache, so that a fresh clone does not fetch 600 MB again. */
function hostsFolder(): string {
	const cache = process.env["XDG_CACHE_HOME"];
	return join(cache === undefined || cache === "" ? join(homedir(), ".cache") : cache, "relay-accounts", "vscode-host");
}

function serverMainIn(folder: string): string {
	return join(folder, "node_modules", "code-server", "lib", "vscode", "out", "server-main.js");
}

/**
 * Brings what a VS Code in a headless browser takes: first all that is missing of the system, said at once; then VS Code
 * where it is missing, with progress on standard output; that needs the npm registry and a few minutes.
 * @returns the path of its server-main.js.
 */
export async function ensureHost(): Promise<string> {
	const folder = join(hostsFolder(), hostVersion);
	const isInstalled = existsSync(serverMainIn(folder));
	await ensureSystemPackages([...(isInstalled ? [] : installNeeds), ...browserNeeds]);
	if (!isInstalled) {
		const installing = installAlone(folder);
		// An install that is broken off takes its files and its lock with it.
		const forget = atEnd(() => installing.catch(() => {}));
		await installing.finally(forget);
	}
	return serverMainIn(folder);
}

const kerberosHeaders = ["/usr/include/gssapi/gssapi.h", "/usr/local/include/gssapi/gssapi.h"];

/** The install compiles native modules; without the Kerberos headers it breaks off half-way. */
const installNeeds: readonly SystemNeed[] = [
	...["python3", "make", "g++"].map((command) => ({
		debianPackage: command,
		isThere: () => findCommand(command) !== undefined,
	})),
	{
		debianPackage: "libkrb5-dev",
		isThere: () => process.platform !== "linux" || kerberosHeaders.some((file) => existsSync(file)),
	},
];

async function installAlone(folder: string): Promise<void> {
	await mkdir(hostsFolder(), { recursive: true });
	const unlock = await lockInstall(folder);
	try {
		// Another run may have installed it while this one waited.
		if (!existsSync(serverMainIn(folder))) {
			await removeLeftovers(folder);
			await install(folder);
		}
	} finally {
		await unlock();
	}
}

/** One install at a time; a lock whose holder died is taken over after 20 s. */
async function lockInstall(folder: string): Promise<() => Promise<void>> {
	const options = { realpath: false, lockfilePath: `${folder}.lock`, stale: 20_000 };
	try {
		return await lock(folder, options);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ELOCKED") {
			throw error;
		}
	}
	console.log("Another run is installing the VS Code host: waiting for it …");
	return lock(folder, { ...options, retries: { forever: true, factor: 1, minTimeout: 1000, maxTimeout: 1000 } });
}

/** Called under the lock: what has a temporary name now was left by an install that broke off. */
async function removeLeftovers(folder: string): Promise<void> {
	const parent = dirname(folder);
	const leftovers = (await readdir(parent)).filter((name) => name.startsWith(`${hostVersion}.installing-`));
	for (const path of [folder, ...leftovers.map((name) => join(parent, name))]) {
		await rm(path, { recursive: true, force: true });
	}
}

async function install(folder: string): Promise<void> {
	console.log(`Installing the VS Code host ${hostVersion} into ${dirname(folder)}`);
	console.log("(once for this user: a few minutes, about 650 MB)");
	const temporary = await mkdtemp(`${folder}.installing-`);
	try {
		const manifest = {
			name: "relay-accounts-vscode-host",
			private: true,
			dependencies: { "code-server": hostVersion },
			// npm 11 wants a decision on each install script. The packages inside code-server bring their own decisions;
			// argon2 only serves the login page of code-server's front, which is not used here.
			allowScripts: { "code-server": true, argon2: false },
		};
		await writeFile(join(temporary, "package.json"), JSON.stringify(manifest, null, "\t"));
		await runNpmInstall(temporary);
		if (!existsSync(serverMainIn(temporary))) {
			throw new Error("npm installed code-server, yet its VS Code server is not where it should be.");
		}
		await rename(temporary, folder);
	} catch (error) {
		await rm(temporary, { recursive: true, force: true });
		throw error;
	}
}

async function runNpmInstall(cwd: string): Promise<void> {
	const lines: string[] = [];
	const progress = showProgress(() => lines.at(-1) ?? "npm install");
	const npm = startOwnProcess(
		"npm",
		["install", "--no-audit", "--no-fund", "--foreground-scripts", "--loglevel=http"],
		{
			cwd,
			env: await installEnvironment(),
			onLine: (line) => {
				// Compilers underline their warnings with lines that say nothing.
				if (/\w{2}/.test(line)) {
					lines.push(line.trim());
				}
			},
		},
	);
	const code = await npm.ended;
	progress.end();
	if (code !== 0) {
		const said = lines.slice(-40).join("\n");
		throw new Error(`The VS Code host could not be installed (npm ended with ${code}). The last it said:\n\n${said}\n`);
	}
}

async function installEnvironment(): Promise<NodeJS.ProcessEnv> {
	const headers = await nodeHeaders();
	return cleanEnvironment({
		// The host insists on being installed by Node 24; this process runs on it, whatever the machine has.
		PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
		...(headers === undefined ? {} : { npm_config_nodedir: headers }),
	});
}

/** The C headers that the npm package of the pinned Node brings along: so node-gyp has nothing to download. */
async function nodeHeaders(): Promise<string | undefined> {
	const parts = fileURLToPath(new URL("../../node_modules/node/node_modules", import.meta.url));
	const names = existsSync(parts) ? await readdir(parts) : [];
	return names.map((name) => join(parts, name)).find((path) => existsSync(join(path, "include", "node", "node_api.h")));
}
