import { open } from "node:fs/promises";

/**
 * Writes a file that only its user can read, also where a file of that name with a wider mode was there before. On
 * Windows the mode means nothing: there the folder decides.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
	const file = await open(path, "w", 0o600);
	try {
		await file.chmod(0o600);
		await file.writeFile(text, "utf8");
	} finally {
		await file.close();
	}
}

/** Whether a mode gives the group or others any access. */
export function isOpenToOthers(mode: number, platform: NodeJS.Platform): boolean {
	return platform !== "win32" && (mode & 0o077) !== 0;
}
