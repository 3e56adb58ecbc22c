import { type FieldReading, readAs, refuse } from "./fieldProblem.ts";

/** Never a proxy, whatever VS Code's settings say. */
export const noProxy = "direct";

const schemes: ReadonlySet<string> = new Set(["http:", "https:", "socks:", "socks5:", "socks5h:"]);

/**
 * An account's own proxy: a URL, or `direct`. Accounts are kept in a plain file, so user and password have no place in it.
 * @returns null: as VS Code connects.
 */
export function readOutboundProxy(value: unknown): FieldReading<string | null> {
	if (value === undefined || value === null) return readAs(null);
	if (typeof value !== "string") return refuse("outboundProxy", "proxyInvalid");
	const text = value.trim();
	if (text === "") return readAs(null);
	if (text.toLowerCase() === noProxy) return readAs(noProxy);
	if (text.includes("@")) return refuse("outboundProxy", "proxyUserInfo");
	const url = URL.canParse(text) ? new URL(text) : null;
	if (url === null || !schemes.has(url.protocol) || url.hostname === "" || url.port === "0" || hasMore(url)) {
		return refuse("outboundProxy", "proxyInvalid");
	}
	return readAs(`${url.protocol}//${url.host.toLowerCase()}`);
}

/** The proxy without user and password, which a file edited by hand may hold; there it need not even be a URL. */
export function withoutLogin(proxy: string | null): string | null {
	if (proxy === null) return null;
	const scheme = /^[a-z][\da-z+.-]*:\/\//i.exec(proxy)?.[0] ?? "";
	return scheme + proxy.slice(Math.max(scheme.length, proxy.lastIndexOf("@") + 1));
}

function hasMore({ pathname, search, hash }: URL): boolean {
	return (pathname !== "" && pathname !== "/") || search !== "" || hash !== "";
}
