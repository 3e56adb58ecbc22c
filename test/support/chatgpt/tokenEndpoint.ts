import type { DeviceBook } from "./deviceBook.ts";
import { type AuthReply, jsonReply } from "./exchangeFate.ts";
import { type AuthLogin, isRefusal, type LoginBook, type Refusal } from "./loginBook.ts";
import type { TokenMint } from "./tokenMint.ts";

export interface TokenEndpoint {
	readonly logins: LoginBook;
	readonly devices: DeviceBook;
	readonly mint: TokenMint;
	readonly clientId: string;
	/** Seconds that the next access token is good for. */
	readonly lifeOf: (login: AuthLogin) => number;
}

export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

/** How a refusal is written: as OAuth has it, or as the maker writes all errors. */
type Shape = "oauth" | "maker";

type Granted = { readonly result: AuthLogin | Refusal; readonly shape: Shape };

/** What each grant needs beside the client's id, and what it gives. */
const grants: Readonly<
	Record<
		string,
		{
			readonly needs: readonly string[];
			readonly grant: (form: URLSearchParams, endpoint: TokenEndpoint) => Granted;
		}
	>
> = {
	authorization_code: {
		needs: ["code", "redirect_uri", "code_verifier"],
		grant: (form, { logins }) => ({
			result: logins.redeem(said(form, "code"), said(form, "code_verifier"), said(form, "redirect_uri")),
			shape: "oauth",
		}),
	},
	refresh_token: {
		needs: ["refresh_token"],
		grant: (form, { logins }) => ({ result: logins.renew(said(form, "refresh_token")), shape: "maker" }),
	},
	[deviceGrant]: {
		needs: ["device_code"],
		grant: (form, { logins, devices }) => {
			const poll = devices.poll(said(form, "device_code"));
			if (poll.kind !== "approved") {
				return { result: { status: 400, code: poll.kind, message: deviceTexts[poll.kind] }, shape: "oauth" };
			}
			return { result: logins.begin(poll.person), shape: "oauth" };
		},
	},
};

const deviceTexts = {
	authorization_pending: "The person has not decided yet.",
	slow_down: "Ask less often.",
	access_denied: "The person said no.",
	expired_token: "The code has expired.",
	invalid_grant: "The code is not known, or was used.",
} as const;

/** Uses the grant of a request and answers. */
export async function exchange(
	form: URLSearchParams,
	contentType: string,
	endpoint: TokenEndpoint,
): Promise<AuthReply> {
	if (!/^application\/x-www-form-urlencoded\b/.test(contentType)) return malformed("A form is expected here.");
	if (said(form, "client_id") !== endpoint.clientId) {
		return jsonReply(401, { error: "invalid_client", error_description: "The client is not known." });
	}
	const known = grants[said(form, "grant_type")];
	if (known === undefined) {
		const error_description = `The grant_type ${said(form, "grant_type")} is not known.`;
		return jsonReply(400, { error: "unsupported_grant_type", error_description });
	}
	const missing = known.needs.find((name) => said(form, name) === "");
	if (missing !== undefined) return malformed(`${missing} is missing.`);
	const { result, shape } = known.grant(form, endpoint);
	return isRefusal(result) ? refusalReply(result, shape) : jsonReply(200, await tokensOf(result, endpoint));
}

/** What tells of a login, as the token endpoint answers. */
export async function tokensOf(login: AuthLogin, { mint, lifeOf }: Pick<TokenEndpoint, "mint" | "lifeOf">) {
	const seconds = lifeOf(login);
	return {
		access_token: await mint.accessToken(login.person, login.id, seconds),
		refresh_token: login.refreshToken,
		id_token: await mint.idToken(login.person, 3600),
		expires_in: seconds,
		scope: "openid profile email offline_access",
		token_type: "bearer",
	};
}

function refusalReply({ status, code, message }: Refusal, shape: Shape): AuthReply {
	if (shape === "oauth") return jsonReply(status, { error: code, error_description: message });
	return jsonReply(status, { error: { message, type: "invalid_request_error", param: null, code } });
}

function malformed(message: string): AuthReply {
	return jsonReply(400, { error: "invalid_request", error_description: message });
}

function said(form: URLSearchParams, name: string): string {
	return form.get(name) ?? "";
}
