import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { root } from "./shipped.ts";

const running = new Set<ChildProcess>();

/** Runs a command of the project in its root, output passed on. @returns its exit code. */
export function runCommand(
	command: string,
	args: readonly string[],
	env: Readonly<Record<string, string>>,
): Promise<number> {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, {
			cwd: root,
			env: { ...process.env, ...env },
			stdio: ["ignore", "inherit", "inherit"],
		});
		running.add(child);
		child.once("error", reject);
		child.once("close", (code, signal) => {
			running.delete(child);
			resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
		});
	});
}

/** Ends this process at a signal, together with the commands that run. */
export function endCommandsAtSignal(): void {
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
		process.once(signal, () => {
			for (const child of running) {
				child.kill(signal);
			}
			process.exit(128 + constants.signals[signal]);
		});
	}
}

/** The bundles of src/ and webview/. @throws when the build failed; what it said has been shown. */
export async function buildBundles(...flags: readonly string[]): Promise<void> {
	if ((await runCommand(process.execPath, ["esbuild.mjs", ...flags], {})) !== 0) {
		throw new Error("The build failed.");
	}
}
