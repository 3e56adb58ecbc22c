import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cleanEnvironment, startOwnProcess } from "../../scripts/host/ownProcess.ts";
import { freePort } from "../../scripts/host/ports.ts";
import { targetCore } from "../machine.ts";
import { startChild } from "../processes/child.ts";
import { processTree } from "../processes/processStats.ts";
import { anyKey, type MissingTarget, type RunningTarget, type Target, type TargetPlace } from "./target.ts";

const title = "portkey";
const version = "1.15.2";
const script = fileURLToPath(new URL("portkeyProcess.ts", import.meta.url));

/**
 * As published it answers every stream with 500 on Node 24, "TypeError: immutable", as it appends headers to the reply of a
 * fetch. The copy that is measured makes a reply of its own first.
 */
const published = "this.updateHeaders(i,n.cacheStatus,o)";
const mended = "this.updateHeaders(i=new Response(i.body,i),n.cacheStatus,o)";

function cacheFolder(): string {
	const cache = process.env["XDG_CACHE_HOME"];
	return join(cache === undefined || cache === "" ? join(homedir(), ".cache") : cache, "relay-accounts", "bench");
}

function packageIn(folder: string): string {
	return join(folder, "node_modules", "@portkey-ai", "gateway");
}

function mendedIn(folder: string): string {
	return join(packageIn(folder), "build", "start-server.bench.js");
}

/** Installs the gateway into the user's cache, once. */
export async function portkey(): Promise<Target | MissingTarget> {
	const folder = join(cacheFolder(), `portkey-${version}`);
	try {
		if (!existsSync(mendedIn(folder))) await install(folder);
	} catch (error) {
		return { title, why: error instanceof Error ? error.message : String(error) };
	}
	const server = await versionOf(join(folder, "node_modules", "@hono", "node-server"));
	return {
		name: "portkey",
		title,
		note:
			`@portkey-ai/gateway ${version} with @hono/node-server ${server}, provider openai with a custom host; changed in ` +
			"one place, without which it answers every stream with 500 on Node 24: the reply of its fetch is copied " +
			"(`new Response(i.body, i)`) before headers are appended to it. Kept to 127.0.0.1. It waits 25 ms before the " +
			"first event of every stream, by design",
		start: (place) => start(mendedIn(folder), place),
	};
}

async function versionOf(folder: string): Promise<string> {
	return JSON.parse(await readFile(join(folder, "package.json"), "utf8")).version;
}

async function install(folder: string): Promise<void> {
	await mkdir(dirname(folder), { recursive: true });
	console.log(`Installing @portkey-ai/gateway ${version} into ${dirname(folder)} …`);
	const temporary = await mkdtemp(`${folder}.installing-`);
	try {
		const manifest = { private: true, dependencies: { "@portkey-ai/gateway": version } };
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
		await mend(temporary);
		await rm(folder, { recursive: true, force: true });
		await rename(temporary, folder);
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
}

async function mend(folder: string): Promise<void> {
	const code = await readFile(join(packageIn(folder), "build", "start-server.js"), "utf8");
	if (code.split(published).length !== 2)
		throw new Error("The place that has to be changed was not found in its code.");
	await writeFile(mendedIn(folder), code.replace(published, mended));
}

async function start(file: string, { upstreamPort }: TargetPlace): Promise<RunningTarget> {
	const port = await freePort();
	const child = await startChild(script, {
		args: [file, String(port)],
		core: targetCore,
		env: { TRUSTED_CUSTOM_HOSTS: "127.0.0.1" },
	});
	const headers = {
		...anyKey,
		"x-portkey-provider": "openai",
		"x-portkey-custom-host": `http://127.0.0.1:${upstreamPort}/v1`,
	};
	return { via: { port, headers, pids: processTree(child.pid) }, stop: child.stop };
}
