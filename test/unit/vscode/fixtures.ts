import type { NativeAccount, RelayAccount } from "../../../src/accounts/account.ts";

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
