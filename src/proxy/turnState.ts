import type { NativeAccount } from "../accounts/account.ts";
import type { RawHeaders } from "./headers.ts";
import { accountTag } from "./scopedIds.ts";

/**
 * The header by which the backend binds the calls of one turn to a place of its own. It means something to the account alone
 * that has given it, while the client sends it to whoever answers next.
 */
export const turnStateHeader = "x-codex-turn-state";

/** The headers of a reply, its turn's state marked with the account that has given it. */
export function withMarkedTurnState(headers: RawHeaders, account: NativeAccount): RawHeaders {
	return headers.map((text, at) => {
		const isValue = at % 2 === 1 && headers[at - 1]?.toLowerCase() === turnStateHeader;
		return isValue ? `${accountTag(account)}.${text}` : text;
	});
}

/** Whether some ChatGPT account has given it: it is for nobody else. @param state as the client sends it. */
export function isMarkedTurnState(state: string): boolean {
	return /^[0-9a-f]{16}\./.test(state);
}

/** The state as the account has given it; null where another one has. */
export function ownTurnState(marked: string, account: NativeAccount): string | null {
	const mark = `${accountTag(account)}.`;
	return marked.startsWith(mark) ? marked.slice(mark.length) : null;
}
