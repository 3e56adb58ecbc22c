import type { RelayFault } from "../bridge/relayReports.ts";
import { OutboundProxyError } from "./outboundError.ts";

/** A relay has sent nothing for as long as it may. */
export class SilentRelay extends Error {
	readonly code = "RELAY_SILENT";

	/** @param milliseconds the limit. */
	constructor(milliseconds: number) {
		super(`sent nothing for ${milliseconds / 1000} s`);
	}
}

/** Node's, OpenSSL's or undici's code of a failed connection, also of the first of several addresses tried. */
export function codeOf(error: unknown): string {
	if (error instanceof AggregateError && !("code" in error && error.code)) return codeOf(error.errors[0]);
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	if (typeof code === "string" && code !== "") return code;
	// undici leaves some of its parser's errors without a code.
	if (error instanceof Error && error.name === "HTTPParserError") return "HPE_INVALID";
	return error instanceof Error && error.cause !== undefined ? codeOf(error.cause) : "UNKNOWN";
}

const dnsCodes: ReadonlySet<string> = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME"]);
const timeoutCodes: ReadonlySet<string> = new Set(["UND_ERR_CONNECT_TIMEOUT", "ETIMEDOUT"]);
const tlsCode = /^(?:ERR_TLS_|ERR_SSL_|CERT_|EPROTO$|.*(?:SELF_SIGNED|UNABLE_TO_|ISSUER|CRL_|SIGNATURE))/;

/** What a failed connection means, in the terms of a relay test. */
export function networkFault(error: unknown, url: string, secondsTaken: number): RelayFault {
	if (error instanceof OutboundProxyError) {
		return { kind: "outboundProxy", trouble: error.trouble, proxy: error.proxy, reason: error.reason };
	}
	const code = codeOf(error);
	const { host, hostname } = new URL(url);
	if (dnsCodes.has(code)) return { kind: "dns", host: hostname };
	if (code === "ECONNREFUSED") return { kind: "refused", host };
	if (tlsCode.test(code)) return { kind: "tls", host, code };
	if (timeoutCodes.has(code)) return { kind: "timeout", url, seconds: Math.round(secondsTaken) };
	return { kind: "network", url, code };
}

/** The same in one line, for the log and for the client. Names the host, never the URL's path or query. */
export function networkErrorText(error: unknown, host: string): string {
	if (error instanceof OutboundProxyError) return error.message;
	const code = codeOf(error);
	if (error instanceof SilentRelay) return `${host} ${error.message}.`;
	if (dnsCodes.has(code)) return `The host name ${host} is not known (${code}).`;
	if (code === "ECONNREFUSED") return `${host} refuses the connection.`;
	if (tlsCode.test(code)) return `The secure connection to ${host} failed (${code}).`;
	if (timeoutCodes.has(code)) return `${host} did not accept the connection in time.`;
	if (/^HPE_|^ERR_(?:ASSERTION|INVALID_CHAR|HTTP_)|_INVALID_|_MISMATCH$/.test(code)) {
		return `${host} sent a reply that is no valid HTTP (${code}).`;
	}
	return `The connection to ${host} broke (${code}).`;
}
