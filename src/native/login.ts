/** What is known of a ChatGPT login: its secret part, and whose it is. */

/** Who has signed in, as the access token says. */
export interface Identity {
	/** Of the workspace; members of a team share it. */
	readonly accountId: string | null;
	readonly userId: string | null;
	readonly email: string | null;
	/** `free`, `plus`, `pro`, `team`, … */
	readonly planType: string | null;
}

/** Tokens as the auth server gave them, or as a file holds them. */
export interface TokenSet {
	readonly accessToken: string;
	/** Good for one use; null where there is none, so that the login ends with its access token. */
	readonly refreshToken: string | null;
	/** Of the access token, in milliseconds since 1970; null: not told. */
	readonly expiresAt: number | null;
	readonly identity: Identity;
}

/** The secret of a ChatGPT account, as kept in SecretStorage. Its tokens go to these two hosts and to no other. */
export interface Login extends Omit<TokenSet, "identity"> {
	/** Origin of the auth server that gave it. */
	readonly issuer: string;
	/** Origin of the backend that it is for. */
	readonly backend: string;
	/** When the tokens were last given anew, in milliseconds since 1970; null: not known. */
	readonly renewedAt: number | null;
}

/** Where people sign in, and what we call ourselves there. */
export interface AuthSettings {
	/** `https://auth.openai.com`, without a trailing slash. */
	readonly authUrl: string;
	readonly clientId: string;
	/** The only address to which the auth server sends a browser back: `http://localhost:1455/auth/callback`. */
	readonly redirectUrl: string;
	readonly originator: string;
	readonly userAgent: string;
}

/** `fetch` as the window has it, with VS Code's proxy and certificates. */
export type Fetch = typeof globalThis.fetch;

/** Why the auth server gave no tokens. Texts are the server's or the network's own and hold no secret. */
export type AuthFailure =
	| { readonly kind: "cancelled" }
	/** Nobody has finished in time. */
	| { readonly kind: "timedOut" }
	/** A person said no, or the server refused them. */
	| { readonly kind: "denied"; readonly code: string; readonly description: string }
	/** This grant will never be good again: used, revoked, expired. */
	| { readonly kind: "spent"; readonly code: string; readonly description: string }
	/** The account behind it is closed. */
	| { readonly kind: "deactivated"; readonly description: string }
	/** Certainly before the request was sent: it may be tried again at once. */
	| { readonly kind: "notSent"; readonly host: string; readonly code: string }
	/** The server may have heard it: a single-use token must not be sent again in haste. */
	| { readonly kind: "brokenOff"; readonly host: string; readonly code: string }
	/** 5xx, 429, a web page, an answer that cannot be read. `seconds`: what the server asks for. */
	| {
			readonly kind: "unavailable";
			readonly status: number | null;
			readonly seconds: number | null;
			readonly detail: string;
	  }
	/** The callback is not that of this sign-in. */
	| { readonly kind: "wrongCallback"; readonly detail: string };

export type AuthResult = { readonly kind: "ok"; readonly tokens: TokenSet } | AuthFailure;
