import type { KeyedNative } from "../pool/usable.ts";
import { connectionNames, type RawHeaders } from "./headers.ts";
import { identityHeaders } from "./nativeIdentity.ts";
import { scopedCacheKey } from "./scopedIds.ts";
import { scopedMember } from "./scopedMetadata.ts";

/** What a Codex client says of its own accord, by how the names begin. */
const passedFamilies = ["x-codex-", "x-responsesapi-", "x-openai-internal-codex-"];
const sessionNames = ["session-id", "session_id"];
const passedNames: ReadonlySet<string> = new Set([
	...[...sessionNames, "thread-id", "thread_id", "conversation-id", "conversation_id"],
	...["x-client-request-id", "x-openai-subagent"],
]);

export interface NativeRequest {
	/** What is to come back. */
	readonly accept: string;
	/** The key of the conversation; null where there is none to be told. */
	readonly conversation: string | null;
}

/**
 * The headers of a request to ChatGPT's backend: we say who we are, and pass on what a Codex client says of its turn, its ids
 * scoped to the account. Nothing else of the client goes along.
 * @param clientHeaders none where the client speaks another format.
 */
export function nativeHeaders(
	clientHeaders: RawHeaders,
	keyed: KeyedNative,
	{ accept, conversation }: NativeRequest,
): string[] {
	const passed = passedOf(clientHeaders, keyed);
	const hasSession = passed.some((name, at) => at % 2 === 0 && sessionNames.includes(name.toLowerCase()));
	const session = conversation === null || hasSession ? [] : ["session_id", scopedCacheKey(keyed, conversation)];
	return [
		...identityHeaders(keyed).flat(),
		...["accept", accept, "content-type", "application/json"],
		...passed,
		...session,
	];
}

function passedOf(headers: RawHeaders, { account }: KeyedNative): readonly string[] {
	const ofConnection = connectionNames(headers);
	const passed: string[] = [];
	for (let index = 0; index + 1 < headers.length; index += 2) {
		const name = headers[index] ?? "";
		const lower = name.toLowerCase();
		if (ofConnection.has(lower) || !isPassed(lower)) continue;
		// Node reads headers as Latin-1.
		const told = Buffer.from(headers[index + 1] ?? "", "latin1").toString();
		const scoped = scopedMember(account, lower, told);
		if (scoped === told) passed.push(name, headers[index + 1] ?? "");
		else if (typeof scoped === "string") passed.push(name, Buffer.from(scoped).toString("latin1"));
	}
	return passed;
}

function isPassed(name: string): boolean {
	return passedNames.has(name) || passedFamilies.some((family) => name.startsWith(family));
}
