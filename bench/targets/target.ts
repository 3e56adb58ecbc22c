import type { Via } from "../load/jobs.ts";

export const targetNames = ["relayAccounts", "nginx", "h3", "portkey", "bare"] as const;
export type TargetName = (typeof targetNames)[number];

/** What is measured unless targets are named. */
export const usualTargets: readonly TargetName[] = ["relayAccounts", "nginx", "h3", "portkey"];

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
	stop(): Promise<void>;
}

/** A target that cannot be had here. */
export interface MissingTarget {
	readonly title: string;
	readonly why: string;
}

/** What clients send as their key to targets that have none of their own. */
export const anyKey = { authorization: "Bearer key-of-the-bench" };
