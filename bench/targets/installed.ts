import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { cleanEnvironment, startOwnProcess } from "../../scripts/host/ownProcess.ts";

/** An npm package that is measured beside ours. */
export interface MeasuredPackage {
	readonly name: string;
	readonly version: string;
	/** Of its folder in the cache. */
	readonly shortName: string;
	/** Changes what was installed. @param folder that holds its `node_modules`. */
	readonly mend?: (folder: string) => Promise<void>;
}

function cacheFolder(): string {
	const cache = process.env["XDG_CACHE_HOME"];
	return join(cache === undefined || cache === "" ? join(homedir(), ".cache") : cache, "relay-accounts", "bench");
}

/** Installs a package into the user's cache, once. @returns the folder that holds its `node_modules`. */
export async function installed(wanted: MeasuredPackage): Promise<string> {
	const folder = join(cacheFolder(), `${wanted.shortName}-${wanted.version}`);
	if (!existsSync(folder)) await install(wanted, folder);
	return folder;
}

export async function versionIn(folder: string, packageName: string): Promise<string> {
	return JSON.parse(await readFile(join(folder, "node_modules", packageName, "package.json"), "utf8")).version;
}

/** It gets its name last, when it is whole. */
async function install({ name, version, mend }: MeasuredPackage, folder: string): Promise<void> {
	await mkdir(dirname(folder), { recursive: true });
	console.log(`Installing ${name} ${version} into ${dirname(folder)} …`);
	const temporary = await mkdtemp(`${folder}.installing-`);
	try {
		const manifest = { private: true, dependencies: { [name]: version } };
		await writeFile(join(temporary, "package.json"), JSON.stringify(manifest));
		const said: string[] = [];
		const npm = startOwnProcess("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], {
			cwd: temporary,
			env: cleanEnvironment({}),
			onLine: (line) => said.push(line),
			// What it has fetched when it is told to end is thrown away.
			patience: 500,
		});
		if ((await npm.ended) !== 0) throw new Error(`npm could not install it. It said:\n${said.join("\n")}`);
		await mend?.(temporary);
		await rename(temporary, folder);
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
}
