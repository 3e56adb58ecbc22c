import { decodeJwt } from "jose";
import type { Identity, TokenSet } from "./login.ts";

/** Claims that are objects are named by URLs. */
const authClaim = "https://api.openai.com/auth";
const profileClaim = "https://api.openai.com/profile";

/** What tokens say of themselves. */
export interface TokenClaims {
	readonly identity: Identity;
	/** Milliseconds since 1970; null: not told. */
	readonly expiresAt: number | null;
}

/**
 * Who has signed in, and until when. What the access token does not say is taken from the ID token. No signature is checked:
 * the tokens came over TLS from their maker, or are only shown back to it; whoever forges one deceives nobody but themselves.
 * @returns null where the access token is no JWT.
 */
export function readClaims(accessToken: string, idToken: string | null): TokenClaims | null {
	const access = claimsIn(accessToken);
	if (access === null) return null;
	const own = identityIn(access);
	const other = identityIn((idToken === null ? null : claimsIn(idToken)) ?? {});
	return {
		identity: {
			accountId: own.accountId ?? other.accountId,
			userId: own.userId ?? other.userId,
			email: own.email ?? other.email,
			planType: own.planType ?? other.planType,
		},
		expiresAt: timeOf(access["exp"]),
	};
}

/**
 * Tokens as a server gives them or a file holds them.
 * @param expiresIn seconds from `now`, which is in milliseconds since 1970; null: not told.
 * @returns null where the access token is no JWT.
 */
export function readTokenSet(
	accessToken: string,
	refreshToken: string | null,
	idToken: string | null,
	expiresIn: number | null,
	now: number,
): TokenSet | null {
	const claims = readClaims(accessToken, idToken);
	if (claims === null) return null;
	const expiresAt = expiryOf(claims.expiresAt, expiresIn, now);
	return { accessToken, refreshToken: refreshToken || null, expiresAt, identity: claims.identity };
}

/** A token that has just been given and is past its end already shows that the clock here is wrong: then its life counts from now. */
export function expiryOf(expiresAt: number | null, expiresIn: number | null, now: number): number | null {
	const byLife = expiresIn !== null && expiresIn > 0 ? timeOf(now / 1000 + expiresIn) : null;
	return expiresAt === null || (expiresAt <= now && byLife !== null) ? byLife : expiresAt;
}

type Claims = Readonly<Record<string, unknown>>;

function claimsIn(token: string): Claims | null {
	try {
		return decodeJwt(token);
	} catch {
		// Other kinds of token are no error: they tell nothing.
		return null;
	}
}

function identityIn(claims: Claims): Identity {
	const auth = objectIn(claims[authClaim]);
	return {
		accountId: textIn(auth["chatgpt_account_id"]),
		userId: textIn(auth["chatgpt_user_id"]) ?? textIn(auth["user_id"]),
		email: textIn(objectIn(claims[profileClaim])["email"]) ?? textIn(claims["email"]),
		planType: textIn(auth["chatgpt_plan_type"]),
	};
}

function objectIn(value: unknown): Claims {
	return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function textIn(value: unknown): string | null {
	return typeof value === "string" && value !== "" ? value : null;
}

/** @param seconds since 1970. */
function timeOf(seconds: unknown): number | null {
	if (typeof seconds !== "number" || !(seconds > 0)) return null;
	const date = new Date(Math.round(seconds * 1000));
	return Number.isNaN(date.getTime()) ? null : date.getTime();
}
