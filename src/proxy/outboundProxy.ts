/** A proxy on the way to relays. */
export interface OutboundProxy {
	readonly scheme: "http" | "https" | "socks5";
	/** IPv6 without brackets. */
	readonly hostname: string;
	readonly port: number;
	/** `host:port`, as people are told: never with user and password. */
	readonly name: string;
	/** Secret. What an http or https proxy is sent as `Proxy-Authorization`; null where it needs none. */
	readonly authorization: string | null;
	/** Secret. For a SOCKS proxy. */
	readonly login: { readonly user: string; readonly password: string } | null;
}

/** Every name that VS Code knows for SOCKS 5. Names are always looked up by the proxy, the only side that may know them. */
const schemes: Readonly<Record<string, { readonly scheme: OutboundProxy["scheme"]; readonly port: number }>> = {
	"http:": { scheme: "http", port: 80 },
	"https:": { scheme: "https", port: 443 },
	"socks:": { scheme: "socks5", port: 1080 },
	"socks5:": { scheme: "socks5", port: 1080 },
	"socks5h:": { scheme: "socks5", port: 1080 },
};

/** RFC 9110, section 5.5, without obs-text. */
const fieldValue = /^[\t\x20-\x7e]+$/;

/**
 * @param authorization sent in place of what the URL's user and password give; null for none.
 * @returns null for what is no URL of a proxy that can be used; SOCKS 4 is none.
 */
export function readProxyUrl(text: string, authorization: string | null): OutboundProxy | null {
	const url = URL.canParse(text) ? new URL(text) : null;
	const known = url === null ? undefined : schemes[url.protocol];
	if (url === null || known === undefined || url.hostname === "") return null;
	const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
	const port = url.port === "" ? known.port : Number(url.port);
	const user = decoded(url.username);
	const password = decoded(url.password);
	const given = authorization?.trim() ?? "";
	const own = url.username === "" ? null : `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
	return {
		scheme: known.scheme,
		hostname,
		port,
		name: `${url.hostname}:${port}`,
		authorization: fieldValue.test(given) ? given : own,
		login: url.username === "" ? null : { user, password },
	};
}

/** People put passwords into URLs as they are, a lone percent sign too. */
function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
