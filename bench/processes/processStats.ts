import { readdirSync, readFileSync } from "node:fs";
import { hasProc } from "../machine.ts";

/** Linux counts CPU time for user space in hundredths of a second, whatever the kernel's own clock. */
const millisecondsPerTick = 10;

/** A process and all that came from it. */
export function processTree(root: number): readonly number[] {
	if (!hasProc) return [root];
	const parents = new Map<number, number>();
	for (const name of readdirSync("/proc")) {
		const pid = Number(name);
		const fields = Number.isInteger(pid) ? statFields(pid) : null;
		if (fields !== null) parents.set(pid, Number(fields[1]));
	}
	const tree = [root];
	for (const pid of tree) {
		for (const [child, parent] of parents) if (parent === pid) tree.push(child);
	}
	return tree;
}

/** User and system time of the processes with all their threads, milliseconds; null where there is no /proc. */
export function cpuTime(pids: readonly number[]): number | null {
	if (!hasProc || pids.length === 0) return null;
	return pids.reduce((sum, pid) => sum + (scheduledTime(pid) ?? countedTime(pid)), 0);
}

/** By the scheduler's own clock, in nanoseconds; null where the kernel does not tell. */
function scheduledTime(pid: number): number | null {
	try {
		const threads = readdirSync(`/proc/${pid}/task`);
		const times = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1"));
		return times.reduce((sum, time) => sum + Number.parseInt(time, 10), 0) / 1_000_000;
	} catch {
		return null;
	}
}

/** The same time in ticks, coarse for small jobs. */
function countedTime(pid: number): number {
	const fields = statFields(pid);
	return (Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0)) * millisecondsPerTick;
}

/** Memory of the processes that is in use, KiB; null where there is no /proc. */
export function residentMemory(pids: readonly number[]): number | null {
	if (!hasProc || pids.length === 0) return null;
	let kibibytes = 0;
	for (const pid of pids) {
		try {
			kibibytes += Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0);
		} catch {
			// It has ended.
		}
	}
	return kibibytes;
}

/** The fields of /proc/PID/stat from the third on (proc(5)): the name before them may hold spaces and parentheses. */
function statFields(pid: number): readonly string[] | null {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, "latin1");
		return text.slice(text.lastIndexOf(")") + 2).split(" ");
	} catch {
		return null;
	}
}
