import type { KeyedNative } from "../pool/usable.ts";

type Header = readonly [name: string, value: string];

/**
 * The headers by which the backend knows whose request it is and who makes it; the same for each kind of request. Names in
 * lower case.
 */
export function identityHeaders({ account, apiKey, backend }: KeyedNative): readonly Header[] {
	const { accountId } = account;
	return [
		["authorization", `Bearer ${asciiOnly(apiKey)}`],
		...(accountId === null ? [] : [["chatgpt-account-id", asciiOnly(accountId)] as const]),
		["originator", asciiOnly(backend.originator)],
		["user-agent", asciiOnly(backend.userAgent)],
	];
}

/** A setting or an imported file may hold what no header can. */
function asciiOnly(text: string): string {
	return text.replace(/[^\x20-\x7e]/g, "?").trim();
}
