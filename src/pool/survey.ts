import type { Standing } from "../bridge/accountLive.ts";
import type { AccountState } from "./accountState.ts";
import { type Group, groupOf, takerOf } from "./groups.ts";
import type { PoolRequest } from "./lease.ts";
import type { Precedence } from "./rotation.ts";
import { type KeyedAccount, standingFor } from "./usable.ts";

/** Why an account is no candidate at all, or how it stands. */
export type Finding = "otherNamed" | "otherFormat" | "tried" | Standing;

/** All accounts, looked at once for one request. */
export interface Survey {
	readonly chosen: Candidate | null;
	/** For each account, in the same order. */
	readonly findings: readonly Finding[];
	/** One that is not usable now will be without anybody's doing. */
	readonly someBusy: boolean;
	/** When the first of the resting ones is back, in milliseconds since 1970; null where none comes back by itself. */
	readonly soonestBack: number | null;
}

export interface Candidate {
	readonly state: AccountState;
	readonly keyed: KeyedAccount;
	/** Place of its group: a lower one goes first. */
	readonly rank: number;
}

export interface SurveyRules {
	/** Those that are served, in order. */
	readonly groups: readonly Group[];
	readonly precedes: Precedence;
	/** The account on which the conversation is; null where it is on none. */
	readonly home: string | null;
}

const tried: Finding = "tried";

/** Group, then priority, then the conversation's own account, then the strategy. */
export function survey(
	states: readonly AccountState[],
	request: PoolRequest,
	triedIds: ReadonlySet<string>,
	rules: SurveyRules,
	now: number,
): Survey {
	const findings: Finding[] = [];
	let chosen: Candidate | null = null;
	let someBusy = false;
	let soonestBack: number | null = null;
	for (const state of states) {
		const rank = rankOf(state, request, rules.groups);
		const finding =
			typeof rank === "string" ? rank : triedIds.has(state.id) ? tried : standingOfState(state, request, now);
		findings.push(finding);
		if (typeof rank === "string" || typeof finding === "string") continue;
		switch (finding.kind) {
			case "usable":
				if (state.keyed !== null && (chosen === null || goesBefore(state, rank, chosen, rules))) {
					chosen = { state, keyed: state.keyed, rank };
				}
				break;
			case "busy":
			case "probing":
				someBusy = true;
				break;
			case "resting":
			case "modelResting": {
				const { until } = finding.rest;
				if (until !== null && (soonestBack === null || until < soonestBack)) soonestBack = until;
				break;
			}
		}
	}
	if (chosen !== null) {
		// Groups after the one that answers are not considered: their accounts would not be asked, however they stand.
		for (const [index, state] of states.entries()) {
			const rank = rankOf(state, request, rules.groups);
			if (typeof rank === "number" && rank > chosen.rank) findings[index] = "otherFormat";
		}
	}
	return { chosen, findings, someBusy, soonestBack };
}

/** How one account stands to a request, whatever the others do. */
export function findingFor(state: AccountState, request: PoolRequest, groups: readonly Group[], now: number): Finding {
	const rank = rankOf(state, request, groups);
	return typeof rank === "string" ? rank : standingOfState(state, request, now);
}

/** Place of the account's group among those that are served. */
export function rankOf(
	{ id, served }: AccountState,
	{ named, format, takers }: PoolRequest,
	groups: readonly Group[],
): number | "otherNamed" | "otherFormat" {
	if (named !== null && named !== id) return "otherNamed";
	const rank = takers.includes(takerOf(served.account)) ? groups.indexOf(groupOf(format, served.account)) : -1;
	return rank < 0 ? "otherFormat" : rank;
}

function standingOfState(state: AccountState, { model }: PoolRequest, now: number): Standing {
	return standingFor(state.served, state, model, now);
}

function goesBefore(state: AccountState, rank: number, other: Candidate, { home, precedes }: SurveyRules): boolean {
	if (rank !== other.rank) return rank < other.rank;
	const { priority } = state.served.account;
	const otherPriority = other.state.served.account.priority;
	if (priority !== otherPriority) return priority > otherPriority;
	if (other.state.id === home) return false;
	return state.id === home || precedes(state, other.state);
}
