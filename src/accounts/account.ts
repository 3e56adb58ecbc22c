/** The wire formats a client or a relay can speak. */
export const formats = ["codex", "openai", "anthropic", "gemini"] as const;
export type Format = (typeof formats)[number];

/** How a relay wants its key: the header that carries it. `bearer` is `Authorization: Bearer …`. */
export const authStyles = ["bearer", "x-api-key", "x-goog-api-key", "api-key"] as const;
export type AuthStyle = (typeof authStyles)[number];

/** A third party's base URL, as saved. Its key is kept apart, in SecretStorage. */
export interface RelayAccount {
	readonly id: string;
	readonly type: "relay";
	/** Shown to people and unique among accounts, ignoring case. */
	readonly label: string;
	readonly format: Format;
	/** Normalised: no trailing slash, query, fragment or user info. */
	readonly baseUrl: string;
	/** Exact names or patterns with `*`; null allows every model. */
	readonly allowedModels: readonly string[] | null;
	/** Client model name → the relay's own name for it. */
	readonly modelMap: Readonly<Record<string, string>>;
	/** Higher answers first. */
	readonly priority: number;
	/** Sent with each request to this relay; never a credential. */
	readonly headers: Readonly<Record<string, string>>;
	/** Null: as the format asks. */
	readonly auth: AuthStyle | null;
	/** Requests in flight at once. Null: no limit. */
	readonly maxConcurrent: number | null;
	/** A proxy's URL, or `direct` for none at all. Null: as VS Code connects. */
	readonly outboundProxy: string | null;
	readonly enabled: boolean;
	/** ISO 8601. */
	readonly addedAt: string;
}

/** A ChatGPT login, as saved. Its tokens are kept apart, in SecretStorage. */
export interface NativeAccount {
	readonly id: string;
	readonly type: "native";
	readonly label: string;
	readonly email: string | null;
	readonly accountId: string | null;
	readonly userId: string | null;
	readonly planType: string | null;
	readonly format: null;
	readonly baseUrl: null;
	readonly allowedModels: null;
	readonly priority: number;
	readonly enabled: boolean;
	/** ISO 8601. */
	readonly addedAt: string;
}

export type Account = NativeAccount | RelayAccount;

export function isRelay(account: Account): account is RelayAccount {
	return account.type === "relay";
}

/** What an account speaks: ChatGPT logins are used through the Codex backend. */
export function formatOf(account: Pick<Account, "type" | "format">): Format {
	return account.format ?? "codex";
}
