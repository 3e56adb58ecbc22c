import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readManifest, root, shippedEntries } from "../../scripts/build/shipped.ts";
import { launchBrowser } from "../../scripts/host/browser.ts";
import { ensureHost } from "../../scripts/host/hostInstall.ts";
import { freePort } from "../../scripts/host/ports.ts";
import { calmSettings, startVscodeServer, writeMachineSettings } from "../../scripts/host/vscodeServer.ts";
import { openWorkbench } from "../../scripts/host/workbench.ts";
import type { Via } from "../load/jobs.ts";
import { modelFor } from "../wire/models.ts";
import { streamPaths } from "../wire/paths.ts";

/** Milliseconds for the accounts to be imported and the proxy to answer. */
const patience = 60_000;
const blockerFolder = fileURLToPath(new URL("blocker", import.meta.url));

export interface BlockedWindowOptions {
	/** The bundles, as they are shipped. */
	readonly dist: string;
	/** Goes with the run. */
	readonly folder: string;
	readonly upstreamPort: number;
}

/** A real VS Code window with our extension and one that can block their host. */
export interface BlockedWindow {
	/** Through our proxy, in its worker thread. */
	readonly proxy: Via;
	/** Through a pipe on the host's main thread. */
	readonly pipe: Via;
	/** How often the host has been blocked so far. */
	blocks(): Promise<number>;
	readonly flagFile: string;
	close(): Promise<void>;
}

export async function openBlockedWindow({ dist, folder, upstreamPort }: BlockedWindowOptions): Promise<BlockedWindow> {
	const serverMain = await ensureHost();
	const userDataDir = join(folder, "user-data");
	const extensionsDir = join(folder, "extensions");
	const talk = join(folder, "talk");
	await mkdir(talk, { recursive: true });
	await placeExtensions(extensionsDir, dist);
	const port = await freePort();
	await writeMachineSettings(userDataDir, {
		...calmSettings,
		"relayAccounts.port": port,
		"relayAccounts.importFile": await writeAccounts(folder, upstreamPort),
	});
	const env = { RELAY_ACCOUNTS_BENCH_FOLDER: talk, RELAY_ACCOUNTS_BENCH_UPSTREAM: String(upstreamPort) };
	const server = await startVscodeServer({ serverMain, userDataDir, extensionsDir, port: 0, testDriver: false, env });
	const browser = await launchBrowser();
	const workbench = await openWorkbench(browser, server.entrance, {
		folder: null,
		payload: [],
		prepare: async () => {},
	});
	const localKey = await workbench.copyWith("Relay Accounts: Copy Local Key");
	const read = async (name: string) => Number(await readFile(join(talk, name), "utf8").catch(() => "0"));
	const proxy: Via = { port, headers: { authorization: `Bearer ${localKey}` }, pids: [] };
	const pipe: Via = { port: await until(async () => (await read("pipe")) || null), headers: {}, pids: [] };
	await until(() => answers(proxy));
	return {
		proxy,
		pipe,
		blocks: () => read("blocks"),
		flagFile: join(talk, "block"),
		close: async () => {
			await workbench.close();
			await browser.close();
			await server.stop();
		},
	};
}

async function placeExtensions(extensionsDir: string, dist: string): Promise<void> {
	const { publisher, name, version } = await readManifest();
	const own = join(extensionsDir, `${publisher}.${name}-${version}`);
	await mkdir(own, { recursive: true });
	for (const entry of (await shippedEntries()).filter((entry) => entry !== "dist")) {
		await cp(join(root, entry), join(own, entry), { recursive: true });
	}
	await cp(dist, join(own, "dist"), { recursive: true });
	await cp(blockerFolder, join(extensionsDir, "relay-accounts.bench-blocker-0.0.1"), { recursive: true });
}

/** @returns the path of an import file with three accounts at the upstream. */
async function writeAccounts(folder: string, upstreamPort: number): Promise<string> {
	const accounts = ["first", "second", "third"].map((label) => ({
		label,
		format: "openai",
		baseUrl: `http://127.0.0.1:${upstreamPort}`,
		apiKey: `key-of-${label}`,
	}));
	const file = join(folder, "accounts.json");
	await writeFile(file, JSON.stringify({ version: 1, accounts }), { mode: 0o600 });
	return file;
}

async function answers({ port, headers }: Via): Promise<true | null> {
	const model = modelFor({ kind: "json" }, 0);
	const body = JSON.stringify({ model, messages: [{ role: "user", content: "hello" }] });
	const request = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body };
	const reply = await fetch(`http://127.0.0.1:${port}${streamPaths.openai(model)}`, request).catch(() => null);
	await reply?.text();
	return reply?.ok === true ? true : null;
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
	const deadline = performance.now() + patience;
	for (;;) {
		const found = await look();
		if (found !== null) return found;
		if (performance.now() > deadline) throw new Error("The window with the extension does not answer.");
		await pause(100);
	}
}
