import { isRecord } from "../accounts/fieldProblem.ts";
import type { Login } from "./login.ts";

/** What a header can carry, and no more than any token needs. */
const tokenPattern = /^[\x21-\x7e]{1,65536}$/;

/** Whether a text can be sent as a token. */
export function isToken(value: unknown): value is string {
	return typeof value === "string" && tokenPattern.test(value);
}

/** The entry of SecretStorage for a login. */
export function loginText({ accessToken, refreshToken, expiresAt, issuer, backend, renewedAt }: Login): string {
	return JSON.stringify({ accessToken, refreshToken, expiresAt, issuer, backend, renewedAt });
}

/**
 * @returns null for what is no login, or one that could be neither sent nor renewed. A parser's message would quote the
 * tokens: nothing of it is passed on.
 */
export function readLogin(text: string | undefined): Login | null {
	if (text === undefined) return null;
	try {
		const value: unknown = JSON.parse(text);
		return isRecord(value) ? loginIn(value) : null;
	} catch {
		return null;
	}
}

function loginIn(value: Readonly<Record<string, unknown>>): Login | null {
	const accessToken = isToken(value["accessToken"]) ? value["accessToken"] : "";
	const refreshToken = isToken(value["refreshToken"]) ? value["refreshToken"] : null;
	const issuer = originIn(value["issuer"]);
	const backend = originIn(value["backend"]);
	if ((accessToken === "" && refreshToken === null) || issuer === null || backend === null) return null;
	return {
		accessToken,
		refreshToken,
		expiresAt: momentIn(value["expiresAt"]),
		issuer,
		backend,
		renewedAt: momentIn(value["renewedAt"]),
	};
}

function momentIn(value: unknown): number | null {
	return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function originIn(value: unknown): string | null {
	const url = typeof value === "string" ? URL.parse(value) : null;
	return url === null || url.origin === "null" ? null : url.origin;
}
