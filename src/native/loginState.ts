import type { AuthFailure, Login } from "./login.ts";

/** The only hosts that a login is for, as `URL` writes their origins. */
export type Bound = Pick<Login, "issuer" | "backend">;

export function isBoundTo(login: Bound, { issuer, backend }: Bound): boolean {
	return login.issuer === issuer && login.backend === backend;
}

/** Why a person has to sign in again. */
export type SignInReason =
	/** The auth server will take this login no more. */
	| AuthFailure
	/** The backend refuses a token that has only just been given. */
	| "refusedWhileFresh"
	/** Another page, with secrets of its own, has used up what this one has. */
	| "copyOutdated"
	/** The access token has ended, and there is nothing to renew it with. */
	| "noRefreshToken"
	/** The settings name another auth server or backend than the login is for. */
	| "otherServer"
	/** The auth server gave the tokens of somebody else. */
	| "otherPerson";

/** How a ChatGPT login stands, for people. */
export type LoginState =
	| { readonly kind: "good" }
	| { readonly kind: "renewing" }
	/** It could not be renewed and is tried again. The access token may be good until then. */
	| { readonly kind: "waiting"; readonly until: number /** Milliseconds since 1970. */; readonly why: AuthFailure }
	| { readonly kind: "signInAgain"; readonly why: SignInReason }
	/** This window has no login for the account. */
	| { readonly kind: "signedOut" };

const words: Readonly<Record<Extract<SignInReason, string>, string>> = {
	refusedWhileFresh: "the backend refuses a token that has only just been given",
	copyOutdated: "another page has renewed it; this page's copy must not be used",
	noRefreshToken: "it has no refresh token",
	otherServer: "the settings name another server than it is for",
	otherPerson: "the auth server gave the tokens of somebody else",
};

/** For the log, which is in English and holds no secret. */
export function reasonText(why: SignInReason): string {
	if (typeof why === "string") return words[why];
	switch (why.kind) {
		case "notSent":
		case "brokenOff":
			return `${why.kind} ${why.host} ${why.code}`.trimEnd();
		case "unavailable":
			return `unavailable ${why.status ?? ""} ${why.detail}`.replaceAll(/\s+/g, " ").trim();
		case "denied":
		case "spent":
			return `${why.kind} ${why.code}`.trimEnd();
		default:
			return why.kind;
	}
}
