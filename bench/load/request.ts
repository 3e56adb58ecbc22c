import { modelFor, type Order } from "../wire/models.ts";
import type { Via } from "./jobs.ts";

export const chatPath = "/v1/chat/completions";

/** A request as an SDK sends it, ready for the socket. */
export interface ReadyRequest {
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
	const model = modelFor(order, id);
	const stream = order.kind === "first" || order.kind === "paced" || order.kind === "flat";
	const body = Buffer.from(chatBody(model, stream, id, size));
	const headers = {
		host: `127.0.0.1:${via.port}`,
		...via.headers,
		accept: stream ? "text/event-stream" : "application/json",
		"content-type": "application/json",
		"user-agent": "bench/1.0",
		"content-length": String(body.length),
	};
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
	const head = Buffer.from(`POST ${chatPath} HTTP/1.1\r\n${lines.join("")}\r\n`);
	return { model, bytes: Buffer.concat([head, body]), body };
}

function chatBody(model: string, stream: boolean, id: number, size: number): string {
	const question = `Conversation ${id}: say in a few words what a relay is. `;
	// Text with what JSON has to escape, as source code has it.
	const line = 'const answer = "42"; // a line of a file that somebody asks about\n';
	const escaped = JSON.stringify(line).length - 2;
	const content = question + line.repeat(Math.max(0, Math.ceil((size - 300) / escaped)));
	return JSON.stringify({
		model,
		messages: [
			{ role: "system", content: "You answer briefly." },
			{ role: "user", content },
		],
		...(stream ? { stream: true } : {}),
	});
}
