import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVSIX, listFiles } from "@vscode/vsce";
import { buildBundles } from "./command.ts";
import { root, shippedEntries } from "./shipped.ts";

export interface PackagedFile {
	/** As in the package. */
	readonly path: string;
	readonly bytes: number;
}

/**
 * Packages the extension, built for production. Works in a folder of its own, so that the bundles in dist/ stay as they are.
 * @param file where the VSIX is written.
 * @returns what is in it.
 */
export async function buildVsix(file: string): Promise<readonly PackagedFile[]> {
	const staging = await mkdtemp(join(tmpdir(), "relay-accounts-vsix-"));
	try {
		for (const entry of [...(await shippedEntries()), ".vscodeignore"].filter((name) => name !== "dist")) {
			await cp(join(root, entry), join(staging, entry), { recursive: true });
		}
		await buildBundles("--production", `--outdir=${join(staging, "dist")}`);
		await dropDevelopment(join(staging, "package.json"));
		await createVSIX({
			cwd: staging,
			packagePath: file,
			dependencies: false,
			allowMissingRepository: true,
			rewriteRelativeLinks: false,
		});
		return await packagedFiles(staging);
	} finally {
		await rm(staging, { recursive: true, force: true });
	}
}

/** vsce would run the scripts, which are the repository's and not the package's. */
async function dropDevelopment(manifestFile: string): Promise<void> {
	const { scripts, devDependencies, allowScripts, ...manifest } = JSON.parse(await readFile(manifestFile, "utf8"));
	await writeFile(manifestFile, `${JSON.stringify(manifest, null, "\t")}\n`);
}

async function packagedFiles(folder: string): Promise<readonly PackagedFile[]> {
	const paths = await listFiles({ cwd: folder, packagedDependencies: [] });
	return Promise.all(paths.map(async (path) => ({ path, bytes: (await readFile(join(folder, path))).byteLength })));
}
