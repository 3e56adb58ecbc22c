import type { AuthFailure } from "./login.ts";

/** Error inside error: undici, VS Code and Node each wrap once. */
const deepest = 8;
/** Failures of a look-up, of a connection, and of a certificate: nothing of the request had been sent. */
const beforeSending: ReadonlySet<string> = new Set([
	...["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME", "ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT"],
	...["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "HOSTNAME_MISMATCH", "INVALID_CA"],
	...["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_UNSUPPORTED_PROTOCOL"],
	// Chromium's, where VS Code lends extensions its fetch.
	...["ERR_NAME_NOT_RESOLVED", "ERR_CONNECTION_REFUSED", "ERR_INTERNET_DISCONNECTED", "ERR_ADDRESS_UNREACHABLE"],
	...["ERR_CONNECTION_TIMED_OUT", "ERR_PROXY_CONNECTION_FAILED", "ERR_TUNNEL_CONNECTION_FAILED"],
	// The library's own: it has not called fetch.
	...["OAUTH_HTTP_REQUEST_FORBIDDEN", "OAUTH_REQUEST_PROTOCOL_FORBIDDEN", "ERR_INVALID_URL"],
]);
const certificateCode =
	/^(?:ERR_TLS_CERT_|(?:ERR_)?CERT_|UNABLE_TO_|ERR_SSL_.*(?:HANDSHAKE_FAILURE|PROTOCOL_VERSION)$)/;

interface Cause {
	readonly code: string;
	/** `connect`: there was no connection yet. */
	readonly syscall: string;
}

/**
 * Why a request got no answer. That it was certainly not sent is said only where every address that was tried failed before
 * that: a single-use token that may have arrived must not be sent again in haste.
 */
export function networkFailure(error: unknown, host: string): AuthFailure {
	const causes = causesOf(error, deepest);
	const code = causes[0]?.code ?? "UNKNOWN";
	const notSent = causes.length > 0 && causes.every(isBeforeSending);
	return { kind: notSent ? "notSent" : "brokenOff", host, code };
}

function isBeforeSending({ code, syscall }: Cause): boolean {
	return syscall === "connect" || beforeSending.has(code) || certificateCode.test(code);
}

function causesOf(error: unknown, depth: number): readonly Cause[] {
	if (!(error instanceof Error) || depth === 0) return [];
	if (error instanceof AggregateError && error.errors.length > 0) {
		return error.errors.flatMap((inner) => {
			const causes = causesOf(inner, depth - 1);
			return causes.length > 0 ? causes : [{ code: "UNKNOWN", syscall: "" }];
		});
	}
	const code = codeOf(error);
	if (code !== null) return [{ code, syscall: "syscall" in error ? String(error.syscall) : "" }];
	return causesOf(error.cause, depth - 1);
}

/** Only what looks like one: the text of an error may quote a proxy with its password. */
function codeOf(error: Error): string | null {
	if ("code" in error && typeof error.code === "string" && /^[A-Z][A-Z\d_]{1,63}$/.test(error.code)) return error.code;
	return /\bnet::(ERR_[A-Z\d_]{1,60})/.exec(error.message)?.[1] ?? null;
}
