import type { Dispatcher } from "undici";
import type { RelayFault } from "../bridge/relayReports.ts";
import { parseJson } from "../formats/probe.ts";
import type { KeyedNative } from "../pool/usable.ts";
import { identityHeaders } from "./nativeIdentity.ts";
import { networkFault } from "./networkError.ts";
import { errorText, withoutSecret } from "./relayCall.ts";
import { requestSmall, type SmallReply } from "./transport.ts";
import { isWebPage } from "./verdict.ts";

export type BackendAnswer =
	| {
			readonly kind: "reply";
			readonly url: string;
			/** Parsed JSON; undefined where it is none. */
			readonly body: unknown;
	  }
	| { readonly kind: "fault"; readonly fault: RelayFault };

/** Milliseconds for the whole exchange. */
const usualLimit = 15_000;
/** Bytes. Each model of the list has its instructions with it. */
const replyLimit = 16 * 1024 * 1024;

/**
 * Asks the backend for something small on the extension's own account. Never rejects.
 * @param path below the backend's base URL, with its query.
 */
export async function askBackend(
	transport: Dispatcher,
	keyed: KeyedNative,
	path: string,
	signal: AbortSignal,
	timeLimit = usualLimit,
): Promise<BackendAnswer> {
	const url = keyed.backend.baseUrl + path;
	const timeout = AbortSignal.timeout(timeLimit);
	const startedAt = performance.now();
	try {
		const reply = await requestSmall(transport, {
			url,
			method: "GET",
			headers: { ...Object.fromEntries(identityHeaders(keyed)), accept: "application/json" },
			limit: replyLimit,
			signal: AbortSignal.any([signal, timeout]),
		});
		const fault = faultOf(reply, url, keyed.apiKey);
		return fault === null ? { kind: "reply", url, body: parseJson(reply.body) } : { kind: "fault", fault };
	} catch (error) {
		if (signal.aborted) return { kind: "fault", fault: { kind: "cancelled" } };
		const seconds = (performance.now() - startedAt) / 1000;
		if (timeout.aborted) return { kind: "fault", fault: { kind: "timeout", url, seconds: timeLimit / 1000 } };
		return { kind: "fault", fault: networkFault(error, url, seconds) };
	}
}

/** A page first: a challenge comes with the status of a ban. */
function faultOf({ status, contentType, location, body }: SmallReply, url: string, token: string): RelayFault | null {
	if (status >= 300 && status < 400) return { kind: "redirect", url, status, location: withoutSecret(location, token) };
	if (isWebPage({ headers: ["content-type", contentType] }, body)) return { kind: "html", url, status };
	if (status < 300) return null;
	const message = errorText(body, token);
	if (status === 401 || status === 403) return { kind: "keyRefused", url, status, message };
	if (status === 404 || status === 405) return { kind: "wrongPath", url, status, message };
	return { kind: "status", url, status, message };
}
