import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Lab } from "../lab.ts";
import type { Part } from "../parts/part.ts";
import { wantedWays } from "../run.ts";
import { startRelayAccounts } from "../targets/relayAccounts.ts";
import type { DirectionName } from "../wire/directions.ts";
import type { ProfileQuestion } from "./threads.ts";
import { readProfile, tableOf } from "./topFunctions.ts";

/** The extension host's thread in its small stand-in, and the worker. */
const threads = 2;
const rows = 40;

export interface ProfileOptions {
	readonly directions: readonly DirectionName[];
	/** Path of the worker's bundle, not minified, with its source map. */
	readonly worker: string;
	/** Goes with the run. */
	readonly folder: string;
	/** Keeps the profiles. */
	readonly keep: string;
	readonly root: string;
}

/** Runs one part through our proxy alone, warm, and prints which functions of which thread took the time. */
export async function profilePart(
	part: Part,
	lab: Lab,
	{ directions, worker, folder, keep, root }: ProfileOptions,
): Promise<void> {
	const thread = new URL("thread.ts", import.meta.url).href;
	const target = await startRelayAccounts(worker, { upstreamPort: lab.upstreamPort, folder }, ["--import", thread]);
	const ways = wantedWays(target, directions);
	await part.warmUp(lab, target.via, ways);
	await target.child.ask({ profile: "start", threads } satisfies ProfileQuestion);
	const measures = await part.measure(lab, target.via, ways);
	await mkdir(keep, { recursive: true });
	const stop: ProfileQuestion = { profile: "stop", threads, path: join(keep, part.name) };
	const files = (await target.child.ask(stop)) as readonly string[];
	await target.stop();
	console.log(`${part.title}, profiled (which slows it): ${JSON.stringify(measures)}`);
	for (const file of [...files].sort()) {
		const time = await readProfile(file, worker, root);
		console.log(`\n${file}: busy ${time.busy.toFixed(0)} of ${time.profiled.toFixed(0)} ms; self time:\n`);
		console.log(tableOf(time, rows));
	}
}
