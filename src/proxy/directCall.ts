import type { KeyedRelay } from "../pool/usable.ts";
import { DirectPipe } from "./direct.ts";
import type { Exchange } from "./exchange.ts";
import { withoutForeignSeals } from "./foreignSeals.ts";
import { requestHeaders } from "./headers.ts";
import { rootOf } from "./relayRoot.ts";
import type { RoutedRequest } from "./routedRequest.ts";
import { isMarkedTurnState, turnStateHeader } from "./turnState.ts";
import type { UpstreamCall } from "./upstreamCall.ts";

const nothing: readonly string[] = [];
const contentEncoding: readonly string[] = ["content-encoding"];

/** The call of an account that speaks the client's format: the client's own bytes, and the relay's own bytes back. */
export function directCall(
	exchange: Exchange,
	routed: RoutedRequest,
	relay: KeyedRelay,
	relayModel: string,
): UpstreamCall {
	const { format } = relay.account;
	const addressed = withoutForeignSeals(format, routed, relayModel, routed.forModel(relayModel));
	const { origin, path } = rootOf(relay);
	return {
		origin,
		path: path + addressed.path + exchange.query,
		headers: requestHeaders(exchange.request.rawHeaders, relay, leftOut(exchange, addressed.decoded)),
		body: addressed.body,
		needsEnd: endsByRule(addressed.path),
		dropped: nothing,
		openPipe: (kind, { onFull }) => new DirectPipe(exchange, kind, onFull),
		translateRefusal: null,
	};
}

/** @param decoded the body goes in clear, however it came. */
function leftOut({ request }: Exchange, decoded: boolean): readonly string[] {
	const state = request.headers[turnStateHeader];
	const isForeign = typeof state === "string" && isMarkedTurnState(state);
	if (!isForeign) return decoded ? contentEncoding : nothing;
	return decoded ? [turnStateHeader, ...contentEncoding] : [turnStateHeader];
}

/** Whether the operation's streams end as the format says. Of Gemini's verbs only one is known to. */
function endsByRule(path: string): boolean {
	return !path.includes("/models/") || path.endsWith(":streamGenerateContent");
}
