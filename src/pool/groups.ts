import { type Account, type Format, formatOf } from "../accounts/account.ts";

/** Where an account stands to a request, by the formats that the two speak. */
export type Group =
	/** The same, so that the body's bytes go through untouched; and ChatGPT accounts that a person has put beside those. */
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

/** A kind of account that can be asked for something: relays by their format. A backend of ChatGPT's takes less than relays. */
export type Taker = Format | "native";

export function takerOf(account: Pick<Account, "format">): Taker {
	return account.format ?? "native";
}

/**
 * A ChatGPT account of a priority above 0, which is that of a new account, stands beside the relays of the client's own
 * format, whatever that is: so a person can have the plans used first and the relays after them, or both in turn.
 */
export function groupOf(format: Format, account: Pick<Account, "type" | "format" | "priority">): Group {
	if (account.type === "native" && account.priority > 0) return "direct";
	const spoken = formatOf(account);
	if (spoken === format) return "direct";
	return spoken === "codex" ? "codexPath" : "otherFormat";
}
