import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** Top-level entries of which an installed extension consists; the same as what .vscodeignore lets through. */
const shipped =
	/^(?:package\.json|package\.nls(?:\.[\w-]+)?\.json|l10n|dist|docs|media|README\.md|CHANGELOG\.md|LICENSE)$/;

export async function shippedEntries(): Promise<readonly string[]> {
	return (await readdir(root)).filter((name) => shipped.test(name));
}

export interface Manifest {
	readonly publisher: string;
	readonly name: string;
	readonly version: string;
}

export async function readManifest(): Promise<Manifest> {
	return JSON.parse(await readFile(join(root, "package.json"), "utf8"));
}

/**
 * Makes the built extension an installed one, so that every window of a server with this extensions folder has it. A copy,
 * as VS Code recognises an extension by the real path of the file that asks for its API, which a link would hide.
 */
export async function placeExtension(extensionsDir: string): Promise<void> {
	const { publisher, name, version } = await readManifest();
	const folder = join(extensionsDir, `${publisher}.${name}-${version}`);
	await mkdir(folder, { recursive: true });
	for (const entry of await shippedEntries()) {
		await cp(join(root, entry), join(folder, entry), { recursive: true });
	}
}
