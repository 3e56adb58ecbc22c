import { formatOf } from "../accounts/account.ts";
import { readCodexError } from "../formats/codex/errors.ts";
import { refusesSeals } from "../formats/codex/ownSeals.ts";
import { parseJson } from "../formats/probe.ts";
import type { Failure } from "../pool/cooldown.ts";
import { isKeyedRelay, type KeyedAccount } from "../pool/usable.ts";
import type { ReplyHead } from "./clientReply.ts";
import type { Finding } from "./inspector.ts";
import type { Holding } from "./replyPhase.ts";
import type { Told } from "./upstreamCall.ts";
import { endedEarly, isWebPage, judgeEvent, judgeNativeReply, judgeReply, type Verdict } from "./verdict.ts";

/** What a reply that is not good means. */
export interface Judgement {
	readonly verdict: Verdict;
	/** What the relay said; null where it is nothing for a client. */
	readonly told: Told | null;
	/** Whether what is held is all of it. */
	readonly isWhole: boolean;
}

/** A reply whose status is an error's. */
export function isRefusal({ head }: Holding): boolean {
	return head.status >= 400;
}

/** @param text of the body in clear, as much as was read. */
export function judgeHeld(head: ReplyHead, text: string, keyed: KeyedAccount): Verdict {
	const reply = { ...head, body: text };
	return isKeyedRelay(keyed)
		? judgeReply(keyed.account.format, reply, Date.now(), keyed.apiKey)
		: judgeNativeReply(reply, Date.now(), keyed.apiKey);
}

/** Whether what is refused is what other accounts have encrypted in the conversation. */
export function isSealRefusal(told: Told | null, { account }: KeyedAccount): boolean {
	if (told === null || formatOf(account) !== "codex") return false;
	const error = told.kind === "event" ? told.error : readCodexError(parseJson(told.text));
	return error !== null && refusesSeals(error);
}

/** What a refusal means whose body breaks off: its status and headers tell most. Null where it is none, or is the client's own. */
export function cutRefusal(holding: Holding, keyed: KeyedAccount): Failure | null {
	if (!isRefusal(holding)) return null;
	const finding = holding.inspector.end();
	if (finding.kind !== "errorBody") return null;
	const verdict = judgeHeld(holding.head, finding.text, keyed);
	return verdict.kind === "failed" ? verdict.failure : null;
}

/** What the beginning of a reply means for the account. */
export function judgeFinding(
	{ head, intake }: Holding,
	finding: Exclude<Finding, { kind: "good" }>,
	keyed: KeyedAccount,
): Judgement {
	switch (finding.kind) {
		case "errorBody": {
			const { text } = finding;
			const told: Told | null = isWebPage(head, text) ? null : { kind: "body", text };
			return { verdict: judgeHeld(head, text, keyed), told, isWhole: intake.isReceived };
		}
		case "errorEvent": {
			const { error } = finding;
			const verdict = judgeEvent(error, head.headers, Date.now(), keyed.apiKey);
			// What came up to the error event is a whole stream of its own, but for a compressed one.
			return { verdict, told: { kind: "event", error }, isWhole: !intake.isCompressed };
		}
		case "empty": {
			const failure = endedEarly(head.status, finding.message);
			return { verdict: { kind: "failed", failure }, told: null, isWhole: false };
		}
	}
}
