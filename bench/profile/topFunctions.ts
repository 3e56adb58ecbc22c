import { readFile } from "node:fs/promises";
import type { Profiler } from "node:inspector";
import { SourceMap } from "node:module";
import { basename, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where a thread's time goes, one function a line. */
export interface FunctionTime {
	readonly name: string;
	readonly place: string;
	/** Of the function alone, without what it calls. */
	readonly milliseconds: number;
	/** Of the time in which the thread was not idle, from 0 to 1. */
	readonly share: number;
}

export interface ThreadTime {
	/** Milliseconds that were profiled, and those in which the thread had something to do. */
	readonly profiled: number;
	readonly busy: number;
	readonly functions: readonly FunctionTime[];
}

/**
 * Reads a profile as DevTools saves it.
 * @param bundle the worker's, with its source map beside it.
 * @param root paths are told relative to it.
 */
export async function readProfile(file: string, bundle: string, root: string): Promise<ThreadTime> {
	const profile: Profiler.Profile = JSON.parse(await readFile(file, "utf8"));
	const map = new SourceMap(JSON.parse(await readFile(`${bundle}.map`, "utf8")));
	const times = new Map<string, { name: string; place: string; milliseconds: number }>();
	let busy = 0;
	for (const [id, milliseconds] of selfTimes(profile)) {
		const frame = profile.nodes[id]?.callFrame;
		if (frame === undefined || frame.functionName === "(idle)") continue;
		busy += milliseconds;
		const name = frame.functionName === "" ? "(anonymous)" : frame.functionName;
		const place = placeOf(frame, map, bundle, root);
		const key = `${name} ${place}`;
		const known = times.get(key)?.milliseconds ?? 0;
		times.set(key, { name, place, milliseconds: known + milliseconds });
	}
	const functions = [...times.values()]
		.map((time) => ({ ...time, share: time.milliseconds / busy }))
		.sort((one, other) => other.milliseconds - one.milliseconds);
	return { profiled: (profile.endTime - profile.startTime) / 1000, busy, functions };
}

/** Milliseconds by index of the node. */
function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ReadonlyMap<number, number> {
	const indexes = new Map(nodes.map(({ id }, index) => [id, index]));
	const times = new Map<number, number>();
	samples.forEach((id, at) => {
		const index = indexes.get(id) ?? 0;
		// A delta is the time before its sample; that after it is what the sample's function took.
		const microseconds = timeDeltas[at + 1] ?? 0;
		times.set(index, (times.get(index) ?? 0) + microseconds / 1000);
	});
	return times;
}

/** Where the function stands in the sources. */
function placeOf(
	{ url, lineNumber, columnNumber }: Profiler.ProfileNode["callFrame"],
	map: SourceMap,
	bundle: string,
	root: string,
): string {
	if (url === "") return "";
	const file = url.startsWith("file:") ? fileURLToPath(url) : url;
	if (file !== bundle) return `${file.startsWith("/") ? relative(root, file) : file}:${lineNumber + 1}`;
	const entry = map.findEntry(lineNumber, columnNumber);
	if (!("originalSource" in entry)) return `${basename(bundle)}:${lineNumber + 1}`;
	return `${relative(root, resolve(bundle, "..", entry.originalSource))}:${entry.originalLine + 1}`;
}

export function tableOf({ functions }: ThreadTime, rows: number): string {
	return functions
		.slice(0, rows)
		.map(({ name, place, milliseconds, share }) =>
			[
				`${(share * 100).toFixed(1)} %`.padStart(8),
				`${milliseconds.toFixed(0)} ms`.padStart(9),
				`  ${name}  ${place}`,
			].join(""),
		)
		.join("\n");
}
