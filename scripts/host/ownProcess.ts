import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { atEnd, refuseWhileEnding } from "../ending.ts";

/** Milliseconds a process has to end by itself before its whole group is killed. */
const usualPatience = 2000;

/** A command in a process group of its own that ends with this run and never outlives this process. */
export interface OwnProcess {
	/** Its exit code; 128 and the signal's number when a signal ended it. */
	readonly ended: Promise<number>;
	/** When this resolves the command and everything it started are gone. May be called twice and after the end. */
	stop(): Promise<void>;
}

export interface OwnProcessOptions {
	readonly cwd: string;
	readonly env: NodeJS.ProcessEnv;
	/** Called for each line of the command's output, standard and error. */
	readonly onLine: (line: string) => void;
	/** Milliseconds that `stop` gives it to end by itself; more for what has to end others first. */
	readonly patience?: number;
}

/** This process's environment without what an integrated terminal, a debugger or an outer npm leave in it. */
export function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
	const foreign =
		/^(?:VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_(?:package|lifecycle|config_(?:user_agent|local_prefix))|npm_command$)/;
	return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))), ...extra };
}

function signalGroup(leader: ChildProcess, signal: NodeJS.Signals): void {
	if (leader.pid === undefined) {
		return;
	}
	try {
		process.kill(-leader.pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
			throw error;
		}
	}
}

/** Starts a command on a leash (see leash.ts): its group ends when `stop` is called or when this process dies. */
export function startOwnProcess(command: string, args: readonly string[], options: OwnProcessOptions): OwnProcess {
	refuseWhileEnding();
	const leash = fileURLToPath(new URL("leash.ts", import.meta.url));
	const leader = spawn(process.execPath, [leash, command, ...args], {
		cwd: options.cwd,
		detached: true,
		env: options.env,
		stdio: ["pipe", "pipe", "pipe"],
	});
	// Nothing is written to it: it only has to stay open.
	leader.stdin.on("error", () => {});
	createInterface({ input: leader.stdout }).on("line", options.onLine);
	createInterface({ input: leader.stderr }).on("line", options.onLine);
	const ended = new Promise<number>((resolve, reject) => {
		leader.once("error", reject);
		leader.once("close", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
	});
	const stop = async () => {
		signalGroup(leader, "SIGTERM");
		const clock = setTimeout(() => signalGroup(leader, "SIGKILL"), options.patience ?? usualPatience);
		await ended;
		clearTimeout(clock);
		// A member that outlived its leader keeps the group's number.
		signalGroup(leader, "SIGKILL");
	};
	const forget = atEnd(stop);
	void ended.then(forget, forget);
	return { ended, stop };
}
