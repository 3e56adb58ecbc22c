import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { codeOf } from "./fileText.ts";

/** Milliseconds after which the lock of a process that died counts as left behind. */
const stale = 5_000;
/** Milliseconds; several times `stale`, so that a queue of windows behind a dead one still gets its turn. */
const longestWait = 30_000;
const longestPause = 100;

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
			// proper-lockfile throws out of a timer unless onCompromised is given. Its own retries would also wait out
			// errors that do not pass, such as a read-only folder.
			return await lock(path, { realpath: false, stale, retries: 0, onCompromised });
		} catch (error) {
			if (!passes(codeOf(error))) throw error;
			if (Date.now() > deadline) throw new LockTimeout(path);
		}
		await pause(wait * (0.5 + Math.random()));
	}
}

/** ENOENT: another process cleared a stale lock away in the moment this one was made. Windows denies what is being removed. */
function passes(code: string | undefined): boolean {
	if (code === "ELOCKED" || code === "ENOENT") return true;
	return process.platform === "win32" && (code === "EPERM" || code === "EBUSY" || code === "EACCES");
}
