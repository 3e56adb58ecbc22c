// Builds the bundles: node esbuild.mjs [--production] [--tests] [--watch] [--outdir=FOLDER]
import { globSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build, context } from "esbuild";
import { writeNotices } from "./scripts/build/notices.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
const { values: flags } = parseArgs({
	options: {
		/** Minified and without source maps. */
		production: { type: "boolean", default: false },
		/** The host tests too, into out/. */
		tests: { type: "boolean", default: false },
		watch: { type: "boolean", default: false },
		outdir: { type: "string", default: "dist" },
	},
});
const dist = resolve(root, flags.outdir);

/** @type {import("esbuild").BuildOptions} */
const common = {
	absWorkingDir: root,
	bundle: true,
	charset: "utf8",
	legalComments: "none",
	logLevel: "warning",
	metafile: true,
	minify: flags.production,
	sourcemap: flags.production ? false : "linked",
};

/** @type {import("esbuild").BuildOptions} */
const forExtensionHost = {
	...common,
	external: ["vscode"],
	format: "cjs",
	// VS Code 1.110, the oldest that is supported, runs its extension host on Node 22.
	target: "node22",
	platform: "node",
	// ES modules first: their CommonJS twins cannot be shaken.
	mainFields: ["module", "main"],
	outExtension: { ".js": ".cjs" },
	// What is written for ES modules asks for its own address.
	define: { "import.meta.url": "importMetaUrl" },
	banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
};

/** Makes `import("….onDemand.ts")` load the bundle of that name, which lies beside the one that asks for it. */
const onDemand = {
	name: "on-demand",
	setup(/** @type {import("esbuild").PluginBuild} */ { onResolve }) {
		onResolve({ filter: /\/onDemand\.ts$/ }, ({ kind }) =>
			kind === "dynamic-import" ? { path: "./onDemand.cjs", external: true } : undefined,
		);
	},
};

/** What is shipped. Each by itself, because what is only loaded when the proxy starts must not share code with activation. */
const bundles = [
	{
		...forExtensionHost,
		entryPoints: ["src/extension.ts"],
		outdir: dist,
		plugins: [onDemand],
		// As `require`, which an extension host has for files beside an extension.
		supported: { "dynamic-import": false },
	},
	{ ...forExtensionHost, entryPoints: ["src/native/onDemand.ts"], outdir: dist },
	{ ...forExtensionHost, entryPoints: ["src/worker.ts"], outdir: dist },
	// Its source map would be larger than the vocabulary itself.
	{ ...forExtensionHost, entryPoints: ["src/proxy/tokenizer.ts"], outdir: dist, sourcemap: false },
	{
		...common,
		entryPoints: ["webview/relayForm.ts"],
		format: "iife",
		outdir: join(dist, "webview"),
		platform: "browser",
		target: "chrome134",
	},
];

/** Each suite by itself: mocha loads them as files, in this VS Code or another. */
const hostTests = {
	...forExtensionHost,
	entryPoints: ["test/host/index.ts", ...globSync("test/host/suites/**/*.test.ts", { cwd: root })],
	external: ["vscode", "mocha"],
	minify: false,
	outbase: "test/host",
	outdir: join(root, "out", "test", "host"),
};

async function main() {
	if (flags.tests) {
		// A suite that was removed must not be run from its old bundle.
		await rm(hostTests.outdir, { recursive: true, force: true });
	}
	const wanted = flags.tests ? [...bundles, hostTests] : bundles;
	if (flags.watch) {
		const contexts = await Promise.all(
			wanted.map((options) => context({ ...options, plugins: [...(options.plugins ?? []), watchMarks] })),
		);
		await Promise.all(contexts.map((each) => each.watch()));
		return;
	}
	const results = await Promise.all(wanted.map((options) => build(options)));
	showSizes(results);
	await writeNotices(root, results.slice(0, bundles.length), join(dist, "THIRD-PARTY-NOTICES.txt"));
}

/** @param {readonly import("esbuild").BuildResult[]} results */
function showSizes(results) {
	for (const [file, { bytes }] of results.flatMap(({ metafile }) => Object.entries(metafile?.outputs ?? {}))) {
		if (!file.endsWith(".map")) {
			console.log(`${(bytes / 1024).toFixed(1).padStart(9)} KiB  ${file}`);
		}
	}
}

let building = 0;

/** Lines by which a problem matcher knows when the builds begin and when all of them have ended. */
const watchMarks = {
	name: "watch-marks",
	setup(/** @type {import("esbuild").PluginBuild} */ { onStart, onEnd }) {
		onStart(() => {
			if (building === 0) {
				console.log("[watch] build started");
			}
			building += 1;
		});
		onEnd(() => {
			building -= 1;
			if (building === 0) {
				console.log("[watch] build finished");
			}
		});
	},
};

try {
	await main();
} catch (error) {
	// Errors in the code have been shown; any other is one of this script.
	if (!(error instanceof Error && "errors" in error)) {
		throw error;
	}
	process.exitCode = 1;
}
