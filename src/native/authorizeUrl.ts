import * as oauth from "oauth4webapi";
import type { AuthFailure, AuthSettings } from "./login.ts";
import { plainWords } from "./redaction.ts";

/** One sign-in in a browser. State and verifier are secret until it has ended. */
export interface Authorization {
	/** What the browser is to open. */
	readonly url: string;
	/** Comes back with the code, and shows that it is the answer to this sign-in. */
	readonly state: string;
	/** Proves to the auth server that whoever exchanges the code has asked for it (RFC 7636). */
	readonly verifier: string;
}

/** What a callback says. */
export type Callback =
	| { readonly kind: "code"; readonly code: string }
	| Extract<AuthFailure, { kind: "denied" | "wrongCallback" }>;

/** What we ask for: who the person is, and a login that can be renewed. */
export const scope = "openid profile email offline_access";

export async function newAuthorization(settings: AuthSettings): Promise<Authorization> {
	const state = oauth.generateRandomState();
	const verifier = oauth.generateRandomCodeVerifier();
	const challenge = await oauth.calculatePKCECodeChallenge(verifier);
	return { url: authorizeUrl(settings, state, challenge), state, verifier };
}

/** By hand, because URLSearchParams writes a space as `+`, which this auth server does not understand. */
function authorizeUrl(settings: AuthSettings, state: string, challenge: string): string {
	const parameters = {
		response_type: "code",
		client_id: settings.clientId,
		redirect_uri: settings.redirectUrl,
		scope,
		code_challenge: challenge,
		code_challenge_method: "S256",
		id_token_add_organizations: "true",
		codex_cli_simplified_flow: "true",
		state,
		originator: settings.originator,
	};
	const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
	return `${settings.authUrl}/oauth/authorize?${query.join("&")}`;
}

/**
 * What a callback says, as the server received it or a person pasted it: a whole URL of any host, for a forwarded port has
 * another one; its query alone; or `code#state`.
 */
export function readCallback(text: string, settings: AuthSettings, state: string): Callback {
	const given = parametersIn(text, settings.redirectUrl);
	if (given === null) return wrong("This is no URL.");
	if (!given.has("state") && !given.has("code") && !given.has("error"))
		return wrong("It has neither a code nor a state.");
	// What else is in it is none of our business: an `iss` (RFC 9207) tells several auth servers apart, and there is but one.
	const callback = new URLSearchParams([...given].filter(([name]) => parametersRead.has(name)));
	try {
		const server = { issuer: settings.authUrl };
		oauth.validateAuthResponse(server, { client_id: settings.clientId }, callback, state);
	} catch (error) {
		if (error instanceof oauth.AuthorizationResponseError) return denied(error);
		return wrong(given.has("state") ? "Its state is that of another sign-in." : "It has no state.");
	}
	const [code, ...others] = callback.getAll("code");
	if (others.length > 0) return wrong("It has several codes.");
	return code ? { kind: "code", code } : wrong("It has no code.");
}

const parametersRead: ReadonlySet<string> = new Set(["code", "state", "error", "error_description"]);

function parametersIn(text: string, redirectUrl: string): URLSearchParams | null {
	// Line breaks come from terminals that wrap, `&amp;` from pages, quotes and brackets from mails and chats.
	const address = text
		.replace(/\s+/g, "")
		.replace(/^["'`<(\u201c\u201e\u00ab]+|["'`>)\u201c\u201d\u00bb]+$/gu, "")
		.replaceAll("&amp;", "&");
	const pair = /^([^?#&]+)#([^?#&=]+)$/.exec(address);
	if (pair?.[1] && pair[2] && !/^[a-z][a-z\d+.-]*:\/\//i.test(address)) {
		return new URLSearchParams({ code: pair[1], state: pair[2] });
	}
	const isQuery = /^(?:code|state|error|error_description|scope)=/.test(address);
	const relative = isQuery ? `?${address}` : address;
	return URL.canParse(relative, redirectUrl) ? new URL(relative, redirectUrl).searchParams : null;
}

function denied(error: oauth.AuthorizationResponseError): Callback {
	return {
		kind: "denied",
		code: plainWords(error.error, []),
		description: plainWords(error.error_description ?? "", []),
	};
}

function wrong(detail: string): Callback {
	return { kind: "wrongCallback", detail };
}
