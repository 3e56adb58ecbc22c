import * as oauth from "oauth4webapi";
import { refusalOf } from "./authRefusal.ts";
import { type Answer, type AuthLine, ask, patienceForReply, serverOf } from "./authRequest.ts";
import type { AuthFailure, AuthResult, AuthSettings, Fetch, TokenSet } from "./login.ts";
import { expiryOf, readTokenSet } from "./tokenClaims.ts";

export interface CodeExchange {
	readonly code: string;
	readonly verifier: string;
	readonly signal: AbortSignal;
	/** Where the code was sent to, if not to the redirect URL of the settings. */
	readonly redirectUrl?: string;
	/** Milliseconds. */
	readonly patience?: number;
}

/** Tokens for an authorization code. Never rejects. */
export async function exchangeCode(settings: AuthSettings, fetch: Fetch, exchange: CodeExchange): Promise<AuthResult> {
	const { code, verifier, signal, redirectUrl = settings.redirectUrl, patience = patienceForReply } = exchange;
	const line: AuthLine = { settings, fetch, signal, patience };
	const [server, client] = [serverOf(settings), { client_id: settings.clientId }];
	const answer = await ask(line, (options) => {
		// The state was looked at where the callback was read.
		const callback = oauth.validateAuthResponse(server, client, new URLSearchParams({ code }), oauth.skipStateCheck);
		return oauth.authorizationCodeGrantRequest(server, client, oauth.None(), callback, redirectUrl, verifier, options);
	});
	return tokensIn(answer, [code, verifier], null);
}

/**
 * New tokens for a refresh token, which is used up by that. Where the reply has no other one, the old one stays. Never rejects.
 * @param patience milliseconds.
 */
export async function refreshTokens(
	settings: AuthSettings,
	fetch: Fetch,
	refreshToken: string,
	signal: AbortSignal,
	patience = patienceForReply,
): Promise<AuthResult> {
	const client = { client_id: settings.clientId };
	const answer = await ask({ settings, fetch, signal, patience }, (options) =>
		// No scope: this server takes one for a wish to change it.
		oauth.refreshTokenGrantRequest(serverOf(settings), client, oauth.None(), refreshToken, options),
	);
	return tokensIn(answer, [refreshToken], refreshToken);
}

/**
 * The tokens of a token endpoint's answer. Not by the library, which refuses a reply without `token_type`, or with an ID token
 * that is from another minute than the clock here; a refresh token that has been rotated would be lost by that.
 * @param secrets that were sent.
 * @param former the refresh token that was sent.
 */
export function tokensIn(answer: Answer | AuthFailure, secrets: readonly string[], former: string | null): AuthResult {
	if (answer.kind !== "answer") return answer;
	const tokens = answer.status >= 200 && answer.status < 300 ? readTokens(answer.json ?? {}, former, Date.now()) : null;
	return tokens === null ? refusalOf(answer, secrets) : { kind: "ok", tokens };
}

const nobody = { accountId: null, userId: null, email: null, planType: null };

function readTokens(reply: NonNullable<Answer["json"]>, former: string | null, now: number): TokenSet | null {
	const accessToken = textIn(reply["access_token"]);
	if (accessToken === null) return null;
	const refreshToken = textIn(reply["refresh_token"]) ?? former;
	const expiresIn = numberIn(reply["expires_in"]);
	const tokens = readTokenSet(accessToken, refreshToken, textIn(reply["id_token"]), expiresIn, now);
	// Whose login is renewed is known without its claims.
	if (tokens !== null || former === null) return tokens;
	return { accessToken, refreshToken, expiresAt: expiryOf(null, expiresIn, now), identity: nobody };
}

function textIn(value: unknown): string | null {
	return typeof value === "string" && value !== "" ? value : null;
}

/** Some servers write numbers as strings. */
function numberIn(value: unknown): number | null {
	const number = typeof value === "string" ? Number.parseFloat(value) : value;
	return typeof number === "number" && Number.isFinite(number) ? number : null;
}
