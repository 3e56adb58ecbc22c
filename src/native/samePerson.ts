import type { Account, NativeAccount } from "../accounts/account.ts";
import type { Identity } from "./login.ts";

/**
 * Whether an account is this person's. Members of a team share the account id, and a person may have several
 * workspaces: so both ids have to fit. `likely` goes by the email where an id is not known, as in entries of an earlier
 * version; `unknown` is where nothing can be compared.
 */
export type Sameness = "sure" | "likely" | "unknown" | "other";

type Person = Pick<Identity, "accountId" | "userId" | "email">;

export function samenessOf(account: Person, identity: Person): Sameness {
	const ids = compareIds(account, identity);
	if (ids.includes("other")) return "other";
	if (ids.every((id) => id === "same")) return "sure";
	// A token may name only one of the ids, each time the same one.
	const isAsWhole = account.accountId === identity.accountId && account.userId === identity.userId;
	if (isAsWhole && ids.includes("same")) return "sure";
	const email = compare(account.email?.toLowerCase() ?? null, identity.email?.toLowerCase() ?? null);
	if (email !== "same") return email;
	// One email may be that of several workspaces.
	return hasIds(account) && !hasIds(identity) ? "unknown" : "likely";
}

/** Whether the tokens are certainly somebody else's. An email may change. */
export function hasOtherIds(account: Person, identity: Person): boolean {
	return compareIds(account, identity).includes("other");
}

/** Another account that is surely this person's, where this one was not known to be. */
export function twinOf(
	account: NativeAccount,
	identity: Identity,
	accounts: readonly Account[],
): NativeAccount | undefined {
	if (samenessOf(account, identity) === "sure") return undefined;
	const isTwin = (other: Account): other is NativeAccount =>
		other.type === "native" && other.id !== account.id && samenessOf(other, identity) === "sure";
	return accounts.find(isTwin);
}

/** What a token says of its person takes the place of what was known; what it does not say stays. */
export function withIdentity(account: NativeAccount, identity: Identity): NativeAccount {
	return {
		...account,
		email: identity.email ?? account.email,
		accountId: identity.accountId ?? account.accountId,
		userId: identity.userId ?? account.userId,
		planType: identity.planType ?? account.planType,
	};
}

function compareIds(account: Person, identity: Person) {
	return [compare(account.accountId, identity.accountId), compare(account.userId, identity.userId)];
}

function hasIds({ accountId, userId }: Person): boolean {
	return accountId !== null || userId !== null;
}

function compare(one: string | null, other: string | null): "same" | "other" | "unknown" {
	if (one === null || other === null) return "unknown";
	return one === other ? "same" : "other";
}
