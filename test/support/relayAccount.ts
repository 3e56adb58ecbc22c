import type { RelayAccount } from "../../src/accounts/account.ts";
import type { ServedRelay } from "../../src/bridge/protocol.ts";

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
