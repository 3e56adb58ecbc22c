import { createHash } from "node:crypto";
import type { NativeAccount } from "../accounts/account.ts";
import type { KeyedNative } from "../pool/usable.ts";

/** A UUID, and what Codex puts behind that of a thread to name one of its windows. */
const uuidAndPlace = /^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})((?::\d+)?)$/i;
/** How clients name what they have said and what their tools gave; a backend names without UUIDs. */
const itemId = /^([a-z]+_)([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i;
const anyUuid = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;

/**
 * What stands for a client's id at one account: always the same there, another one at any other account, so that nobody can
 * tell by it that two accounts are used by one person. What was equal stays equal, wherever it stands.
 */
export function scopedId(account: NativeAccount, id: string): string {
	const [, uuid, place = ""] = uuidAndPlace.exec(id.trim()) ?? [];
	return uuid === undefined ? uuidOf(account, id.trim()) : uuidOf(account, uuid) + place;
}

/** The id of an item of the input, in which the kind of the item stays to be seen; one that a backend has given stays as it is. */
export function scopedItemId(account: NativeAccount, id: string): string {
	const [, kind = "", uuid] = itemId.exec(id) ?? [];
	return uuid === undefined ? id : kind + uuidOf(account, uuid);
}

/** A text with every UUID in it scoped. */
export function withScopedUuids(account: NativeAccount, text: string): string {
	return text.replace(anyUuid, (uuid) => uuidOf(account, uuid));
}

/** The key by which an account's cache knows a conversation: equal to the id of its session. */
export function scopedCacheKey({ account }: KeyedNative, conversation: string): string {
	return scopedId(account, conversation);
}

/** By what is known which account has given something that is handed out to clients. */
export function accountTag(account: NativeAccount): string {
	return digestOf(account, "tag", "").slice(0, 16);
}

function uuidOf(account: NativeAccount, id: string): string {
	const hex = digestOf(account, "id", id);
	// RFC 9562, version 8: made of a digest.
	const variant = "89ab".charAt(Number.parseInt(hex.charAt(16), 16) % 4);
	return [
		hex.slice(0, 8),
		hex.slice(8, 12),
		`8${hex.slice(13, 16)}`,
		`${variant}${hex.slice(17, 20)}`,
		hex.slice(20, 32),
	].join("-");
}

/** Signed in anew as somebody else, an account is another one. */
function digestOf({ id: accountId, accountId: workspace }: NativeAccount, kind: string, value: string): string {
	return createHash("sha256")
		.update(JSON.stringify([kind, accountId, workspace, value]))
		.digest("hex");
}
