import type { Lab } from "../lab.ts";
import type { Via } from "../load/jobs.ts";
import { passingTargets, type TargetName, type Ways } from "../targets/target.ts";

/** What one run came to, by the keys of its part's columns; NaN where something could not be measured. */
export interface Measures {
	/** Replies that broke off, were wrong, or never came. */
	readonly bad: number;
	readonly [column: string]: number;
}

export interface Column {
	readonly key: string;
	/** With its unit. */
	readonly title: string;
	/** Behind the point. */
	readonly digits: number;
}

/** One thing that is measured, the same way for every target. */
export interface Part {
	readonly name: string;
	readonly title: string;
	/** How it is measured, in a sentence or two. */
	readonly how: string;
	readonly columns: readonly Column[];
	/** Where each of several things is measured by itself: the columns of each are `key.column`. */
	readonly rows?: readonly { readonly key: string; readonly title: string }[];
	/** Those that can do it; by default those that hand on what OpenAI's clients send. */
	readonly targets?: readonly TargetName[];
	/** A new process of the target for each round: what an earlier one left in memory would count. */
	readonly isFresh: boolean;
	warmUp(lab: Lab, via: Via, ways: Ways): Promise<void>;
	measure(lab: Lab, via: Via, ways: Ways): Promise<Measures>;
	/** What comes of a target's run and the direct one just before it. */
	compare?(own: Measures, direct: Measures): Readonly<Record<string, number>>;
}

export function takesPart({ targets = passingTargets }: Part, target: TargetName): boolean {
	return targets.includes(target);
}

/** @returns NaN for what could not be measured. */
export function perUnit(total: number | null, units: number): number {
	return total === null || units === 0 ? Number.NaN : total / units;
}
