import type { Format } from "../accounts/account.ts";
import type { Problem } from "../formats/problem.ts";
import type { PoolRequest } from "../pool/accountPool.ts";
import { answerProblem } from "./answer.ts";
import { ClientSide } from "./clientSide.ts";
import type { Exchange } from "./exchange.ts";
import { Journey, type JourneyParts } from "./journey.ts";
import { operationOf, takersOf } from "./operations.ts";
import { decodedBody, readBody } from "./requestBody.ts";
import { type ReceivedBody, routeRequest } from "./routedRequest.ts";

/** What answering a request needs. */
export interface DispatchParts extends JourneyParts {
	/** Bytes. */
	readonly bodyLimit: () => number;
}

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
	const operation = operationOf(format, operationPath);
	const takers = takersOf(operation, format);
	const request: PoolRequest = { format, takers, model, named, conversation, probe: routed.probe };
	const client = new ClientSide(format, exchange.query, routed);
	const tried = { routed, client, operation, conversation, isUnsealed: false };
	await new Journey(parts, exchange, tried, request).go();
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
