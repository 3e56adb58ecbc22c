import type { Answer } from "./authRequest.ts";
import type { AuthFailure } from "./login.ts";
import { plainWords } from "./redaction.ts";

/** This grant is used up. The auth server has its own codes beside those of RFC 6749. */
const spentCodes: ReadonlySet<string> = new Set([
	...["invalid_grant", "invalid_token", "invalid_refresh_token", "token_expired", "token_revoked", "token_invalidated"],
	...["refresh_token_reused", "refresh_token_expired", "refresh_token_invalidated", "refresh_token_revoked"],
	...["app_session_terminated", "session_terminated", "session_expired", "expired_token"],
]);
const spentWords =
	/token (?:has |was )?(?:already )?(?:been )?(?:used|revoked|expired|invalidated)\b|session has (?:ended|expired)/i;
/** Of RFC 6749 and 8628: the request is refused, the grant is as good as it was. */
const refusedCodes: ReadonlySet<string> = new Set([
	...["access_denied", "authorization_pending", "slow_down"],
	...["invalid_client", "unauthorized_client", "invalid_request", "invalid_scope", "unsupported_grant_type"],
]);
/** 408 and 425 ask for another try; 404 and 405 come from a server that is not the one meant, or not yet up. */
const passingStatuses: ReadonlySet<number> = new Set([404, 405, 408, 425, 429]);

/** What an answer without tokens means. @param secrets that were sent, and must not be quoted. */
export function refusalOf(answer: Answer, secrets: readonly string[]): AuthFailure {
	const { status, seconds, json, isWebPage } = answer;
	const { code, description } = errorIn(json ?? {}, secrets);
	const unavailable = (detail: string): AuthFailure => ({ kind: "unavailable", status, seconds, detail });
	if (status === 0 || (status >= 300 && status < 400)) return unavailable("It sends the request elsewhere.");
	if (json === null) return unavailable(isWebPage ? "It answers with a web page." : "Its answer cannot be read.");
	const said = description || code;
	if (status >= 500 || passingStatuses.has(status)) return unavailable(said);
	if (/deactivated/i.test(`${code} ${description}`)) return { kind: "deactivated", description };
	if (spentCodes.has(code)) return { kind: "spent", code, description };
	if (refusedCodes.has(code)) return { kind: "denied", code, description };
	// A token endpoint that says 401 does not know the token; of its codes there are more than anybody has listed.
	const isSpent = spentWords.test(description) || (status === 401 && said !== "");
	if (isSpent) return { kind: "spent", code, description };
	// 403 is said of where a request comes from, its country for one: there the grant will be as good as before.
	if (code !== "" && status !== 403) return { kind: "denied", code, description };
	return unavailable(said || "Its answer lacks what was asked for.");
}

/** `{"error":"code","error_description":"…"}` of RFC 6749, and `{"error":{"code","message","type"}}`. */
function errorIn(json: Readonly<Record<string, unknown>>, secrets: readonly string[]) {
	const words = (value: unknown) => (typeof value === "string" ? plainWords(value, secrets) : "");
	const error = json["error"];
	const inner = typeof error === "object" && error !== null ? Object.fromEntries(Object.entries(error)) : {};
	// Some write a sentence where a code belongs.
	const names = [inner["code"], error, json["code"], inner["type"]].map(words);
	const code = names.find((name) => /^[\w.-]{1,64}$/.test(name)) ?? "";
	const texts = [inner["message"], json["error_description"], json["message"], json["detail"], error].map(words);
	return { code, description: texts.find((text) => text !== "" && text !== code) ?? "" };
}
