import type { NativeAccount, RelayAccount } from "../../../src/accounts/account.ts";
import type { AccountLive, ModelRest, Rest } from "../../../src/bridge/accountLive.ts";
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
		...{ id: "r1", hasKey: true, inFlight: 0, rest: null, modelRests: [], probing: false, lastChoice: null },
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
		...{ hasKey: true, live: live(), activity: undefined, proxy: { kind: "listening", port: 14680 } },
		...{ now, local: plainLocal },
		...changes,
	};
}
