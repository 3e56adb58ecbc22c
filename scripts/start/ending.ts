import { constants } from "node:os";

/** Milliseconds in which everything ends, well or not: what is on a leash ends with this process in any case. */
const patience = 4500;

/** What has to end with this run, in the order it began. */
const steps: (() => Promise<unknown>)[] = [];
let begun = false;

/** @param step called once at the end of the run; later ones first. */
export function atEnd(step: () => Promise<unknown>): void {
	steps.push(step);
}

/** Whether things end because they were told to. */
export function isEnding(): boolean {
	return begun;
}

/** Ends everything and then this process. Only the first call counts. */
export async function endRun(exitCode: number): Promise<void> {
	if (begun) {
		return;
	}
	begun = true;
	setTimeout(() => process.exit(exitCode), patience);
	for (const step of steps.reverse()) {
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
