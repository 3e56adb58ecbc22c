import type { Dispatcher } from "undici";
import { flatHeaders } from "./flatHeaders.ts";
import { OutboundProxyError } from "./outboundError.ts";
import type { OutboundProxy } from "./outboundProxy.ts";
import { PassingHandler } from "./passingHandler.ts";

/**
 * Requests for plain http relays go to an http proxy whole (RFC 9112, section 3.2.2), as VS Code sends them: most proxies
 * open tunnels for https alone.
 */
export function forwarding(proxy: OutboundProxy): Dispatcher.DispatcherComposeInterceptor {
	return (dispatch) => (options, handler) => {
		const { origin, host } = new URL(String(options.origin));
		const headers = [...flatHeaders(options.headers), "host", host];
		if (proxy.authorization !== null) headers.push("proxy-authorization", proxy.authorization);
		return dispatch({ ...options, path: origin + options.path, headers }, new ForwardedReply(handler, proxy));
	};
}

/** A 407 comes from the proxy and not from the relay. */
class ForwardedReply extends PassingHandler {
	readonly #proxy: OutboundProxy;

	constructor(next: Dispatcher.DispatchHandler, proxy: OutboundProxy) {
		super(next);
		this.#proxy = proxy;
	}

	override onResponseStart(...given: Parameters<PassingHandler["onResponseStart"]>): void {
		const [controller, status] = given;
		if (status === 407) controller.abort(OutboundProxyError.passwordAsked(this.#proxy.name, String(status)));
		else super.onResponseStart(...given);
	}
}
