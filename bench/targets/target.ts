import type { Via } from "../load/jobs.ts";
import type { DirectionName } from "../wire/directions.ts";

export const targetNames = ["relayAccounts", "nginx", "h3", "portkey", "claudeCodeRouter", "bare"] as const;
export type TargetName = (typeof targetNames)[number];

/** What is measured unless targets are named. */
export const usualTargets: readonly TargetName[] = ["relayAccounts", "nginx", "h3", "portkey", "claudeCodeRouter"];
/** What hands on what a client of OpenAI sends to an account of OpenAI. */
export const passingTargets: readonly TargetName[] = ["relayAccounts", "nginx", "h3", "portkey", "bare"];
/** What stands between formats; see `RunningTarget.ways`. */
export const translatingTargets: readonly TargetName[] = ["relayAccounts", "portkey", "claudeCodeRouter"];

/** What a target needs to start. */
export interface TargetPlace {
	/** Of the upstream, on 127.0.0.1. */
	readonly upstreamPort: number;
	/** Its own, for files that go with the run. */
	readonly folder: string;
}

/** Something that stands between client and upstream. */
export interface Target {
	readonly name: TargetName;
	/** In the tables. */
	readonly title: string;
	/** What it is and how it is set up, for the notes below the tables. */
	readonly note: string;
	start(place: TargetPlace): Promise<RunningTarget>;
}

export interface RunningTarget {
	readonly via: Via;
	/** From clients of one format to accounts of one, as far as it can. */
	readonly ways?: Ways;
	stop(): Promise<void>;
}

export type Ways = Readonly<Partial<Record<DirectionName, Via>>>;

/** A target that cannot be had here. */
export interface MissingTarget {
	readonly title: string;
	readonly why: string;
}

/** What clients send as their key to targets that have none of their own. */
export const anyKey = { authorization: "Bearer key-of-the-bench" };
