import { isLoopbackHost } from "../accounts/baseUrl.ts";
import type { Outbound } from "../bridge/protocol.ts";
import { type OutboundProxy, readProxyUrl } from "./outboundProxy.ts";

/** Who named a proxy. */
export type ProxySource = "account" | "http.proxy" | "environment";

/** The way to a relay. */
export type Way =
	/** Undecided: nothing that can be read here names a proxy, but VS Code itself may know one. */
	| { readonly kind: "direct"; readonly undecided: boolean }
	/** Undecided: should it want a login that it was not given, VS Code may have one. */
	| {
			readonly kind: "proxy";
			readonly proxy: OutboundProxy;
			readonly source: ProxySource;
			readonly undecided: boolean;
	  }
	/** What should be a proxy is none that can be used. To go past it would be against somebody's wish. */
	| { readonly kind: "unusable"; readonly source: ProxySource };

export type Environment = Readonly<Record<string, string | undefined>>;

/** VS Code's extension host asks these in this order, whatever the URL's scheme; the last two are other programs' custom. */
const proxyVariables = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
const noProxyVariables = ["no_proxy", "NO_PROXY"];

const direct: Way = { kind: "direct", undecided: false };

/**
 * The way to an origin, as VS Code's extension host would choose it, except that an account's own proxy goes before all.
 * @param own the account's: a proxy's URL, `direct` for none at all, null to do as VS Code does.
 */
export function wayTo(origin: string, own: string | null, outbound: Outbound, environment: Environment): Way {
	const url = new URL(origin);
	// A proxy's own localhost is another machine.
	if (isLoopbackHost(url.hostname)) return direct;
	const wanted = own?.trim() ?? "";
	if (wanted === "direct") return direct;
	// `http.proxyAuthorization` is for the proxy of the settings: another one must not learn it.
	if (wanted !== "") return through(wanted, { authorization: null, source: "account", undecided: false });
	if (outbound.proxySupport === "off" || isExempt(url, outbound.noProxy, environment)) return direct;
	const { proxyAuthorization: authorization, hostMayKnowWay: undecided } = outbound;
	const setting = outbound.proxy.trim();
	if (setting !== "") return through(setting, { authorization, source: "http.proxy", undecided });
	const variable = firstSet(environment, proxyVariables).trim();
	if (variable !== "") return through(withScheme(variable), { authorization, source: "environment", undecided });
	return { kind: "direct", undecided };
}

interface Named {
	readonly authorization: string | null;
	readonly source: ProxySource;
	readonly undecided: boolean;
}

function through(text: string, { authorization, source, undecided }: Named): Way {
	const proxy = readProxyUrl(text, authorization);
	return proxy === null ? { kind: "unusable", source } : { kind: "proxy", proxy, source, undecided };
}

/** As VS Code: the setting, where it has entries, stands in for the variable. */
function isExempt(url: URL, setting: readonly string[], environment: Environment): boolean {
	const entries = (setting.length > 0 ? setting : firstSet(environment, noProxyVariables).split(",")).map((entry) =>
		entry.trim().toLowerCase(),
	);
	if (entries.includes("*")) return true;
	const host = `.${url.hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "")}`;
	const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
	return entries.some((entry) => {
		const { name, port: only } = splitEntry(entry);
		if (name === "" || (only !== "" && only !== port)) return false;
		return host.endsWith(name.startsWith(".") ? name : `.${name}`);
	});
}

/** `example.com`, `.example.com`, `example.com:8443`, `::1`, `[::1]:8443`. */
function splitEntry(entry: string): { readonly name: string; readonly port: string } {
	const [, inBrackets, after = ""] = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry) ?? [];
	if (inBrackets !== undefined) return { name: inBrackets, port: after };
	const parts = entry.split(":");
	return parts.length > 2 ? { name: entry, port: "" } : { name: parts[0] ?? "", port: parts[1] ?? "" };
}

function firstSet(environment: Environment, names: readonly string[]): string {
	for (const name of names) {
		const value = environment[name];
		if (value) return value;
	}
	return "";
}

/** Other programs take `proxy.example:3128` from a variable, so it is written so. */
function withScheme(text: string): string {
	return text.includes("://") ? text : `http://${text}`;
}
