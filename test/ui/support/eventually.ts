import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds in which what a person waits for has to happen, on a slow machine too. */
const patience = 15_000;
/** Milliseconds between two looks. */
const interval = 25;

async function watch<T>(read: () => Promise<T> | T, judge: (value: T) => void): Promise<T> {
	const deadline = performance.now() + patience;
	for (;;) {
		const value = await read();
		try {
			judge(value);
			return value;
		} catch (error) {
			if (performance.now() > deadline) throw error;
		}
		await pause(interval);
	}
}

/** Waits until what is read equals what is expected; else says how the last that was read differs. */
export async function eventually<T>(read: () => Promise<T> | T, expected: T): Promise<void> {
	await watch(read, (value) => assert.deepEqual(value, expected));
}

/** Waits until the text that is read matches. @returns that text. */
export function eventuallyMatches(read: () => Promise<string> | string, pattern: RegExp): Promise<string> {
	return watch(read, (value) => assert.match(value, pattern));
}
