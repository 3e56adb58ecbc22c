// `npm start`: a real VS Code with the extension, demo relays in it, and one streaming request of each format through the
// local port. Stays until Ctrl-C. Options: see start/options.ts.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { buildBundles } from "./build/command.ts";
import { placeExtension } from "./build/shipped.ts";
import { atEnd, endRun, isEnding, makeRunFolder, runToEnd } from "./ending.ts";
import { launchBrowser } from "./host/browser.ts";
import { ensureHost } from "./host/hostInstall.ts";
import { freePort, isFree } from "./host/ports.ts";
import { calmSettings, startVscodeServer, writeMachineSettings } from "./host/vscodeServer.ts";
import { openWorkbench, windowAddress } from "./host/workbench.ts";
import { prepareAccounts } from "./start/accounts.ts";
import { readOptions, type StartOptions, usage } from "./start/options.ts";
import { tableOf } from "./start/table.ts";
import { runTrial } from "./start/trial.ts";

const defaultPort = 14680;
/** Milliseconds for the proxy to listen once the extension's commands are there. */
const proxyPatience = 30_000;

/** @throws when a port was asked for and is taken. */
async function choosePort(wanted: number | null): Promise<number> {
	const port = wanted ?? defaultPort;
	if (await isFree(port)) {
		return port;
	}
	if (wanted !== null) {
		throw new Error(`Port ${port} is used by another program. Choose another one with --port.`);
	}
	const other = await freePort();
	console.log(`Port ${port} is used by another program: this run takes ${other}.`);
	return other;
}

/** Without its server or its window the extension is gone: so is the run. */
function endBadly(reason: string): void {
	if (!isEnding()) {
		console.error(reason);
		void endRun(1);
	}
}

/** A VS Code with the extension, and one headless window in which the extension runs. */
async function openVscode(serverMain: string, folder: string) {
	const userDataDir = join(folder, "user-data");
	const extensionsDir = join(folder, "extensions");
	await placeExtension(extensionsDir);
	const options = { serverMain, userDataDir, extensionsDir, port: 0, testDriver: false, env: {} };
	const server = await startVscodeServer(options);
	void server.ended.then(() => endBadly(`The VS Code server ended. It said:\n\n${server.output()}\n`));
	const browser = await launchBrowser();
	browser.once("disconnected", () => endBadly("The headless browser ended."));
	const workspace = join(folder, "workspace");
	await mkdir(workspace);
	const workbench = await openWorkbench(browser, server.entrance, {
		folder: workspace,
		payload: [],
		prepare: async () => {},
	});
	return { workbench, address: windowAddress(server.entrance, workspace, []) };
}

async function untilListening(baseUrl: string): Promise<void> {
	const deadline = performance.now() + proxyPatience;
	while (performance.now() < deadline) {
		const answered = await fetch(`${baseUrl}/health`).then(
			(response) => response.ok,
			() => false,
		);
		if (answered) {
			return;
		}
		await pause(50);
	}
	throw new Error(`The proxy does not answer on ${baseUrl}.`);
}

/** @returns whether every row of the table is good, and something was asked if accounts were to be. */
async function start(options: StartOptions): Promise<boolean> {
	const folder = makeRunFolder();
	const accounts = await prepareAccounts(options, folder);
	atEnd(accounts.close);
	for (const remark of accounts.remarks) {
		console.log(remark);
	}
	const port = await choosePort(options.port);
	const serverMain = await ensureHost();
	await buildBundles();
	await writeMachineSettings(join(folder, "user-data"), {
		...calmSettings,
		...(accounts.file === null ? {} : { "relayAccounts.importFile": accounts.file }),
		...accounts.settings,
		...options.settings,
		"relayAccounts.port": port,
	});

	console.log("Opening VS Code …");
	const { workbench, address } = await openVscode(serverMain, folder);
	const localKey = await workbench.copyWith("Relay Accounts: Copy Local Key");
	const keyFile = join(folder, "local-key");
	await writeFile(keyFile, localKey, { mode: 0o600 });
	const baseUrl = `http://127.0.0.1:${port}`;
	await untilListening(baseUrl);

	const results = await Promise.all(accounts.trials.map((trial) => runTrial(trial, baseUrl, localKey)));
	console.log(results.length > 0 ? `\n${tableOf(results)}\n` : "\nNo account to ask, so nothing was asked.\n");
	if (!options.once) {
		console.log(`VS Code      ${address}`);
		console.log(`Base URL     ${baseUrl} (OpenAI clients: ${baseUrl}/v1)`);
		console.log(`Local key    in VS Code: F1, "Relay Accounts: Copy Local Key"; for scripts: cat ${keyFile}`);
		console.log("Ctrl-C ends everything.");
		console.log(`ready {"baseUrl": ${JSON.stringify(baseUrl)}, "keyFile": ${JSON.stringify(keyFile)}}`);
	}
	const wanted = options.accountsFile !== null || options.demo;
	return results.every(({ ok }) => ok) && (results.length > 0 || !wanted);
}

async function main(): Promise<void> {
	let options: StartOptions;
	try {
		options = await readOptions(process.argv.slice(2));
	} catch (error) {
		console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
		process.exit(2);
	}
	let isReady = false;
	const run = async () => {
		const succeeded = await start(options);
		isReady = true;
		if (options.once) {
			return succeeded ? 0 : 1;
		}
		return null;
	};
	// Ctrl-C is how a run that is ready ends well.
	await runToEnd(run, (usual) => (isReady ? 0 : usual));
}

await main();
