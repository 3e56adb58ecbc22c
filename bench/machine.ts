import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { findCommand } from "../scripts/host/systemPackages.ts";

/** The core of whatever is measured, and the one that upstream and load share. */
export const targetCore = 0;
export const loadCore = 1;

const taskset = findCommand("taskset");
/** Whether processes can be kept to one core. */
export const canPin = process.platform === "linux" && taskset !== undefined && cpus().length > 1;

/** CPU time and memory are read from /proc. */
export const hasProc = process.platform === "linux";

/** @returns the command that runs `command` on one core only, where that is possible. */
export function pinned(
	core: number | null,
	command: string,
): { readonly command: string; readonly args: readonly string[] } {
	if (core === null || !canPin || taskset === undefined) return { command, args: [] };
	return { command: taskset, args: ["--cpu-list", String(core), command] };
}

/** What the figures depend on, for whoever reads them. */
export interface Machine {
	readonly cpu: string;
	readonly cores: number;
	readonly memory: string;
	readonly system: string;
	readonly node: string;
	/** Processes that wanted a core in the last minute, on average. */
	readonly load: string;
}

export function thisMachine(): Machine {
	return {
		cpu: cpus()[0]?.model.trim() ?? "unknown",
		cores: availableParallelism(),
		memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
		system: `${distribution()}${type()} ${release()}`,
		node: process.versions.node,
		load: (loadavg()[0] ?? 0).toFixed(2),
	};
}

function distribution(): string {
	try {
		const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
		return name === undefined ? "" : `${name}, `;
	} catch {
		return "";
	}
}
