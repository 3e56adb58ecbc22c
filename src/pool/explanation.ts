import type { ChoiceNote, PassedOver } from "../bridge/accountLive.ts";
import type { AccountState } from "./accountState.ts";
import type { Candidate, Finding, Survey } from "./survey.ts";

/** Why each account but the chosen one was passed over, in the order of the accounts. */
export function explain(
	states: readonly AccountState[],
	{ chosen, findings }: Survey,
	home: string | null,
): readonly PassedOver[] {
	const passedOver: PassedOver[] = [];
	for (const [index, state] of states.entries()) {
		const finding = findings[index];
		if (finding === undefined || state === chosen?.state) continue;
		const { id, label } = state.served.account;
		const why = whyNot(finding) ?? whyBeaten(state, chosen, home);
		passedOver.push({ id, label, why, until: untilOf(finding) });
	}
	return passedOver;
}

/** Gives the note to the accounts that were considered: those that another format or name rules out were not. */
export function remember(states: readonly AccountState[], { findings }: Survey, note: ChoiceNote): void {
	for (const [index, state] of states.entries()) {
		const finding = findings[index];
		if (finding !== "otherFormat" && finding !== "otherNamed") state.lastChoice = note;
	}
}

function whyNot(finding: Finding): PassedOver["why"] | null {
	if (typeof finding === "string") return finding;
	return finding.kind === "usable" ? null : finding.kind;
}

function whyBeaten({ served }: AccountState, chosen: Candidate | null, home: string | null): PassedOver["why"] {
	if (chosen === null) return "strategy";
	if (served.account.priority < chosen.state.served.account.priority) return "lowerPriority";
	return chosen.state.id === home ? "affinity" : "strategy";
}

function untilOf(finding: Finding): number | null {
	if (typeof finding === "string") return null;
	return finding.kind === "resting" || finding.kind === "modelResting" ? finding.rest.until : null;
}
