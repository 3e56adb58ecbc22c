import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds between two looks. */
const interval = 20;

type Nothing = false | null | undefined;

/**
 * Looks at a condition again and again until it holds. Has no clock of its own: mocha's ends a test that waits for what
 * never comes.
 * @returns what the condition gave when it held.
 */
export async function until<T>(condition: () => T | Nothing | Promise<T | Nothing>): Promise<T> {
	for (;;) {
		const found = await condition();
		if (found !== false && found !== null && found !== undefined) return found;
		await pause(interval);
	}
}
