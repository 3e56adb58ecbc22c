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
export const everyGroup: readonly Group[] = ["direct", "codexPath", "otherFormat"];

/** The groups that requests are given to. The other two need translation, which there is not yet. */
export const servedGroups: readonly Group[] = ["direct"];

export function groupOf(format: Format, account: Pick<Account, "type" | "format">): Group {
	const spoken = account.type === "native" ? "codex" : account.format;
	if (spoken === format) return "direct";
	return spoken === "codex" ? "codexPath" : "otherFormat";
}
