import { mkdir, rmdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { codeOf } from "./fileText.ts";

/** Milliseconds after which the lock of a process that died counts as left behind. */
const stale = 5_000;
/** Milliseconds between two signs of life of whoever holds the lock. */
const pulse = 2_500;
/** Milliseconds; several times `stale`, so that a queue of windows behind a dead one still gets its turn. */
const longestWait = 30_000;
const longestPause = 100;
/** Milliseconds: some thousand years. */
const never = 2 ** 45;

interface HeldLock {
	/** True when another process took the lock over, as happens when this one was suspended or blocked for long. */
	readonly lost: boolean;
}

/** Another process held the lock all the time. */
class LockTimeout extends Error {
	constructor(path: string) {
		super(`${path} is held by another process`);
		this.name = "LockTimeout";
	}
}

/** Runs `action` while no other process is inside for the same path. Makes the folder when it is missing. */
export async function withFileLock<T>(path: string, action: (held: HeldLock) => Promise<T>): Promise<T> {
	const held = { lost: false };
	const release = await acquire(path, () => {
		held.lost = true;
	});
	try {
		return await action(held);
	} finally {
		// Fails when the lock was lost; whoever has it now gives it back.
		await release().catch(() => undefined);
	}
}

async function acquire(path: string, onCompromised: () => void): Promise<() => Promise<void>> {
	const deadline = Date.now() + longestWait;
	for (let wait = 5; ; wait = Math.min(wait * 1.5, longestPause)) {
		try {
			await mkdir(dirname(path), { recursive: true, mode: 0o700 });
			await clearLeftLock(path);
			// proper-lockfile throws out of a timer unless onCompromised is given. Its own retries would also wait out
			// errors that do not pass, such as a read-only folder. Of two that find a lock stale at once, the later would
			// remove the earlier's new one: so none is stale to it.
			return await lock(path, { realpath: false, stale: never, update: pulse, retries: 0, onCompromised });
		} catch (error) {
			if (!passes(codeOf(error))) throw error;
			if (Date.now() > deadline) throw new LockTimeout(path);
		}
		await pause(wait * (0.5 + Math.random()));
	}
}

/** Removes a lock that was left behind. Under a lock of its own, so that nobody removes the one that comes after it. */
async function clearLeftLock(path: string): Promise<void> {
	const left = `${path}.lock`;
	const takeover = `${left}.takeover`;
	const seen = await lastSignOfLeft(left);
	if (seen === null) return;
	try {
		await mkdir(takeover);
	} catch (error) {
		if (codeOf(error) !== "EEXIST") throw error;
		// Whoever has it is done in a moment, or died within it.
		if ((await lastSignOfLeft(takeover)) !== null) await rmdir(takeover).catch(() => undefined);
		return;
	}
	try {
		if ((await lastSignOf(left)) === seen) await rmdir(left).catch(() => undefined);
	} finally {
		await rmdir(takeover).catch(() => undefined);
	}
}

/** The last sign of life of a lock that was left behind, in milliseconds since 1970; null where it was not, or is gone. */
async function lastSignOfLeft(folder: string): Promise<number | null> {
	const sign = await lastSignOf(folder);
	if (sign === null) return null;
	const age = Date.now() - sign;
	if (age >= -stale) return age > stale ? sign : null;
	// The clock was set back since: whoever is alive gives a sign by the new one soon.
	await pause(stale);
	return (await lastSignOf(folder)) === sign ? sign : null;
}

async function lastSignOf(folder: string): Promise<number | null> {
	try {
		return (await stat(folder)).mtimeMs;
	} catch (error) {
		if (codeOf(error) === "ENOENT") return null;
		throw error;
	}
}

/** ENOENT: another process cleared a stale lock away in the moment this one was made. Windows denies what is being removed. */
function passes(code: string | undefined): boolean {
	if (code === "ELOCKED" || code === "ENOENT") return true;
	return process.platform === "win32" && (code === "EPERM" || code === "EBUSY" || code === "EACCES");
}
