import type { Failure } from "../pool/cooldown.ts";
import type { KeyedRelay } from "../pool/usable.ts";
import type { ReplyHead } from "./clientReply.ts";
import type { Finding } from "./inspector.ts";
import type { Holding } from "./replyPhase.ts";
import type { Told } from "./upstreamCall.ts";
import { endedEarly, isWebPage, judgeEvent, judgeReply, type Verdict } from "./verdict.ts";

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
export function judgeHeld(head: ReplyHead, text: string, { account, apiKey }: KeyedRelay): Verdict {
	return judgeReply(account.format, { ...head, body: text }, Date.now(), apiKey);
}

/** What a refusal means whose body breaks off: its status and headers tell most. Null where it is none, or is the client's own. */
export function cutRefusal(holding: Holding, relay: KeyedRelay): Failure | null {
	if (!isRefusal(holding)) return null;
	const finding = holding.inspector.end();
	if (finding.kind !== "errorBody") return null;
	const verdict = judgeHeld(holding.head, finding.text, relay);
	return verdict.kind === "failed" ? verdict.failure : null;
}

/** What the beginning of a reply means for the account. */
export function judgeFinding(
	{ head, intake }: Holding,
	finding: Exclude<Finding, { kind: "good" }>,
	relay: KeyedRelay,
): Judgement {
	switch (finding.kind) {
		case "errorBody": {
			const { text } = finding;
			const told: Told | null = isWebPage(head, text) ? null : { kind: "body", text };
			return { verdict: judgeHeld(head, text, relay), told, isWhole: intake.isReceived };
		}
		case "errorEvent": {
			const { error } = finding;
			const verdict = judgeEvent(error, head.headers, Date.now(), relay.apiKey);
			// What came up to the error event is a whole stream of its own, but for a compressed one.
			return { verdict, told: { kind: "event", error }, isWhole: !intake.isCompressed };
		}
		case "empty": {
			const failure = endedEarly(head.status, finding.message);
			return { verdict: { kind: "failed", failure }, told: null, isWhole: false };
		}
	}
}
