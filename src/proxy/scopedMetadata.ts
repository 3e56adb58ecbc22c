import type { NativeAccount } from "../accounts/account.ts";
import { isRecord } from "../formats/modelList.ts";
import { parseJson } from "../formats/probe.ts";
import { scopedId, withScopedUuids } from "./scopedIds.ts";
import { ownTurnState, turnStateHeader } from "./turnState.ts";

/** `thread_id`, `x-codex-window-id`, `id`. */
const idName = /(?:^|[_-])id$/i;

/**
 * What Codex tells of itself, in a header or in `client_metadata`, with its ids scoped to an account; the rest stays. Both
 * places say the same, and go on doing so.
 * @returns undefined for what is not for this account.
 */
export function scopedMember(account: NativeAccount, name: string, value: unknown): unknown {
	if (typeof value === "string") return scopedString(account, name.toLowerCase(), value);
	if (Array.isArray(value)) return value.map((item) => scopedMember(account, name, item));
	return isRecord(value) ? scopedMembers(account, value) : value;
}

function scopedMembers(account: NativeAccount, record: Readonly<Record<string, unknown>>): object {
	const scoped = Object.entries(record).map(([name, value]) => [name, scopedMember(account, name, value)] as const);
	return Object.fromEntries(scoped.filter(([, value]) => value !== undefined));
}

function scopedString(account: NativeAccount, name: string, text: string): string | undefined {
	if (name === turnStateHeader) return ownTurnState(text, account) ?? undefined;
	if (text === "") return text;
	if (idName.test(name)) return scopedId(account, text);
	const inner = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
	return inner === undefined ? withScopedUuids(account, text) : asciiJson(scopedMember(account, name, inner));
}

/** The same text can stand in a header. */
function asciiJson(value: unknown): string {
	return JSON.stringify(value).replace(
		/[^\x20-\x7e]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}
