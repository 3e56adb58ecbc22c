import { endpoints } from "../formats/endpoints.ts";
import type { Format } from "./account.ts";

export type BaseUrlProblem =
	| { readonly code: "empty" }
	/** The suggestion is what was typed, with a scheme and without query and fragment. */
	| { readonly code: "noScheme"; readonly suggestion: string }
	| { readonly code: "notAUrl" }
	/** The scheme has no colon. */
	| { readonly code: "unsupportedScheme"; readonly scheme: string }
	| { readonly code: "userInfo" };

type BaseUrlResult =
	| {
			readonly ok: true;
			readonly baseUrl: string;
			/** http to a host that is not loopback. */
			readonly plainHttp: boolean;
	  }
	| { readonly ok: false; readonly problem: BaseUrlProblem };

/** URL parsers drop tabs and line breaks inside a URL, which would hide a second line that was pasted along. */
const whitespaceOrControl = /[\s\p{Cc}]/u;
const anyScheme = /^([a-z][a-z0-9+.-]*):/i;
/** `host:8080/v1` has the outer form of a scheme. */
const hostAndPort = /^[^/\\?#:@]+:\d+(?:[/\\?#]|$)/;
/** The names in use are far shorter; `sk-…:` is a key. */
const longestScheme = 12;
/** Names of top-level domains, or the last part of an address. */
const topLevel = /^(?:[a-z]{2,13}|xn--[a-z\d-]+|\d{1,3})$/i;
/** A host of the local network; keys are longer. */
const longestBareHost = 20;
/** WHATWG URL: after http(s) any number of slashes and backslashes leads to the authority. */
const webUrl = /^https?:[/\\]*([^/\\?#]*)/i;

/**
 * The stored form of a base URL as a person typed it: a bare host, `/v1`, a trailing slash and a full endpoint of the
 * format all give the same. Idempotent.
 */
export function normaliseBaseUrl(typed: string, format: Format): BaseUrlResult {
	const text = typed.trim();
	if (text === "") return refused({ code: "empty" });
	if (whitespaceOrControl.test(text)) return refused({ code: "notAUrl" });
	const authority = webUrl.exec(text)?.[1];
	if (authority === undefined) return refused(problemWithoutWebScheme(text));
	if (authority.includes("@")) return refused({ code: "userInfo" });
	const url = parsed(text);
	if (url === null) return refused({ code: "notAUrl" });
	// `host.example.` is the same host as `host.example`, fully qualified.
	const host = url.hostname.replace(/\.$/, "");
	if (host === "" || host.startsWith(".") || host.includes("..") || url.port === "0") {
		return refused({ code: "notAUrl" });
	}
	const port = url.port === "" ? "" : `:${url.port}`;
	return {
		ok: true,
		baseUrl: `${url.protocol}//${host}${port}${settledBasePath(url.pathname, format)}`,
		plainHttp: url.protocol === "http:" && !isLoopbackHost(host),
	};
}

/** @param hostname as the `hostname` of a URL gives it; IPv6 with or without brackets. */
export function isLoopbackHost(hostname: string): boolean {
	const host = hostname.toLowerCase().replace(/\.$/, "");
	return (
		host === "localhost" ||
		host.endsWith(".localhost") ||
		host === "[::1]" ||
		host === "::1" ||
		/^127(?:\.\d{1,3}){3}$/.test(host)
	);
}

/** An endpoint that was pasted twice takes more than one round; each round but the last shortens the path or adds its version. */
function settledBasePath(typedPath: string, format: Format): string {
	let path = typedPath;
	for (let round = 0; round <= typedPath.length + 1; round += 1) {
		const next = endpoints[format].basePath(path);
		if (next === path) break;
		path = next;
	}
	return path;
}

function problemWithoutWebScheme(text: string): BaseUrlProblem {
	const scheme = anyScheme.exec(text)?.[1];
	if (scheme !== undefined && text.startsWith("://", scheme.length)) return otherScheme(scheme);
	const rest = text.replace(/^\/\//, "").replace(/[?#].*$/, "");
	const authority = /^[^/\\]*/.exec(rest)?.[0] ?? "";
	if (authority.includes("@")) return { code: "userInfo" };
	if (scheme !== undefined && !hostAndPort.test(text)) return otherScheme(scheme);
	const url = authority === "" ? null : parsed(`https://${rest}`);
	if (url === null || !looksLikeHost(url.hostname)) return { code: "notAUrl" };
	return { code: "noScheme", suggestion: `${isLoopbackHost(url.hostname) ? "http" : "https"}://${rest}` };
}

function otherScheme(scheme: string): BaseUrlProblem {
	if (scheme.length > longestScheme) return { code: "notAUrl" };
	return { code: "unsupportedScheme", scheme: scheme.toLowerCase() };
}

/** A key that was pasted into the wrong field parses as a host too; it must not come back as a suggestion in a log. */
function looksLikeHost(hostname: string): boolean {
	if (hostname.startsWith("[")) return true;
	const labels = hostname.replace(/\.$/, "").split(".");
	return labels.length === 1 ? hostname.length < longestBareHost : topLevel.test(labels.at(-1) ?? "");
}

function parsed(text: string): URL | null {
	return URL.canParse(text) ? new URL(text) : null;
}

function refused(problem: BaseUrlProblem): BaseUrlResult {
	return { ok: false, problem };
}
