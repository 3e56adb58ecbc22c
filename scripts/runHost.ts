#!/usr/bin/env node
// Stands in for VS Code's executable in @vscode/test-electron: takes the same arguments, runs the extension's tests in a
// VS Code server with a headless browser, and ends with the tests' exit code.
import { format, parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { endRun, isEnding, runToEnd } from "./ending.ts";
import { launchBrowser } from "./host/browser.ts";
import { ensureHost } from "./host/hostInstall.ts";
import { startVscodeServer } from "./host/vscodeServer.ts";
import { remoteUri, type WindowPayload, windowAddress } from "./host/workbench.ts";
import { lineMarkVariable } from "./mocha.ts";

/** Milliseconds without a line from the tests after which they count as hung. */
const silence = 180_000;

/** Before each line of the tests: a window forwards what the whole workbench logs, much of it about missing services. */
const mark = "[test] ";

/** What a workbench without internet and without a sign-in says of itself. */
const noise =
	/^\[(?:AgentHost|ChatModelSelection|AccountPolicyGate|Service Worker|reconnection)|^Creating a socket|ENOTFOUND/;

function readArguments() {
	const text = { type: "string" } as const;
	// VS Code's own switches that have no meaning here come along and are let be.
	const { values, positionals } = parseArgs({
		options: {
			extensionDevelopmentPath: text,
			extensionTestsPath: text,
			"user-data-dir": text,
			"extensions-dir": text,
		},
		allowPositionals: true,
		strict: false,
	});
	const required = (name: string) => {
		const value = values[name];
		if (typeof value !== "string") {
			throw new Error(`--${name} is missing`);
		}
		return value;
	};
	return {
		extension: required("extensionDevelopmentPath"),
		tests: required("extensionTestsPath"),
		userDataDir: required("user-data-dir"),
		extensionsDir: required("extensions-dir"),
		folder: positionals[0] ?? null,
	};
}

/** @returns the tests' exit code. */
async function main(): Promise<number> {
	const { extension, tests, userDataDir, extensionsDir, folder } = readArguments();
	const serverMain = await ensureHost();
	const env = { [lineMarkVariable]: mark };
	const server = await startVscodeServer({ serverMain, userDataDir, extensionsDir, port: 0, testDriver: true, env });
	const serverEnded = server.ended.then(() => `The VS Code server ended. It said:\n\n${server.output()}\n`);
	const browser = await launchBrowser();
	const page = await (await browser.newContext()).newPage();
	const payload: WindowPayload = [
		["extensionDevelopmentPath", remoteUri(server.origin, extension)],
		["extensionTestsPath", remoteUri(server.origin, tests)],
		["skipWelcome", "true"],
	];
	return runTests(page, windowAddress(server.entrance, folder, payload), serverEnded);
}

/** Opens the window, which begins the tests. @returns their exit code, 1 when there is none. */
async function runTests(page: Page, address: string, serverEnded: Promise<string>): Promise<number> {
	const otherLines: string[] = [];
	const finished = Promise.withResolvers<number>();
	let over = false;
	const finish = (code: number) => {
		over = true;
		finished.resolve(code);
	};
	const giveUp = (reason: string) => {
		if (!over && !isEnding()) {
			console.error(reason);
			finish(1);
		}
	};
	const hung = setTimeout(() => giveUp(`No word from the tests for ${silence / 1000} s.`), silence);
	await page.exposeFunction("codeAutomationLog", (_type: string, values: readonly unknown[]) => {
		const line = format(...values);
		if (line.startsWith(mark)) {
			hung.refresh();
			console.log(line.slice(mark.length));
		} else {
			otherLines.push(line);
		}
	});
	await page.exposeFunction("codeAutomationExit", finish);
	page.once("crash", () => giveUp("The browser's page crashed."));
	void serverEnded.then(giveUp);
	await page.goto(address);
	const code = await finished.promise;
	clearTimeout(hung);
	if (code !== 0) {
		const lines = otherLines.filter((line) => !noise.test(line)).slice(-40);
		console.error(`\nThe last that VS Code logged beside the tests:\n\n${lines.join("\n")}\n`);
	}
	return code;
}

// The pipe from whoever started this run closes when it is gone: then nobody waits for the outcome.
process.stdin.resume().once("end", () => void endRun(1));
await runToEnd(main);
