import { isDeepStrictEqual } from "node:util";
import type { Account } from "../accounts/account.ts";

/** The groups of the tree, in the order they are shown. */
export const groups = ["native", "relay"] as const;
export type Group = (typeof groups)[number];

/** What of the tree has to be drawn anew. */
type TreeChange =
	| { readonly kind: "groups" }
	| { readonly kind: "group"; readonly group: Group }
	| { readonly kind: "account"; readonly id: string };

/**
 * Compares two readings of the account book. A group that came or went changes the list of groups; members that came,
 * went or moved change their group; anything else changes single accounts.
 */
export function accountChanges(before: readonly Account[], after: readonly Account[]): readonly TreeChange[] {
	const hadGroups = groups.filter((group) => members(before, group).length > 0);
	const hasGroups = groups.filter((group) => members(after, group).length > 0);
	if (!isDeepStrictEqual(hadGroups, hasGroups)) return [{ kind: "groups" }];
	return hasGroups.flatMap((group) => groupChanges(group, members(before, group), members(after, group)));
}

function members(accounts: readonly Account[], group: Group): readonly Account[] {
	return accounts.filter(({ type }) => type === group);
}

function groupChanges(group: Group, before: readonly Account[], after: readonly Account[]): readonly TreeChange[] {
	const sameMembers = before.length === after.length && before.every(({ id }, index) => id === after[index]?.id);
	if (!sameMembers) return [{ kind: "group", group }];
	return after
		.filter((account, index) => !isDeepStrictEqual(account, before[index]))
		.map(({ id }) => ({ kind: "account", id }));
}
