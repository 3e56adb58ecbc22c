import * as vscode from "vscode";
import { type Account, isRelay } from "../accounts/account.ts";
import type { AccountLive, Standing } from "../bridge/accountLive.ts";
import type { ProxyState } from "../bridge/protocol.ts";
import { standingOf } from "../bridge/standing.ts";
import type { Activity } from "./activity.ts";
import { type LocalTexts, localTexts } from "./localTexts.ts";
import type { Parts } from "./parts.ts";

/** What is known about an account at a moment, beside what is saved. */
export interface AccountFacts {
	/** Whether this window has the account's key. */
	readonly hasKey: boolean;
	/** How it stands in the pool that serves; null while none does. */
	readonly live: AccountLive | null;
	readonly activity: Activity | undefined;
	readonly proxy: ProxyState;
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly local: LocalTexts;
}

type FactParts = Pick<Parts, "vault" | "activity" | "proxy">;

export function factsOf(account: Account, { vault, activity, proxy }: FactParts): AccountFacts {
	const now = Date.now();
	return {
		hasKey: isRelay(account) && vault.apiKeyOf(account.id) !== null,
		live: proxy.live.get(account.id) ?? null,
		activity: activity.of(account.id),
		proxy: proxy.state,
		now,
		local: localTexts(vscode.env.language, now),
	};
}

/** Whether the account can be picked for any model: what counts is the key of the window that serves. */
export function standingNow(account: Account, { hasKey, live, now }: AccountFacts): Standing {
	return standingOf(account, live?.hasKey ?? hasKey, live, null, now);
}
