import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

/** Milliseconds in which everything ends, well or not: what is on a leash ends with this process in any case. */
const patience = 4500;

/** What has to end before this process does, in the order it began. */
const steps = new Set<() => Promise<unknown>>();
let begun = false;

/**
 * @param step called once at the end of the run; later ones first.
 * @returns drops the step, when what it would end has ended.
 */
export function atEnd(step: () => Promise<unknown>): () => void {
	steps.add(step);
	return () => {
		steps.delete(step);
	};
}

/** Whether things end because they were told to. */
export function isEnding(): boolean {
	return begun;
}

/** @throws once the end has begun: what was started then would be left behind. */
export function refuseWhileEnding(): void {
	if (begun) {
		throw new Error("This run is ending.");
	}
}

/** Ends everything and then this process. Only the first call counts. */
export async function endRun(exitCode: number): Promise<void> {
	if (begun) {
		return;
	}
	begun = true;
	setTimeout(() => process.exit(exitCode), patience);
	for (const step of [...steps].reverse()) {
		await step().catch((error: unknown) => console.error(error));
	}
	process.exit(exitCode);
}

/** @param exitCodeAt the exit code for a signal's usual one. */
export function endAtSignal(exitCodeAt: (usual: number) => number): void {
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
		process.on(signal, () => void endRun(exitCodeAt(128 + constants.signals[signal])));
	}
}

/**
 * The whole of a script: runs it, then ends everything it started, well or not, at a signal too.
 * @param main gives the exit code; null: the run goes on until a signal ends it.
 * @param exitCodeAt the exit code for a signal's usual one.
 */
export async function runToEnd(
	main: () => Promise<number | null>,
	exitCodeAt: (usual: number) => number = (usual) => usual,
): Promise<void> {
	endAtSignal(exitCodeAt);
	try {
		const exitCode = await main();
		if (exitCode !== null) {
			await endRun(exitCode);
		}
	} catch (error) {
		// What fails while things end fails because they end.
		if (!begun) {
			console.error(error instanceof Error ? error.message : error);
			await endRun(1);
		}
	}
}

/**
 * A folder that only this user can read and that goes with this process, however that ends. What is started from now on
 * keeps its own temporary files in it.
 */
export function makeRunFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "relay-accounts-"));
	process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }));
	process.env["TMPDIR"] = folder;
	return folder;
}
