import type { ProxyTrouble } from "../bridge/relayReports.ts";
import type { ProxySource } from "./outboundWay.ts";

/** It was the proxy on the way, and not the relay. Its texts name the proxy by host and port alone. */
export class OutboundProxyError extends Error {
	readonly code: string;
	readonly trouble: ProxyTrouble;
	/** `host:port`, or where an unusable one is set. */
	readonly proxy: string;
	/** A status, a network code or a SOCKS reply. */
	readonly reason: string;

	private constructor(trouble: ProxyTrouble, proxy: string, reason: string, message: string, cause?: unknown) {
		super(message, cause === undefined ? undefined : { cause });
		this.name = "OutboundProxyError";
		// Not one of undici's own: it takes UND_ERR_SOCKET and UND_ERR_INFO for a reason to try for ever.
		this.code = codes[trouble];
		this.trouble = trouble;
		this.proxy = proxy;
		this.reason = reason;
	}

	static unreachable(proxy: string, reason: string, cause?: unknown): OutboundProxyError {
		const message = `The proxy ${proxy} could not be reached (${reason}).`;
		return new OutboundProxyError("unreachable", proxy, reason, message, cause);
	}

	static passwordAsked(proxy: string, reason: string): OutboundProxyError {
		const message = `The proxy ${proxy} wants another user name and password (${reason}).`;
		return new OutboundProxyError("passwordAsked", proxy, reason, message);
	}

	static refused(proxy: string, reason: string, target: string): OutboundProxyError {
		const message = `The proxy ${proxy} made no connection to ${target} (${reason}).`;
		return new OutboundProxyError("refused", proxy, reason, message);
	}

	static unusable(source: ProxySource): OutboundProxyError {
		const place = places[source];
		const message = `The proxy set in ${place} cannot be used: it has to be an http, https or socks5 URL.`;
		return new OutboundProxyError("unusable", place, "", message);
	}
}

const codes = {
	unreachable: "OUTBOUND_PROXY_UNREACHABLE",
	passwordAsked: "OUTBOUND_PROXY_AUTHENTICATION",
	refused: "OUTBOUND_PROXY_REFUSED",
	unusable: "OUTBOUND_PROXY_UNUSABLE",
} as const satisfies Record<ProxyTrouble, string>;

const places = {
	account: "the account",
	"http.proxy": "http.proxy",
	environment: "the environment",
} as const satisfies Record<ProxySource, string>;
