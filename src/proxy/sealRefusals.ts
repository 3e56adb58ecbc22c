import { holdsCompaction, sealedReasoningMark, withoutSealedReasoning } from "../formats/codex/ownSeals.ts";
import { parseJson } from "../formats/probe.ts";
import { translations } from "../formats/translations.ts";
import type { Tried } from "./attempt.ts";
import { ClientSide } from "./clientSide.ts";
import { routeRequest } from "./routedRequest.ts";

/** Pairs of a conversation and an account. */
const mostKept = 4096;

/**
 * Accounts that have refused the encrypted reasoning of a conversation, because another account had answered it before. Later
 * turns go to them without it at once.
 */
export class SealRefusals {
	readonly #pairs = new Set<string>();

	note(conversation: string, accountId: string): void {
		const pair = `${accountId} ${conversation}`;
		this.#pairs.delete(pair);
		this.#pairs.add(pair);
		for (const oldest of this.#pairs) {
			if (this.#pairs.size <= mostKept) return;
			this.#pairs.delete(oldest);
		}
	}

	has(conversation: string, accountId: string): boolean {
		return this.#pairs.has(`${accountId} ${conversation}`);
	}
}

/** A request without what accounts of the Codex format have encrypted in earlier turns, in whichever field its format has for it. */
export function unsealed(tried: Tried): Tried {
	const { routed, client } = tried;
	const body = strippedBody(client, routed.clear);
	if (body === null) return { ...tried, isUnsealed: true };
	const bytes = Buffer.from(JSON.stringify(body));
	const again = routeRequest(client.format, routed.path, { bytes, clear: bytes });
	if ("kind" in again) return { ...tried, isUnsealed: true };
	// Whatever encoding the client's own bytes had, these have none.
	const forModel = (relayModel: string) => ({ ...again.forModel(relayModel), decoded: true });
	return {
		...tried,
		routed: { ...again, forModel },
		client: new ClientSide(client.format, client.query, again),
		isUnsealed: true,
	};
}

/** Whether it would be refused all the same: what an account has compacted stays in it. */
export function staysSealed({ routed, client }: Tried): boolean {
	if (client.format !== "codex" || !routed.clear.includes(sealedReasoningMark, 0, "latin1")) return false;
	return holdsCompaction(parseJson(routed.clear.toString()));
}

/** Null where there is nothing to take out. */
function strippedBody({ format }: ClientSide, clear: Buffer): unknown {
	const { foreignMarks, withoutForeignSeals } = translations[format];
	const marks = format === "codex" ? [sealedReasoningMark] : foreignMarks;
	if (!marks.some((mark) => clear.includes(mark, 0, "latin1"))) return null;
	const told = parseJson(clear.toString());
	const stripped = format === "codex" ? withoutSealedReasoning(told) : withoutForeignSeals(told);
	return stripped === told ? null : stripped;
}
