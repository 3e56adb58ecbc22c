import type { Account, Format } from "../accounts/account.ts";

/** Where an account stands to a request, by the formats that the two speak. */
export type Group =
	/** The same: the body's bytes go through untouched. */
	| "direct"
	/** The account speaks `codex`, the client does not. */
	| "codexPath"
	/** Any other account. */
	| "otherFormat";

/** All of them, in the order in which they are asked. */
const everyGroup: readonly Group[] = ["direct", "codexPath", "otherFormat"];
const withoutOthers: readonly Group[] = ["direct", "codexPath"];

/** The groups that requests are given to, in order. @param crossFormat whether relays of any format answer any client. */
export function servedGroups(crossFormat: boolean): readonly Group[] {
	return crossFormat ? everyGroup : withoutOthers;
}

export function groupOf(format: Format, account: Pick<Account, "type" | "format">): Group {
	const spoken = account.type === "native" ? "codex" : account.format;
	if (spoken === format) return "direct";
	return spoken === "codex" ? "codexPath" : "otherFormat";
}
