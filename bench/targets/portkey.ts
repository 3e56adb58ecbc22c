import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../scripts/host/ports.ts";
import { targetCore } from "../machine.ts";
import { startChild } from "../processes/child.ts";
import { processTree } from "../processes/processStats.ts";
import { installed, versionIn } from "./installed.ts";
import { anyKey, type MissingTarget, type RunningTarget, type Target, type TargetPlace } from "./target.ts";

const title = "portkey";
const name = "@portkey-ai/gateway";
const version = "1.15.2";
const script = fileURLToPath(new URL("portkeyProcess.ts", import.meta.url));

/**
 * As published it answers every stream with 500 on Node 24, "TypeError: immutable", as it appends headers to the reply of a
 * fetch. The copy that is measured makes a reply of its own first.
 */
const published = "this.updateHeaders(i,n.cacheStatus,o)";
const mended = "this.updateHeaders(i=new Response(i.body,i),n.cacheStatus,o)";

function codeIn(folder: string, file: string): string {
	return join(folder, "node_modules", name, "build", file);
}

/** Installs the gateway into the user's cache, once. */
export async function portkey(): Promise<Target | MissingTarget> {
	try {
		const folder = await installed({ name, version, shortName: "portkey", mend });
		const server = await versionIn(folder, "@hono/node-server");
		return {
			name: "portkey",
			title,
			note:
				`${name} ${version} with @hono/node-server ${server}, providers openai, anthropic and google with a custom ` +
				"host; changed in one place, without which it answers every stream with 500 on Node 24: the reply of its fetch is " +
				"copied (`new Response(i.body, i)`) before headers are appended to it. Kept to 127.0.0.1. It waits 25 ms before " +
				"the first event of every stream, by design; a stream of a gemini account it ends without `[DONE]`, which counts as bad",
			start: (place) => start(codeIn(folder, "start-server.bench.js"), place),
		};
	} catch (error) {
		return { title, why: error instanceof Error ? error.message : String(error) };
	}
}

async function mend(folder: string): Promise<void> {
	const code = await readFile(codeIn(folder, "start-server.js"), "utf8");
	if (code.split(published).length !== 2)
		throw new Error("The place that has to be changed was not found in its code.");
	await writeFile(codeIn(folder, "start-server.bench.js"), code.replace(published, mended));
}

async function start(file: string, { upstreamPort }: TargetPlace): Promise<RunningTarget> {
	const port = await freePort();
	const child = await startChild(script, {
		args: [file, String(port)],
		core: targetCore,
		env: { TRUSTED_CUSTOM_HOSTS: "127.0.0.1" },
	});
	const pids = processTree(child.pid);
	const via = (provider: string, path: string) => ({
		port,
		headers: {
			...anyKey,
			"x-portkey-provider": provider,
			"x-portkey-custom-host": `http://127.0.0.1:${upstreamPort}${path}`,
		},
		pids,
	});
	const way = { client: "openai", prefix: "" } as const;
	return {
		via: via("openai", "/v1"),
		ways: {
			"openai-openai": { ...via("openai", "/v1"), way },
			"openai-anthropic": { ...via("anthropic", "/v1"), way },
			"openai-gemini": { ...via("google", ""), way },
		},
		stop: child.stop,
	};
}
