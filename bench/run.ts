import { isEnding } from "../scripts/ending.ts";
import type { Lab } from "./lab.ts";
import { type Measures, type Part, takesPart } from "./parts/part.ts";
import type { RunningTarget, Target, TargetName, Ways } from "./targets/target.ts";
import type { DirectionName } from "./wire/directions.ts";

/** What the rounds of one part came to. */
export interface PartResult {
	readonly part: Part;
	/** By target, one for each round; the direct runs are those before each target's. */
	readonly rounds: ReadonlyMap<TargetName | "direct", readonly Measures[]>;
	/** Why a target has no figures, or not all. */
	readonly failures: ReadonlyMap<TargetName, string>;
}

export interface RunOptions {
	readonly rounds: number;
	/** Those of its ways that a target is measured in. */
	readonly directions: readonly DirectionName[];
	/** For files of targets. */
	readonly folder: string;
	readonly onProgress: (line: string) => void;
}

/** One after another in each round, so that what else happens on the machine meets all of them alike: A B A B. */
export async function runPart(
	part: Part,
	lab: Lab,
	targets: readonly Target[],
	options: RunOptions,
): Promise<PartResult> {
	const rounds = new Map<TargetName | "direct", Measures[]>([["direct", []]]);
	const failures = new Map<TargetName, string>();
	const running = new Map<TargetName, RunningTarget>();
	await part.warmUp(lab, lab.direct, {});
	const partakers = targets.filter(({ name }) => takesPart(part, name));
	for (let round = 1; round <= options.rounds; round += 1) {
		for (const target of partakers) {
			const { name } = target;
			if (failures.has(name)) continue;
			options.onProgress(`${part.name}: round ${round} of ${options.rounds}, ${target.title}`);
			try {
				const own = running.get(name) ?? (await startWarm(part, lab, target, options));
				running.set(name, own);
				const direct = await part.measure(lab, lab.direct, {});
				const measured = await part.measure(lab, own.via, wantedWays(own, options.directions));
				push(rounds, "direct", direct);
				push(rounds, name, { ...measured, ...part.compare?.(measured, direct) });
				if (part.isFresh) {
					running.delete(name);
					await own.stop();
				}
			} catch (error) {
				// Everything fails then.
				if (isEnding()) throw error;
				failures.set(name, error instanceof Error ? error.message : String(error));
			}
		}
	}
	for (const target of running.values()) await target.stop();
	return { part, rounds, failures };
}

async function startWarm(
	part: Part,
	lab: Lab,
	target: Target,
	{ folder, directions }: RunOptions,
): Promise<RunningTarget> {
	const running = await target.start({ upstreamPort: lab.upstreamPort, folder });
	await part.warmUp(lab, running.via, wantedWays(running, directions));
	return running;
}

export function wantedWays({ ways = {} }: RunningTarget, directions: readonly DirectionName[]): Ways {
	const wanted: readonly string[] = directions;
	return Object.fromEntries(Object.entries(ways).filter(([name]) => wanted.includes(name)));
}

function push<Key>(map: Map<Key, Measures[]>, key: Key, measures: Measures): void {
	map.set(key, [...(map.get(key) ?? []), measures]);
}
