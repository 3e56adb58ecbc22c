import { isEnding } from "../ending.ts";
import { startOwnProcess } from "../host/ownProcess.ts";
import { root } from "./shipped.ts";

/** Milliseconds; such a command may have a VS Code to end before it can end itself. */
const patience = 3500;

/** Runs a command of the project in its root, output passed on. @returns its exit code. */
export function runCommand(
	command: string,
	args: readonly string[],
	env: Readonly<Record<string, string>>,
): Promise<number> {
	const onLine = (line: string) => {
		// What tests say of the VS Code that is taken from under them is no news.
		if (!isEnding()) {
			console.log(line);
		}
	};
	return startOwnProcess(command, args, { cwd: root, env: { ...process.env, ...env }, onLine, patience }).ended;
}

/** The bundles of src/ and webview/. @throws when the build failed; what it said has been shown. */
export async function buildBundles(...flags: readonly string[]): Promise<void> {
	if ((await runCommand(process.execPath, ["esbuild.mjs", ...flags], {})) !== 0) {
		throw new Error("The build failed.");
	}
}
