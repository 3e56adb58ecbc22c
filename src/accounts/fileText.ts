import { randomBytes } from "node:crypto";
import { open, readdir, readFile, readlink, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const temporaryEnding = ".tmp";

export function codeOf(error: unknown): string | undefined {
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	return typeof code === "string" ? code : undefined;
}

/** Where a file really is: a link stays a link when what it leads to is replaced. */
export async function realPathOf(path: string): Promise<string> {
	try {
		return await realpath(path);
	} catch (error) {
		if (codeOf(error) !== "ENOENT") throw error;
	}
	try {
		// A link to what is not there yet.
		return resolve(dirname(path), await readlink(path));
	} catch {
		return path;
	}
}

/** @returns null when there is no such file. */
export async function readText(path: string): Promise<string | null> {
	try {
		return await readFile(path, "utf8");
	} catch (error) {
		if (codeOf(error) === "ENOENT") return null;
		throw error;
	}
}

/** A new text for a file, on the disk beside it but not yet in its place. */
interface PendingText {
	/** Puts it in the file's place in one step. */
	commit(): Promise<void>;
	discard(): Promise<void>;
}

/** Only the user can read the file that comes of it. */
export async function prepareText(path: string, text: string): Promise<PendingText> {
	const temporary = `${path}.${process.pid}-${randomBytes(4).toString("hex")}${temporaryEnding}`;
	const discard = () => rm(temporary, { force: true });
	try {
		const file = await open(temporary, "wx", 0o600);
		try {
			await file.writeFile(text);
			// Else a power cut after the rename may leave an empty file.
			await file.sync();
		} finally {
			await file.close();
		}
	} catch (error) {
		await discard().catch(() => undefined);
		throw error;
	}
	return {
		discard,
		commit: async () => {
			try {
				await renameOver(temporary, path);
			} catch (error) {
				await discard().catch(() => undefined);
				throw error;
			}
			await syncFolder(dirname(path));
		},
	};
}

export async function replaceText(path: string, text: string): Promise<void> {
	await (await prepareText(path, text)).commit();
}

/** Removes what processes left that died while they saved. Only for the holder of the file's lock. */
export async function removeLeftovers(path: string): Promise<void> {
	const folder = dirname(path);
	const names = await readdir(folder);
	const left = names.filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith(temporaryEnding));
	await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
}

/** Windows refuses to replace a file in the moment that another process reads it. */
async function renameOver(from: string, to: string): Promise<void> {
	for (let attempt = 1; ; attempt += 1) {
		try {
			await rename(from, to);
			return;
		} catch (error) {
			const passes = process.platform === "win32" && ["EPERM", "EACCES", "EBUSY"].includes(codeOf(error) ?? "");
			if (!passes || attempt === 20) throw error;
		}
		await pause(20);
	}
}

/** Makes a rename last through a power cut. Not every file system can; the file itself is whole either way. */
async function syncFolder(folder: string): Promise<void> {
	if (process.platform === "win32") return;
	try {
		const handle = await open(folder, "r");
		try {
			await handle.sync();
		} finally {
			await handle.close();
		}
	} catch {
		// See above.
	}
}
