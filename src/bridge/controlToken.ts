import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { lock } from "proper-lockfile";
import type { LogLevel } from "./protocol.ts";

const whole = /^[0-9a-f]{64}$/;
/** Milliseconds, and how often: longer than it takes to fill a file that another window has just made. */
const settling = 20;
const looks = 25;
/** Milliseconds after which the lock of a window that died counts as left behind, and how long the others wait for it. */
const locking = { stale: 5_000, retries: { retries: 40, factor: 1.2, minTimeout: 20, maxTimeout: 300 } };

type Log = (level: LogLevel, message: string) => void;

/**
 * The secret by which windows of this installation know each other: a file that only its user can read, made once.
 * Never rejects: where nothing can be read or written this window goes on with a secret of its own.
 */
export async function openControlToken(folder: string, log: Log): Promise<string> {
	const own = randomBytes(32).toString("hex");
	try {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		return await sharedToken(join(folder, "control-token"), own);
	} catch (error) {
		log(
			"warn",
			`The control token could not be kept (${codeOf(error) ?? "incomplete"}): other windows take this one for another program.`,
		);
		return own;
	}
}

/** @returns what the file holds in the end, be it another window's. */
async function sharedToken(file: string, own: string): Promise<string> {
	const saved = await wholeText(file);
	if (saved !== null) return saved;
	const temporary = `${file}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
	try {
		// Beside it and then linked: nobody sees a file that is made and not yet filled.
		await writeFile(temporary, own, { flag: "wx", mode: 0o600 });
		await linkOrCopy(temporary, file);
		const token = (await settledText(file)) ?? (await mended(file, temporary));
		if (token === null) throw new Error("The file stays incomplete");
		return token;
	} finally {
		await rm(temporary, { force: true }).catch(() => undefined);
	}
}

/** Leaves alone what is there already. */
async function linkOrCopy(from: string, to: string): Promise<void> {
	try {
		await link(from, to);
	} catch (error) {
		if (codeOf(error) === "EEXIST") return;
		// Not every file system has links.
		await copyFile(from, to, constants.COPYFILE_EXCL).catch((second: unknown) => {
			if (codeOf(second) !== "EEXIST") throw second;
		});
	}
}

/** Puts `replacement` in the place of a file that a full disk or a crash left incomplete; of several windows one does. */
async function mended(file: string, replacement: string): Promise<string | null> {
	// proper-lockfile throws out of a timer unless onCompromised is given.
	const release = await lock(file, { ...locking, realpath: false, onCompromised: () => undefined });
	try {
		if ((await wholeText(file)) === null) await rename(replacement, file);
		return await wholeText(file);
	} finally {
		await release().catch(() => undefined);
	}
}

async function settledText(file: string): Promise<string | null> {
	for (let look = 0; look < looks; look += 1) {
		const text = await wholeText(file);
		if (text !== null) return text;
		await pause(settling);
	}
	return null;
}

/** @returns null when there is no such file, or when it is incomplete. */
async function wholeText(file: string): Promise<string | null> {
	try {
		const text = await readFile(file, "utf8");
		return whole.test(text) ? text : null;
	} catch (error) {
		if (codeOf(error) === "ENOENT") return null;
		throw error;
	}
}

function codeOf(error: unknown): string | undefined {
	return (error as NodeJS.ErrnoException).code;
}
