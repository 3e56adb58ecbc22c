import type { NativeAccount, RelayAccount } from "../../src/accounts/account.ts";
import type { ServedAccount, ServedNative, ServedRelay } from "../../src/bridge/protocol.ts";

/** A relay with nothing unusual about it, but for what is given. */
export function relayAccount(given: Partial<RelayAccount> = {}): RelayAccount {
	return {
		id: given.label ?? "relay",
		type: "relay",
		label: "relay",
		format: "openai",
		baseUrl: "https://relay.example/v1",
		allowedModels: null,
		modelMap: {},
		priority: 0,
		headers: {},
		auth: null,
		maxConcurrent: null,
		outboundProxy: null,
		enabled: true,
		addedAt: "2026-01-01T00:00:00.000Z",
		...given,
	};
}

export function servedRelay(given: Partial<RelayAccount> = {}, apiKey: string | null = "key"): ServedRelay {
	return { account: relayAccount(given), apiKey };
}

/** Those of a config's accounts that are relays. */
export function relaysOf(accounts: readonly ServedAccount[]): readonly ServedRelay[] {
	return accounts.flatMap((served) => ("backend" in served ? [] : [served]));
}

/** A ChatGPT login with nothing unusual about it, but for what is given. */
export function nativeAccount(given: Partial<NativeAccount> = {}): NativeAccount {
	return {
		id: given.label ?? "native",
		type: "native",
		label: "native",
		email: "person@example.com",
		accountId: "workspace-1",
		userId: "user-1",
		planType: "plus",
		format: null,
		baseUrl: null,
		allowedModels: null,
		priority: 0,
		enabled: true,
		addedAt: "2026-01-01T00:00:00.000Z",
		...given,
	};
}

export function servedNative(given: Partial<NativeAccount> = {}, apiKey: string | null = "token"): ServedNative {
	const backend = {
		baseUrl: "https://backend.example/backend-api",
		originator: "relay_accounts",
		userAgent: "RelayAccounts/test",
		clientVersion: "0.1.0",
	};
	return { account: nativeAccount(given), apiKey, backend };
}
