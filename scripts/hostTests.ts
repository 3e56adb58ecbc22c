// Runs the suites of test/host by @vscode/test-electron: node scripts/hostTests.ts [EXECUTABLE]. The executable stands in for
// VS Code; without one a desktop VS Code is downloaded. A script of its own, so that a signal reaches the tests by one way:
// the runner would take it for itself, and a second one as the wish to kill them.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { certificateEnvironment } from "../test/support/certificateFolder.ts";
import { root } from "./build/shipped.ts";
import { freePort } from "./host/ports.ts";
import { calmSettings } from "./host/vscodeServer.ts";

/** Where a desktop VS Code and a server look for settings that hold for the whole machine. */
async function writeTestSettings(userDataDir: string): Promise<void> {
	// Not the default port: a person's own VS Code may be using it.
	const settings = JSON.stringify({ ...calmSettings, "relayAccounts.port": await freePort() });
	for (const folder of ["Machine", "User"]) {
		const file = join(userDataDir, folder, "settings.json");
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, settings);
	}
}

/** In a real extension host with nothing else installed. @throws when they failed. */
async function runHostTests(executable: string | undefined): Promise<void> {
	const profile = await mkdtemp(join(tmpdir(), "relay-accounts-host-"));
	try {
		const userDataDir = join(profile, "user-data");
		await writeTestSettings(userDataDir);
		await runTests({
			...(executable === undefined ? {} : { vscodeExecutablePath: executable }),
			extensionDevelopmentPath: root,
			extensionTestsPath: join(root, "out", "test", "host", "index.cjs"),
			extensionTestsEnv: await certificateEnvironment(join(profile, "certificates")),
			launchArgs: [`--user-data-dir=${userDataDir}`, `--extensions-dir=${join(profile, "extensions")}`],
		});
	} finally {
		await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
	}
}

// A signal goes to the whole group, so the executable has it already: its end is waited for.
process.on("SIGTERM", () => {});
await runHostTests(process.argv[2]).catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
