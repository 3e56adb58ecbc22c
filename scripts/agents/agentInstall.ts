import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { lock } from "proper-lockfile";
import { atEnd } from "../ending.ts";
import { cleanEnvironment, startOwnProcess } from "../host/ownProcess.ts";
import { showProgress } from "../host/progress.ts";
import { type AgentName, type AgentPackage, agentPackages } from "./agentPackages.ts";

const agentNames = Object.keys(agentPackages) as readonly AgentName[];

/** In the user's cache beside the VS Code host: a folder for each agent and version. */
function agentsFolder(): string {
	const cache = process.env["XDG_CACHE_HOME"];
	return join(cache === undefined || cache === "" ? join(homedir(), ".cache") : cache, "relay-accounts", "agents");
}

function folderOf(agent: AgentName): string {
	return join(agentsFolder(), `${agent}-${agentPackages[agent].version}`);
}

function programIn(folder: string, { programs }: AgentPackage): string | undefined {
	return programs.map((program) => join(folder, "node_modules", program)).find((file) => existsSync(file));
}

/**
 * The command that runs an agent: a program and the arguments that come before the agent's own.
 * @throws when it is not installed.
 */
export function agentCommand(agent: AgentName): readonly [program: string, ...args: string[]] {
	const program = programIn(folderOf(agent), agentPackages[agent]);
	if (program === undefined)
		throw new Error(`${agentPackages[agent].title} is not installed: run npm run test:agents.`);
	return program.endsWith(".js") ? [process.execPath, program] : [program];
}

/** Brings the agents that are missing, one after the other, with progress on standard output; needs the npm registry. */
export async function ensureAgents(agents: readonly AgentName[] = agentNames): Promise<void> {
	const missing = agents.filter((agent) => programIn(folderOf(agent), agentPackages[agent]) === undefined);
	if (missing.length === 0) return;
	await mkdir(agentsFolder(), { recursive: true });
	const megabytes = missing.reduce((sum, agent) => sum + agentPackages[agent].megabytes, 0);
	const titles = missing.map((agent) => agentPackages[agent].title).join(", ");
	console.log(`Installing ${titles} into ${agentsFolder()}`);
	console.log(`(once for this user: about ${megabytes} MB)`);
	for (const agent of missing) {
		const installing = installAlone(agent);
		// An install that is broken off takes its files and its lock with it.
		const forget = atEnd(() => installing.catch(() => {}));
		await installing.finally(forget);
	}
}

async function installAlone(agent: AgentName): Promise<void> {
	const folder = folderOf(agent);
	const waiting = { forever: true, factor: 1, minTimeout: 1000, maxTimeout: 1000 };
	// A lock whose holder died is taken over after 20 s.
	const unlock = await lock(folder, {
		realpath: false,
		lockfilePath: `${folder}.lock`,
		stale: 20_000,
		retries: waiting,
	});
	try {
		// Another run may have installed it while this one waited.
		if (programIn(folder, agentPackages[agent]) === undefined) await install(agent, folder);
	} finally {
		await unlock();
	}
}

/** Called under the lock: what has a temporary name then was left by an install that broke off. */
async function install(agent: AgentName, folder: string): Promise<void> {
	const { title, name, version } = agentPackages[agent];
	const parent = dirname(folder);
	const leftovers = (await readdir(parent)).filter((entry) => join(parent, entry).startsWith(`${folder}.installing-`));
	for (const path of [folder, ...leftovers.map((entry) => join(parent, entry))]) {
		await rm(path, { recursive: true, force: true });
	}
	console.log(`${title} ${version}`);
	const temporary = await mkdtemp(`${folder}.installing-`);
	try {
		const manifest = { name: `relay-accounts-agent-${agent}`, private: true, dependencies: { [name]: version } };
		await writeFile(join(temporary, "package.json"), JSON.stringify(manifest, null, "\t"));
		await runNpmInstall(temporary, title);
		if (programIn(temporary, agentPackages[agent]) === undefined) {
			throw new Error(`npm installed ${title}, yet it brought no program for ${process.platform}-${process.arch}.`);
		}
		await rename(temporary, folder);
	} catch (error) {
		await rm(temporary, { recursive: true, force: true });
		throw error;
	}
}

async function runNpmInstall(cwd: string, title: string): Promise<void> {
	const lines: string[] = [];
	const progress = showProgress(() => lines.at(-1) ?? "npm install");
	const npm = startOwnProcess("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=http"], {
		cwd,
		// Optional packages are chosen for the Node that runs npm: the pinned one, as it will run the agents.
		env: cleanEnvironment({ PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter) }),
		onLine: (line) => lines.push(line.trim()),
	});
	const code = await npm.ended;
	progress.end();
	if (code !== 0) {
		const said = lines.slice(-40).join("\n");
		throw new Error(`${title} could not be installed (npm ended with ${code}). The last it said:\n\n${said}\n`);
	}
}
