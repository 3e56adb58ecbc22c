import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The secret by which windows of this installation know each other: a file that only its user can read, made once.
 * @throws where the folder can be neither read nor written.
 */
export async function openControlToken(folder: string): Promise<string> {
	const file = join(folder, "control-token");
	await mkdir(folder, { recursive: true, mode: 0o700 });
	try {
		// `wx`: of two windows that start together one makes the file, the other reads it.
		await writeFile(file, randomBytes(32).toString("hex"), { flag: "wx", mode: 0o600 });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
	}
	return readWhole(file);
}

/** The other window may have created the file and not filled it yet. */
async function readWhole(file: string): Promise<string> {
	for (let tries = 0; tries < 50; tries += 1) {
		const token = await readFile(file, "utf8");
		if (token.length === 64) return token;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	throw new Error(`The file ${file} holds no control token. Delete it and reload the window.`);
}
