/** The moment at which these tests read, in milliseconds since 1970. */
export const readingAt = Date.UTC(2026, 0, 15);

export interface Claims {
	readonly accountId?: string | null;
	readonly userId?: string | null;
	readonly email?: string | null;
	readonly planType?: string | null;
	/** Milliseconds since 1970, whole seconds; by default ten days after the reading. */
	readonly expiresAt?: number;
	/** Makes two tokens of the same person differ. */
	readonly id?: string;
}

/** An access token as the auth server writes it, with a signature that nobody checks. */
export function accessToken(claims: Claims = {}): string {
	const { accountId = "acc-1", userId = "user-1", email = "ada@example.com", planType = "plus" } = claims;
	return jwt({
		exp: (claims.expiresAt ?? readingAt + 864_000_000) / 1000,
		jti: claims.id ?? "1",
		"https://api.openai.com/auth": {
			...(accountId === null ? {} : { chatgpt_account_id: accountId }),
			...(userId === null ? {} : { chatgpt_user_id: userId }),
			...(planType === null ? {} : { chatgpt_plan_type: planType }),
		},
		"https://api.openai.com/profile": email === null ? {} : { email },
	});
}

export function jwt(payload: unknown): string {
	const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
	return `${part({ alg: "RS256", typ: "JWT" })}.${part(payload)}.c2lnbmF0dXJl`;
}
