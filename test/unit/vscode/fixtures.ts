import type { NativeAccount, RelayAccount } from "../../../src/accounts/account.ts";
import type { AccountLive, ModelRest, Rest } from "../../../src/bridge/accountLive.ts";
import type { Quota, QuotaBucket } from "../../../src/bridge/quota.ts";
import type { LoginState } from "../../../src/native/loginState.ts";
import type { AccountFacts } from "../../../src/vscode/accountFacts.ts";
import type { LocalTexts } from "../../../src/vscode/localTexts.ts";

export function relay(changes: Partial<RelayAccount> = {}): RelayAccount {
	return {
		id: "r1",
		type: "relay",
		label: "Work",
		format: "openai",
		baseUrl: "https://api.example.com/v1",
		allowedModels: null,
		modelMap: {},
		priority: 0,
		headers: {},
		auth: null,
		maxConcurrent: null,
		outboundProxy: null,
		enabled: true,
		addedAt: "2026-01-01T00:00:00.000Z",
		...changes,
	};
}

export function native(changes: Partial<NativeAccount> = {}): NativeAccount {
	return {
		id: "n1",
		type: "native",
		label: "Home",
		email: "home@example.com",
		accountId: null,
		userId: null,
		planType: null,
		format: null,
		baseUrl: null,
		allowedModels: null,
		priority: 0,
		enabled: true,
		addedAt: "2026-01-01T00:00:00.000Z",
		...changes,
	};
}

/** The moment at which the fixtures are looked at. */
export const now = 1_800_000_000_000;

/** Moments as seconds from `now` on. */
export const plainLocal: LocalTexts = {
	full: (at) => `day ${(at - now) / 1000}`,
	short: (at) => `time ${(at - now) / 1000}`,
	brief: (at) => `about ${(at - now) / 1000}`,
	number: String,
	rough: (value) => (value < 1000 ? String(value) : `${value / 1000} thousand`),
};

/** An account in good health, as the proxy tells of it. */
export function live(changes: Partial<AccountLive> = {}): AccountLive {
	return {
		...{
			id: "r1",
			hasKey: true,
			inFlight: 0,
			rest: null,
			modelRests: [],
			probing: false,
			lastChoice: null,
			models: null,
			quota: null,
		},
		...changes,
	};
}

/** A cooldown of 42 seconds. */
export function rest(changes: Partial<Rest> = {}): Rest {
	return { reason: "rateLimited", until: now + 42_000, status: 429, detail: "", ...changes };
}

export function modelRest(model: string, changes: Partial<Rest> = {}): ModelRest {
	return { ...rest(changes), model };
}

/** What is known of an account that is ready: its key is here, and the proxy serves it. */
export function facts(changes: Partial<AccountFacts> = {}): AccountFacts {
	return {
		...{ hasKey: true, login: null, quota: null },
		...{ live: live(), activity: undefined, proxy: { kind: "listening", port: 14680 } },
		...{ now, local: plainLocal },
		...changes,
	};
}

/** The same of a ChatGPT account; without a login that is good where the state says so. */
export function nativeFacts(state: LoginState["kind"] | LoginState, changes: Partial<AccountFacts> = {}): AccountFacts {
	const isGood = state === "good";
	return facts({
		hasKey: isGood,
		live: live({ id: "n1", hasKey: isGood }),
		login: { state: stateOf(state), lasts: changes.hasKey ?? isGood, renewedAt: null },
		...changes,
	});
}

function stateOf(state: LoginState["kind"] | LoginState): LoginState {
	if (typeof state !== "string") return state;
	switch (state) {
		case "waiting":
			return { kind: state, until: now + 60_000, why: { kind: "timedOut" } };
		case "signInAgain":
			return { kind: state, why: { kind: "spent", code: "invalid_grant", description: "" } };
		default:
			return { kind: state };
	}
}

/** Five hours of which so much is used, and a week. Percent. */
export function quota(fiveHours: number, week: number, changes: Partial<QuotaBucket> = {}): Quota {
	const bucket: QuotaBucket = {
		id: "codex",
		name: null,
		primary: { usedPercent: fiveHours, minutes: 300, resetsAt: now + 3_600_000 },
		secondary: { usedPercent: week, minutes: 10_080, resetsAt: now + 86_400_000 },
		reached: null,
		...changes,
	};
	return { at: now - 60_000, plan: null, buckets: [bucket], credits: null };
}
