import type { Format } from "../accounts/account.ts";
import type { Problem } from "../formats/problem.ts";
import type { AccountPool, Choice, Lease, PoolRequest } from "../pool/accountPool.ts";
import { answerHeld, answerProblem } from "./answer.ts";
import { type AttemptParts, attempt } from "./attempt.ts";
import type { AttemptEnd } from "./attemptEnd.ts";
import type { Exchange } from "./exchange.ts";
import { Leaving } from "./leaving.ts";
import { nobodyProblem } from "./nobody.ts";
import { decodedBody, readBody } from "./requestBody.ts";
import { type ReceivedBody, type RoutedRequest, routeRequest } from "./routedRequest.ts";

/** What answering a request needs. */
export interface DispatchParts extends AttemptParts {
	readonly pool: AccountPool;
	/** Bytes. */
	readonly bodyLimit: () => number;
	/** Calls for one request. */
	readonly maxAttempts: () => number;
	/** Names that accounts of the format are known to have. */
	readonly knownModels: (format: Format) => readonly string[];
}

type Failed = AttemptEnd & { readonly kind: "failed" };

/**
 * Answers one request: reads it once, finds its model, and calls accounts one after the other until one answers.
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
	const { model, named } = parts.pool.resolve(routed.model);
	const conversation = routed.conversation(exchange.request.headers);
	const request: PoolRequest = { format, model, named, conversation, probe: routed.probe };
	await answerFromPool(parts, exchange, routed, request);
}

async function receiveBody({ request, format }: Exchange, limit: number): Promise<ReceivedBody | Problem | "gone"> {
	const read = await readBody(request, limit);
	if (read.kind !== "body") return read.kind === "gone" ? "gone" : read.problem;
	const clear = await decodedBody(read.bytes, request.headers["content-encoding"], limit);
	if (clear.kind === "body") return { bytes: read.bytes, clear: clear.bytes };
	// Gemini's model is in the path: its body can go on without being read.
	if (format === "gemini") return { bytes: read.bytes, clear: read.bytes };
	return clear.kind === "gone" ? "gone" : clear.problem;
}

async function answerFromPool(
	parts: DispatchParts,
	exchange: Exchange,
	routed: RoutedRequest,
	request: PoolRequest,
): Promise<void> {
	const leaving = new Leaving(exchange.response);
	const tried = new Set<string>();
	let last: Failed | null = null;
	while (exchange.attempts < parts.maxAttempts()) {
		const choice = await leaseFor(parts, exchange, request, tried, last, leaving);
		if (choice.kind !== "lease") {
			if (choice.kind === "left" || last !== null) break;
			const known = { models: parts.knownModels(request.format), live: parts.pool.live(), now: Date.now() };
			return answerProblem(exchange, nobodyProblem(choice, request, known));
		}
		const { lease } = choice;
		if (leaving.isGone) {
			lease.end({ kind: "aborted" });
			return;
		}
		tried.add(lease.relay.account.id);
		let end: AttemptEnd;
		try {
			end = await attempt(parts, exchange, routed, request.model, lease);
		} catch (error) {
			lease.end({ kind: "aborted" });
			throw error;
		}
		if (end.kind !== "failed") return;
		last = end;
	}
	if (last !== null && !leaving.isGone) answerFailure(exchange, last);
}

async function leaseFor(
	parts: DispatchParts,
	exchange: Exchange,
	request: PoolRequest,
	tried: ReadonlySet<string>,
	last: Failed | null,
	leaving: Leaving,
): Promise<Choice> {
	const choice = parts.pool.acquire(request, tried, leaving.signal);
	const settled = choice instanceof Promise ? await choice : choice;
	if (settled.kind !== "exhausted" || last === null) return settled;
	const lease = await onlyOneAgain(parts, exchange, request, last, leaving);
	return lease === null ? settled : { kind: "lease", lease };
}

/** Where the one account there is may be well again in a moment, it is called once more. */
async function onlyOneAgain(
	{ pool, timing }: DispatchParts,
	exchange: Exchange,
	request: PoolRequest,
	{ failure }: Failed,
	leaving: Leaving,
): Promise<Lease | null> {
	const { account } = exchange;
	if (failure.kind !== "failing" || exchange.attempts !== 1 || account === null) return null;
	await leaving.pause(timing.secondCall);
	return leaving.isGone ? null : pool.again(request, account.id);
}

/** The last error: as the relay said it, where it can be handed on. */
function answerFailure(exchange: Exchange, { failure, held }: Failed): void {
	const label = exchange.account?.label ?? "";
	const message = `The account “${label}” could not answer. ${failure.detail}`;
	exchange.error = message;
	if (held !== null) answerHeld(exchange, held.head, held.body);
	else answerProblem(exchange, { kind: "upstreamFailed", message });
}
