import * as vscode from "vscode";
import { type Account, isRelay } from "../accounts/account.ts";
import type { AccountLive, Standing } from "../bridge/accountLive.ts";
import type { ProxyState } from "../bridge/protocol.ts";
import type { Quota } from "../bridge/quota.ts";
import { standingOf } from "../bridge/standing.ts";
import type { LoginState } from "../native/loginState.ts";
import type { Activity } from "./activity.ts";
import { type LocalTexts, localTexts } from "./localTexts.ts";
import type { Parts } from "./parts.ts";

/** What is known of a ChatGPT login without its secret. */
export interface LoginFacts {
	readonly state: LoginState;
	/** Whether its access token has not ended, as far as this clock can tell. */
	readonly lasts: boolean;
	/** When its tokens were last given anew, in milliseconds since 1970; null: not known. */
	readonly renewedAt: number | null;
}

/** What is known about an account at a moment, beside what is saved. */
export interface AccountFacts {
	/** Whether this window has the account's key, or an access token for the proxy. */
	readonly hasKey: boolean;
	/** Null for a relay. */
	readonly login: LoginFacts | null;
	/** What was last told of a ChatGPT plan; null: nothing yet, or a relay. */
	readonly quota: Quota | null;
	/** How it stands in the pool that serves; null while none does. */
	readonly live: AccountLive | null;
	readonly activity: Activity | undefined;
	readonly proxy: ProxyState;
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly local: LocalTexts;
}

type FactParts = Pick<Parts, "vault" | "activity" | "proxy" | "chatGpt">;

export function factsOf(account: Account, { vault, activity, proxy, chatGpt }: FactParts): AccountFacts {
	const now = Date.now();
	const ofKind = isRelay(account)
		? { hasKey: vault.apiKeyOf(account.id) !== null, login: null, quota: null }
		: {
				hasKey: chatGpt.accessTokenOf(account.id) !== null,
				login: chatGpt.loginOf(account.id),
				quota: chatGpt.quotaOf(account.id),
			};
	return {
		...ofKind,
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
