import { randomUUID } from "node:crypto";
import { type CryptoKey, generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { keyOf, type Person } from "./people.ts";

/** What the auth server signs with; each server has a key of its own. */
export interface TokenMint {
	/** @param seconds until it expires; below 0 for one that has expired. */
	accessToken(person: Person, loginId: string, seconds: number): Promise<string>;
	idToken(person: Person, seconds: number): Promise<string>;
	/** Null: not of this mint. An expired one is read too. */
	read(accessToken: string): Promise<JWTPayload | null>;
}

export interface MintOptions {
	readonly issuer: string;
	readonly clientId: string;
	/** Milliseconds since 1970. */
	readonly now: () => number;
}

const algorithm = "RS256";
const authClaim = "https://api.openai.com/auth";
const profileClaim = "https://api.openai.com/profile";

export async function makeMint({ issuer, clientId, now }: MintOptions): Promise<TokenMint> {
	const { privateKey, publicKey } = await generateKeyPair(algorithm);
	const sign = (claims: JWTPayload, audience: string, seconds: number) =>
		signed(privateKey, claims, issuer, audience, Math.floor(now() / 1000), seconds);
	return {
		accessToken: (person, loginId, seconds) => {
			const claims = {
				client_id: clientId,
				session_id: loginId,
				scp: ["openid", "profile", "email", "offline_access"],
				[authClaim]: {
					chatgpt_account_id: person.accountId,
					chatgpt_account_user_id: keyOf(person),
					chatgpt_compute_residency: "no_constraint",
					chatgpt_plan_type: person.plan,
					chatgpt_user_id: person.userId,
					localhost: true,
					user_id: person.userId,
				},
				[profileClaim]: { email: person.email, email_verified: true },
				sub: `auth0|${person.userId}`,
				...person.claims,
			};
			return sign(claims, "https://api.openai.com/v1", seconds);
		},
		idToken: (person, seconds) => {
			const claims = {
				email: person.email,
				email_verified: true,
				sub: `auth0|${person.userId}`,
				[authClaim]: {
					chatgpt_account_id: person.accountId,
					chatgpt_plan_type: person.plan,
					chatgpt_user_id: person.userId,
					organizations: [{ id: "org-demo", is_default: true, role: "owner", title: "Personal" }],
				},
			};
			return sign(claims, clientId, seconds);
		},
		read: async (accessToken) => {
			try {
				const { payload } = await jwtVerify(accessToken, publicKey, { issuer, currentDate: new Date(0) });
				return payload;
			} catch {
				return null;
			}
		},
	};
}

function signed(
	key: CryptoKey,
	claims: JWTPayload,
	issuer: string,
	audience: string,
	issuedAt: number,
	seconds: number,
): Promise<string> {
	return new SignJWT(claims)
		.setProtectedHeader({ alg: algorithm, typ: "JWT" })
		.setIssuer(issuer)
		.setAudience(audience)
		.setJti(randomUUID())
		.setIssuedAt(issuedAt)
		.setExpirationTime(issuedAt + Math.floor(seconds))
		.sign(key);
}
