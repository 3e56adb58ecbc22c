import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { buildBundles, runCommand } from "./build/command.ts";
import { root } from "./build/shipped.ts";
import { ensureBrowser } from "./host/browser.ts";
import { ensureHost } from "./host/hostInstall.ts";
import { freePort } from "./host/ports.ts";
import { calmSettings } from "./host/vscodeServer.ts";
import { countsFileVariable, type TestCounts } from "./mocha.ts";

/** One part of the test run. A stage that throws has failed. */
export interface Stage {
	readonly name: string;
	readonly run: () => Promise<TestCounts>;
}

export const nothing: TestCounts = { passed: 0, failed: 0, skipped: 0 };
export const oneFailure: TestCounts = { ...nothing, failed: 1 };

/** A check that knows only yes and no counts as one test. */
function check(name: string, command: string, args: readonly string[]): Stage {
	return {
		name,
		run: async () => ((await runCommand(command, args, {})) === 0 ? { ...nothing, passed: 1 } : oneFailure),
	};
}

/** Runs something that writes its counts to a file. A run that ended badly has failed whatever it counted. */
async function counted(run: (countsFile: string) => Promise<boolean>): Promise<TestCounts> {
	const folder = await mkdtemp(join(tmpdir(), "relay-accounts-counts-"));
	const file = join(folder, "counts.json");
	try {
		const endedWell = await run(file);
		const counts = await readFile(file, "utf8").then(
			(text): TestCounts => JSON.parse(text),
			() => oneFailure,
		);
		return endedWell || counts.failed > 0 ? counts : { ...counts, failed: 1 };
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function mochaStage(name: string, pattern: string, before: () => Promise<unknown>): Stage {
	return {
		name,
		run: async () => {
			await before();
			return counted(async (file) => {
				const args = [join(root, "scripts", "runMocha.ts"), pattern];
				return (await runCommand(process.execPath, args, { [countsFileVariable]: file })) === 0;
			});
		},
	};
}

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

/**
 * The suites of test/host in a real extension host, with nothing else installed.
 * @param executable stands in for VS Code; undefined downloads a desktop one.
 */
function extensionHostStage(name: string, executable: string | undefined): Stage {
	return {
		name,
		run: () =>
			counted(async (file) => {
				const profile = await mkdtemp(join(tmpdir(), "relay-accounts-host-"));
				try {
					const userDataDir = join(profile, "user-data");
					await writeTestSettings(userDataDir);
					const code = await runTests({
						...(executable === undefined ? {} : { vscodeExecutablePath: executable }),
						extensionDevelopmentPath: root,
						extensionTestsPath: join(root, "out", "test", "host", "index.cjs"),
						extensionTestsEnv: { [countsFileVariable]: file },
						launchArgs: [`--user-data-dir=${userDataDir}`, `--extensions-dir=${join(profile, "extensions")}`],
					});
					return code === 0;
				} catch (error) {
					console.error(error instanceof Error ? error.message : error);
					return false;
				} finally {
					await rm(profile, { recursive: true, force: true });
				}
			}),
	};
}

const hostRunner: Stage = {
	name: "host",
	run: async () => {
		await ensureHost();
		await ensureBrowser();
		return extensionHostStage("host", join(root, "scripts", "runHost.ts")).run();
	},
};

const stages = {
	types: check("types", "tsc", ["--noEmit", "-p", "."]),
	lint: check("lint", "biome", ["ci", "--colors=off", "."]),
	build: {
		name: "build",
		run: async () => {
			await buildBundles("--tests");
			return nothing;
		},
	},
	unit: mochaStage("unit", "test/unit/**/*.test.ts", async () => {}),
	host: hostRunner,
	ui: mochaStage("ui", "test/ui/**/*.test.ts", async () => {
		await ensureHost();
		await ensureBrowser();
	}),
	desktop: extensionHostStage("desktop", undefined),
} satisfies Record<string, Stage>;

/** What `--only` may name, and the stages that belong to it. */
export const selections: Readonly<Record<string, readonly Stage[]>> = {
	unit: [stages.unit],
	host: [stages.build, stages.host],
	ui: [stages.build, stages.ui],
	desktop: [stages.build, stages.desktop],
};

export const everything: readonly Stage[] = [
	stages.types,
	stages.lint,
	stages.build,
	stages.unit,
	stages.host,
	stages.ui,
];

/** Stages that run what the build made. */
export const needsBuild: ReadonlySet<Stage> = new Set<Stage>([stages.host, stages.ui, stages.desktop]);
export const buildStage: Stage = stages.build;
