import { backendOperations } from "../formats/codex/backendRules.ts";
import { parseJson } from "../formats/probe.ts";
import { Untranslatable } from "../formats/translation.ts";
import type { KeyedNative } from "../pool/usable.ts";
import type { HeldReply } from "./attemptEnd.ts";
import type { ReplyHead } from "./clientReply.ts";
import { CollectedReply } from "./collectedReply.ts";
import { DirectPipe } from "./direct.ts";
import type { Exchange } from "./exchange.ts";
import { replyHeaders } from "./headers.ts";
import { nativeBody } from "./nativeBody.ts";
import { nativeHeaders } from "./nativeHeaders.ts";
import { type Expectations, NativeReply } from "./nativeReply.ts";
import { withoutSecret } from "./relayCall.ts";
import { rootOf } from "./relayRoot.ts";
import type { RoutedRequest, RoutedTo } from "./routedRequest.ts";
import { lostHeaders } from "./translatedHeaders.ts";
import { translateRefusal } from "./translatedRefusal.ts";
import type { Told, UpstreamCall } from "./upstreamCall.ts";

/**
 * The call of a ChatGPT account for a client that speaks its format: the client's own bytes, as far as the backend takes them.
 * The client's query does not go along: the backend knows none.
 * @throws Malformed, Untranslatable
 */
export function nativeCall(
	exchange: Exchange,
	routed: RoutedRequest,
	keyed: KeyedNative,
	routedTo: RoutedTo,
): UpstreamCall {
	const operation = backendOperations.get(routed.path);
	if (operation === undefined) throw new Untranslatable(`ChatGPT accounts have no ${routed.path}.`);
	const { body, dropped, streams, isKept } = nativeBody(routed.clear, { ...routedTo, keyed, operation });
	const isCollected = operation.streams && !streams;
	const expects = expectationsOf(exchange, isKept);
	const { origin, path } = rootOf(keyed);
	const accept = operation.streams ? "text/event-stream" : "application/json";
	const headers = nativeHeaders(exchange.request.rawHeaders, keyed, { accept, conversation: routedTo.conversation });
	return {
		origin,
		path: path + routed.path,
		// What is collected or filled is read: no compression is asked for.
		headers: isCollected || expects !== "none" ? headers : [...headers, ...acceptedEncodings(exchange)],
		body,
		needsEnd: operation.streams,
		dropped: [...lostHeaders(exchange), ...dropped],
		openPipe: (kind, ears) => {
			const pipe = isCollected
				? new CollectedReply(exchange, kind, routed.model, ears)
				: new DirectPipe(exchange, kind, ears.onFull);
			return new NativeReply(pipe, keyed.account, kind, kind.isEventStream ? expects : "none");
		},
		translateRefusal: isCollected ? (head, told) => refusalInJson(keyed, head, told) : null,
	};
}

/** Codex itself, by what it says of itself, takes the backend's stream as it is. */
function expectationsOf({ request: { headers } }: Exchange, isKept: boolean): Expectations {
	if (isKept) return "filledAndKept";
	const isCodex = headers["originator"] !== undefined || /^codex\b|^codex_/i.test(headers["user-agent"] ?? "");
	return isCodex ? "none" : "filled";
}

function acceptedEncodings({ request }: Exchange): readonly string[] {
	const accepted = request.headers["accept-encoding"];
	return typeof accepted === "string" ? ["accept-encoding", accepted] : [];
}

/** A refusal as it came, where it is JSON; what stood in a stream in the form that a client has for it who asked for none. */
function refusalInJson(keyed: KeyedNative, head: ReplyHead, told: Told): HeldReply {
	if (told.kind === "event" || head.status < 400 || parseJson(told.text) === undefined) {
		return translateRefusal("codex", keyed, head, told);
	}
	const body = Buffer.from(withoutSecret(told.text, keyed.apiKey));
	return { head: { ...head, headers: replyHeaders(head.headers, ["content-encoding"]) }, body: [body] };
}
