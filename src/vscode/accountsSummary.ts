import type { Account } from "../accounts/account.ts";
import type { Rest } from "../bridge/accountLive.ts";
import { type AccountFacts, standingNow } from "./accountFacts.ts";

/** How the accounts stand together that the proxy tells of. */
export interface AccountsSummary {
	readonly total: number;
	/** Those that answer now, or as soon as they have a hand free. */
	readonly usable: number;
	readonly resting: readonly { readonly label: string; readonly rest: Rest }[];
}

export function accountsSummary(
	accounts: readonly Account[],
	factsOf: (account: Account) => AccountFacts,
): AccountsSummary {
	const standings = accounts
		.map((account) => ({ account, facts: factsOf(account) }))
		// What another window serves stands by that window's keys, and is not told at once when this one attaches.
		.filter(({ facts }) => facts.live !== null)
		.map(({ account, facts }) => ({ label: account.label, standing: standingNow(account, facts) }));
	return {
		total: standings.length,
		// One that is being tried again counts, or the sum would jump with each try.
		usable: standings.filter(({ standing }) => ["usable", "busy", "probing"].includes(standing.kind)).length,
		resting: standings.flatMap(({ label, standing }) =>
			standing.kind === "resting" ? [{ label, rest: standing.rest }] : [],
		),
	};
}
