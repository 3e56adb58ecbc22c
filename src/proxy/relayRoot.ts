import type { RelayAccount } from "../accounts/account.ts";
import { upstreamRoot } from "../formats/endpoints.ts";

const roots = new WeakMap<RelayAccount, ReturnType<typeof upstreamRoot>>();

/** Origin and path below which a relay's operations stand: worked out once, for as long as the account is as it is. */
export function rootOf(account: RelayAccount): ReturnType<typeof upstreamRoot> {
	const known = roots.get(account);
	if (known !== undefined) return known;
	const root = upstreamRoot(account.format, account.baseUrl);
	roots.set(account, root);
	return root;
}
