import { hash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Format } from "../accounts/account.ts";
import { type ByteRange, isString, type Members, membersAt, NotJson, stringAt } from "./jsonScan.ts";
import { openingDigest } from "./opening.ts";

/** Headers by which clients name a conversation, the surest first. */
const keyHeaders = [
	"x-claude-code-session-id",
	"session-id",
	"session_id",
	"thread-id",
	"conversation_id",
	"x-session-id",
	"x-session-affinity",
] as const;

/** Characters of a key that is kept as it is; of a longer one the digest is. */
const longestKey = 200;
/** Bytes of a member that is read as a key; a longer one is known by its bytes. */
const longestMember = 4 * 1024;

const metadataMembers: ReadonlySet<string> = new Set(["user_id"]);

/** What a request says of itself, for finding its conversation. */
export interface KeyedBody {
	readonly format: Format;
	/** The client's name for it. */
	readonly model: string;
	/** In clear. */
	readonly body: Buffer;
	/** Null where the body is no JSON object. */
	readonly members: Members | null;
	/** The operation carries a conversation from its first message on. Others (embeddings, token counts) are keyed by name only. */
	readonly isConversation: boolean;
}

/**
 * What tells a request's conversation from others: a header, else a member of the body, else a digest of how it begins.
 * @returns null where the request belongs to none that can be told; then it may go to any account.
 */
export function conversationKey(headers: IncomingHttpHeaders, request: KeyedBody): string | null {
	return headerKey(headers) ?? memberKey(request) ?? beginningKey(request);
}

function headerKey(headers: IncomingHttpHeaders): string | null {
	for (const name of keyHeaders) {
		const value = headers[name];
		const text = (Array.isArray(value) ? value.join() : (value ?? "")).trim();
		if (text !== "") return bounded(text);
	}
	return null;
}

function memberKey({ body, members }: KeyedBody): string | null {
	if (!members) return null;
	return (
		keyAt(body, members.get("prompt_cache_key")) ??
		keyAt(body, userIdAt(body, members.get("metadata"))) ??
		keyAt(body, members.get("user"))
	);
}

function userIdAt(body: Buffer, metadata: ByteRange | undefined): ByteRange | undefined {
	if (!metadata) return undefined;
	try {
		return membersAt(body, metadata, metadataMembers).get("user_id");
	} catch (error) {
		if (error instanceof NotJson) return undefined;
		throw error;
	}
}

function keyAt(body: Buffer, range: ByteRange | undefined): string | null {
	if (!range || !isString(body, range)) return null;
	if (range.end - range.start > longestMember) return digest(body.subarray(range.start, range.end));
	const text = stringAt(body, range)?.trim() ?? "";
	return text === "" ? null : bounded(text);
}

function beginningKey({ format, model, body, members, isConversation }: KeyedBody): string | null {
	return members && isConversation ? openingDigest(format, model, body, members) : null;
}

function bounded(text: string): string {
	return text.length <= longestKey ? text : digest(text);
}

function digest(value: string | Buffer): string {
	return hash("sha256", value, "base64url");
}
