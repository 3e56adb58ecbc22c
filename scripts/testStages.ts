import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureAgents } from "./agents/agentInstall.ts";
import { buildBundles, runCommand } from "./build/command.ts";
import { root } from "./build/shipped.ts";
import { ensureHost } from "./host/hostInstall.ts";
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

/**
 * A script of this folder that runs tests and writes their counts to the file that its environment names. A run that ended
 * badly has failed whatever it counted.
 */
function testStage(name: string, script: string, args: readonly string[], before: () => Promise<unknown>): Stage {
	return {
		name,
		run: async () => {
			await before();
			const file = join(await mkdtemp(join(tmpdir(), "counts-")), "counts.json");
			const command = [join(root, "scripts", script), ...args];
			const exitCode = await runCommand(process.execPath, command, { [countsFileVariable]: file });
			const counts = await readFile(file, "utf8").then(
				(text): TestCounts => JSON.parse(text),
				() => oneFailure,
			);
			return exitCode === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
		},
	};
}

const stages = {
	types: check("types", "tsc", ["--noEmit", "-p", "."]),
	lint: check("lint", "biome", ["ci", "--colors=off", "--error-on-warnings", "."]),
	build: {
		name: "build",
		run: async () => {
			await buildBundles("--tests");
			return nothing;
		},
	},
	unit: testStage("unit", "runMocha.ts", ["test/unit/**/*.test.ts"], async () => {}),
	host: testStage("host", "hostTests.ts", [join(root, "scripts", "runHost.ts")], ensureHost),
	ui: testStage("ui", "runMocha.ts", ["test/ui/**/*.test.ts"], ensureHost),
	desktop: testStage("desktop", "hostTests.ts", [], async () => {}),
	agents: testStage("agents", "runMocha.ts", ["test/agents/*.test.ts"], ensureAgents),
} satisfies Record<string, Stage>;

/** What `--only` may name, and the stages that belong to it. */
export const selections: Readonly<Record<string, readonly Stage[]>> = {
	unit: [stages.unit],
	host: [stages.build, stages.host],
	ui: [stages.build, stages.ui],
	desktop: [stages.build, stages.desktop],
	agents: [stages.agents],
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
