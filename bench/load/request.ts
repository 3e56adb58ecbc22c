import { modelFor, type Order } from "../wire/models.ts";
import { streamPaths } from "../wire/paths.ts";
import { clientRequests } from "./clientRequests.ts";
import type { Via } from "./jobs.ts";

/** A request as an SDK sends it, ready for the socket. */
export interface ReadyRequest {
	/** As the upstream knows it. */
	readonly model: string;
	readonly bytes: Buffer;
	/** Of the body within it. */
	readonly body: Buffer;
}

/**
 * @param id makes it a conversation of its own.
 * @param size bytes of the whole body at least; for large ones.
 */
export function readyRequest(via: Via, order: Order, id: number, size = 0): ReadyRequest {
	const { client, prefix } = via.way ?? { client: "openai", prefix: "" };
	const model = modelFor(order, id);
	const named = prefix + model;
	const stream = order.kind === "first" || order.kind === "paced" || order.kind === "flat";
	const request = clientRequests[client](named, questionOf(id, size), stream);
	const body = Buffer.from(JSON.stringify(request.body));
	const headers = {
		host: `127.0.0.1:${via.port}`,
		...via.headers,
		accept: stream ? "text/event-stream" : "application/json",
		"content-type": "application/json",
		"user-agent": "bench/1.0",
		...request.headers,
		"content-length": String(body.length),
	};
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
	const head = Buffer.from(`POST ${streamPaths[client](named)} HTTP/1.1\r\n${lines.join("")}\r\n`);
	return { model, bytes: Buffer.concat([head, body]), body };
}

function questionOf(id: number, size: number): string {
	const question = `Conversation ${id}: say in a few words what a relay is. `;
	// Text with what JSON has to escape, as source code has it.
	const line = 'const answer = "42"; // a line of a file that somebody asks about\n';
	const escaped = JSON.stringify(line).length - 2;
	return question + line.repeat(Math.max(0, Math.ceil((size - 300) / escaped)));
}
