// The first step of `npm start`, `npm test`, `npm run package` and `npm run bench`: uses nothing but Node's own modules, so
// that a fresh clone needs one command only. Installs the dependencies when they are missing or differ from the lockfile,
// then goes on under the Node 24 that is one of them, because VS Code's extension host runs on that.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const scripts = ["start", "test", "package", "bench"];
const oldestNode = 20;
const onWindows = process.platform === "win32";
/** Milliseconds that npm has to break off an install; what it leaves then is installed anew the next time. */
const npmPatience = 3000;

/** The Node that the lockfile pins. */
function pinnedNode() {
	return join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");
}

/** @returns {Record<string, {version?: string, integrity?: string, link?: boolean, optional?: boolean}> | undefined} by path below the root; undefined when there is no readable lockfile */
function lockedPackages(file) {
	try {
		return JSON.parse(readFileSync(file, "utf8")).packages;
	} catch {
		return undefined;
	}
}

/**
 * npm keeps a lockfile of what it installed, written when an install is complete. An optional package may be absent
 * (another platform's); any other must be there in the version and with the content that package-lock.json names.
 */
function dependenciesAreCurrent() {
	const wanted = lockedPackages(join(root, "package-lock.json"));
	const installed = lockedPackages(join(modules, ".package-lock.json"));
	if (wanted === undefined || installed === undefined || !existsSync(pinnedNode())) {
		return false;
	}
	return Object.entries(wanted).every(([path, entry]) => {
		if (path === "" || entry.link === true) {
			return true;
		}
		const found = installed[path];
		if (found === undefined) {
			return entry.optional === true;
		}
		return found.version === entry.version && found.integrity === entry.integrity;
	});
}

/** Outer npm's own facts would reach the inner npm as if they were a person's configuration. */
function environmentForNpm() {
	const outerFacts = /^npm_(?:package|lifecycle|config_(?:user_agent|local_prefix))|^npm_command$/;
	return Object.fromEntries(Object.entries(process.env).filter(([name]) => !outerFacts.test(name)));
}

/** The signal that told this run to end; null while none did. */
let endedBy = null;

/** @param signal for a command that has a process group of its own, and for what it has started. */
function signalGroup(child, signal) {
	try {
		process.kill(-child.pid, signal);
	} catch {
		// It has ended.
	}
}

/** Passes signals on to the command. @returns {Promise<number>} its exit code; 128 and the signal's number when a signal ended it */
function run(command, args, options) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
		const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
		const forward = (signal) => {
			const isFirst = endedBy === null;
			endedBy = signal;
			if (options.detached !== true) {
				child.kill(signal);
			} else if (isFirst) {
				signalGroup(child, signal);
				setTimeout(() => signalGroup(child, "SIGKILL"), npmPatience).unref();
			}
		};
		const forget = () => {
			for (const signal of signals) {
				process.off(signal, forward);
			}
		};
		for (const signal of signals) {
			process.on(signal, forward);
		}
		child.once("error", (error) => {
			forget();
			reject(error);
		});
		child.once("close", (code, signal) => {
			forget();
			resolve(code ?? 128 + (constants.signals[signal] ?? 0));
		});
	});
}

async function installDependencies() {
	console.log("Installing the dependencies of package-lock.json (npm ci) …");
	const code = await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
		env: environmentForNpm(),
		shell: onWindows,
		// Ended as a whole: npm alone would first finish what it is at.
		detached: !onWindows,
		stdio: ["ignore", "inherit", "inherit"],
	});
	if (endedBy !== null) {
		process.exit(128 + constants.signals[endedBy]);
	}
	if (code !== 0) {
		throw new Error(`npm ci ended with exit code ${code}; what it said is above.`);
	}
	if (!existsSync(pinnedNode())) {
		throw new Error(
			"npm ci did not install the pinned Node 24: the package `node` fetches it in its install script, which must be allowed to run (ignore-scripts must not be set).",
		);
	}
}

async function main() {
	const [script, ...args] = process.argv.slice(2);
	if (script === undefined || !scripts.includes(script)) {
		throw new Error(`Usage: node scripts/bootstrap.mjs ${scripts.join("|")} [options]`);
	}
	const major = Number.parseInt(process.versions.node, 10);
	if (major < oldestNode) {
		throw new Error(`Node ${oldestNode} or newer is needed to begin; this is Node ${process.versions.node}.`);
	}
	if (!dependenciesAreCurrent()) {
		await installDependencies();
	}
	const env = {
		...process.env,
		PATH: [join(modules, ".bin"), process.env.PATH].join(delimiter),
		// As npm sets it: what a relative path among the options is relative to.
		INIT_CWD: process.env.INIT_CWD ?? process.cwd(),
	};
	return run(pinnedNode(), [join(root, "scripts", `${script}.ts`), ...args], { env });
}

main().then(
	(code) => {
		process.exitCode = code;
	},
	(error) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	},
);
