import type { Dispatcher } from "undici";
import type { Format } from "../accounts/account.ts";
import { endpoints, upstreamUrl } from "../formats/endpoints.ts";
import type { Problem } from "../formats/problem.ts";
import type { AccountPool } from "../pool/accountPool.ts";
import type { KeyedRelay } from "../pool/usable.ts";
import { answerProblem } from "./answer.ts";
import { type DirectOutcome, pipeDirect } from "./direct.ts";
import type { Exchange } from "./exchange.ts";
import { requestHeaders } from "./headers.ts";
import { networkErrorText } from "./networkError.ts";
import { nobodyProblem } from "./nobody.ts";
import { decodedBody, readBody } from "./requestBody.ts";
import { type ReceivedBody, type RoutedRequest, routeRequest } from "./routedRequest.ts";

/** What answering a request needs. */
export interface DispatchParts {
	readonly transport: Dispatcher;
	readonly pool: AccountPool;
	/** Bytes. */
	readonly bodyLimit: () => number;
	/** Names that accounts of the format are known to have. */
	readonly knownModels: (format: Format) => readonly string[];
}

/**
 * Answers one request: reads it once, finds its model, picks an account of the same format, and passes the reply through.
 * @param operationPath below the format's prefix, as the client wrote it.
 */
export async function dispatch(
	parts: DispatchParts,
	exchange: Exchange,
	format: Format,
	operationPath: string,
): Promise<void> {
	exchange.format = format;
	const body = await receiveBody(exchange, parts.bodyLimit());
	if (body === "gone") return;
	if ("kind" in body) return answerProblem(exchange, body);
	const routed = routeRequest(format, operationPath, body);
	if ("kind" in routed) return answerProblem(exchange, routed);
	exchange.model = routed.model;
	const choice = parts.pool.choose(format, routed.model);
	if (choice.kind !== "lease") {
		return answerProblem(exchange, nobodyProblem(choice, format, routed.model, parts.knownModels(format)));
	}
	const { lease } = choice;
	try {
		await attempt(parts.transport, exchange, routed, lease.relay);
	} finally {
		lease.end();
	}
}

async function receiveBody({ request, format }: Exchange, limit: number): Promise<ReceivedBody | Problem | "gone"> {
	const read = await readBody(request, limit);
	if (read.kind !== "body") return read.kind === "gone" ? "gone" : read.problem;
	// Gemini's model is in the path: the body is never looked into.
	if (format === "gemini") return { bytes: read.bytes, clear: read.bytes };
	const clear = await decodedBody(read.bytes, request.headers["content-encoding"], limit);
	if (clear.kind !== "body") return clear.kind === "gone" ? "gone" : clear.problem;
	return { bytes: read.bytes, clear: clear.bytes };
}

/** One try of a request on one account. */
function attempt(transport: Dispatcher, exchange: Exchange, routed: RoutedRequest, relay: KeyedRelay): Promise<void> {
	const { account } = relay;
	exchange.account = { id: account.id, label: account.label };
	exchange.attempts += 1;
	const addressed = routed.forModel(ownEntry(account.modelMap, routed.model) ?? routed.model);
	const url = upstreamUrl(account.format, account.baseUrl, addressed.path);
	const { origin } = new URL(url);
	return pipeDirect(
		transport,
		{
			origin,
			path: url.slice(origin.length) + exchange.query,
			headers: requestHeaders(exchange.request.rawHeaders, relay, addressed.decoded ? ["content-encoding"] : []),
			body: addressed.body,
		},
		exchange,
		(outcome) => conclude(exchange, relay, outcome),
	);
}

/** Tells client and log how the attempt ended, where the reply itself does not. */
function conclude(exchange: Exchange, { account }: KeyedRelay, outcome: DirectOutcome): void {
	const { host } = new URL(account.baseUrl);
	switch (outcome.kind) {
		case "replied":
			if (outcome.status >= 400) exchange.error = `${endpoints[account.format].name} relay answered ${outcome.status}`;
			return;
		case "failed": {
			const message = `The account “${account.label}” could not answer. ${networkErrorText(outcome.error, host)}`;
			answerProblem(exchange, { kind: "upstreamFailed", message });
			return;
		}
		case "html": {
			const message = `The account “${account.label}” could not answer. ${host} sent a web page (status ${outcome.status}).`;
			answerProblem(exchange, { kind: "upstreamFailed", message });
			return;
		}
		case "redirect": {
			const message =
				`The account “${account.label}” could not answer. ${host} redirects to another address (status ${outcome.status}), ` +
				"and a key is never sent along a redirect. Test the account in VS Code to see where it leads.";
			answerProblem(exchange, { kind: "upstreamFailed", message });
			return;
		}
		case "cut":
			exchange.error = `The reply broke off. ${networkErrorText(outcome.error, host)}`;
			return;
		case "clientGone":
			return;
	}
}

/** A model may be named `constructor`. */
function ownEntry(map: Readonly<Record<string, string>>, name: string): string | undefined {
	return Object.hasOwn(map, name) ? map[name] : undefined;
}
