// `npm run package`: checks the types, builds for production and packages, then says what is in the package.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./build/command.ts";
import { readManifest, root } from "./build/shipped.ts";
import { buildVsix } from "./build/vsix.ts";
import { makeRunFolder, runToEnd } from "./ending.ts";

function kibibytes(bytes: number): string {
	return `${(bytes / 1024).toFixed(1)} KiB`.padStart(12);
}

async function main(): Promise<number> {
	makeRunFolder();
	if ((await runCommand("tsc", ["--noEmit", "-p", "."], {})) !== 0) {
		return 1;
	}
	const { name, version } = await readManifest();
	const file = join(root, `${name}-${version}.vsix`);
	const files = await buildVsix(file);

	console.log("\nIn the package:");
	for (const { path, bytes } of [...files].sort((one, other) => other.bytes - one.bytes)) {
		console.log(`${kibibytes(bytes)}  ${path}`);
	}
	console.log("\nBundles:");
	for (const name of ["extension.cjs", "onDemand.cjs", "worker.cjs", "tokenizer.cjs", "webview/relayForm.js"]) {
		const bundle = `dist/${name}`;
		const found = files.find(({ path }) => path === bundle);
		if (found === undefined) {
			throw new Error(`${bundle} is not in the package.`);
		}
		console.log(`${kibibytes(found.bytes)}  ${bundle}`);
	}
	console.log(`\n${file}: ${kibibytes((await stat(file)).size).trim()}, ${files.length} files`);
	return 0;
}

await runToEnd(main);
