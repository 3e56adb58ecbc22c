import type { Failure } from "../pool/cooldown.ts";
import type { KeyedRelay } from "../pool/usable.ts";
import type { ReplyHead } from "./clientReply.ts";
import type { Holding } from "./replyPhase.ts";
import { judgeReply, type Verdict } from "./verdict.ts";

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
