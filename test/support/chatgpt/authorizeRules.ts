/** What the page for sign-in insists on. */
export interface AuthorizeRules {
	readonly clientId: string;
	/** The only addresses to which a browser is sent back. */
	readonly redirectUris: readonly string[];
}

/** A good request for a sign-in. */
export interface AuthorizeRequest {
	readonly redirectUri: string;
	readonly challenge: string;
	readonly state: string;
}

export type AuthorizeReading =
	| { readonly kind: "ok"; readonly request: AuthorizeRequest }
	/** Shown as a page: the browser is not sent back. */
	| { readonly kind: "refused"; readonly code: string; readonly detail: string };

const scopes = ["openid", "profile", "email", "offline_access"];

/** Base64url of 32 bytes. */
const challengeForm = /^[A-Za-z0-9_-]{43}$/;

/** @param query as it was sent, without the question mark. */
export function readAuthorize(query: string, { clientId, redirectUris }: AuthorizeRules): AuthorizeReading {
	const refused = (code: string, detail: string) => ({ kind: "refused", code, detail }) as const;
	if (query.includes("+")) return refused("AuthApiFailure", "A space is %20 here.");
	const parameters = new URLSearchParams(query);
	const twice = [...parameters.keys()].find((name) => parameters.getAll(name).length > 1);
	if (twice !== undefined) return refused("invalid_request", `${twice} is given more than once.`);
	const said = (name: string) => parameters.get(name) ?? "";
	if (said("client_id") !== clientId) return refused("invalid_client", "The client is not known.");
	if (!redirectUris.includes(said("redirect_uri"))) {
		return refused("invalid_redirect_uri", `${said("redirect_uri")} is not allowed.`);
	}
	const wrong = fixed.find(([name, value]) => said(name) !== value);
	if (wrong !== undefined) return refused("invalid_request", `${wrong[0]} is to be ${wrong[1]}.`);
	const missing = scopes.find((scope) => !said("scope").split(" ").includes(scope));
	if (missing !== undefined) return refused("invalid_scope", `${missing} is missing.`);
	if (!challengeForm.test(said("code_challenge"))) return refused("invalid_request", "code_challenge is malformed.");
	if (said("state").length < 16) return refused("invalid_request", "state is too short to be hard to guess.");
	if (said("originator") === "") return refused("invalid_request", "originator is missing.");
	const request = {
		redirectUri: said("redirect_uri"),
		challenge: said("code_challenge"),
		state: said("state"),
	};
	return { kind: "ok", request };
}

const fixed: readonly (readonly [name: string, value: string])[] = [
	["response_type", "code"],
	["code_challenge_method", "S256"],
	["id_token_add_organizations", "true"],
	["codex_cli_simplified_flow", "true"],
];
