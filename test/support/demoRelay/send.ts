import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { constants, createGzip, gzipSync } from "node:zlib";
import type { Answer } from "./answer.ts";

/** What a cloud provider's edge puts on every reply; none of it may reach a client of a proxy on another host. */
const edgeHeaders = {
	"set-cookie": "__demo_edge=1; path=/; HttpOnly; Secure",
	"alt-svc": 'h3=":443"; ma=86400',
};

/**
 * Sends an answer as its steering asks. Settles when the reply has ended or the client has gone.
 * @param millisecondsBetweenEvents at least; an answer may ask for more.
 */
export async function send(response: ServerResponse, answer: Answer, millisecondsBetweenEvents: number): Promise<void> {
	const gone = new AbortController();
	response.once("close", () => gone.abort());
	response.on("error", () => gone.abort());
	try {
		if (answer.kind === "whole") await sendWhole(response, answer);
		else await sendStream(response, answer, millisecondsBetweenEvents, gone.signal);
	} catch (error) {
		if (!gone.signal.aborted) throw error;
	}
}

async function sendWhole(response: ServerResponse, answer: Extract<Answer, { kind: "whole" }>): Promise<void> {
	const { steering } = answer;
	const body = steering.gzip ? gzipSync(answer.body) : Buffer.from(answer.body);
	response.writeHead(answer.status, {
		"content-type": answer.contentType,
		"content-length": body.length,
		...(steering.gzip && { "content-encoding": "gzip" }),
		...edgeHeaders,
		...answer.headers,
	});
	if (steering.silentAfter !== null) {
		response.flushHeaders();
		await once(response, "close");
	} else if (steering.cutAfter !== null) {
		response.write(body.subarray(0, body.length / 2), () => response.destroy());
	} else {
		response.end(body);
	}
}

async function sendStream(
	response: ServerResponse,
	answer: Extract<Answer, { kind: "stream" }>,
	millisecondsBetweenEvents: number,
	gone: AbortSignal,
): Promise<void> {
	const { events, steering } = answer;
	response.writeHead(200, {
		"content-type": answer.contentType,
		"cache-control": "no-cache",
		...(steering.gzip && { "content-encoding": "gzip" }),
		...edgeHeaders,
		...answer.headers,
	});
	// Compressed event by event, so that the client can read each one when it comes.
	const body = steering.gzip ? createGzip({ flush: constants.Z_SYNC_FLUSH }) : response;
	if (body !== response) body.pipe(response);
	const pause = Math.max(millisecondsBetweenEvents, steering.slow);
	const cutAfter = steering.cutAfter === -1 ? Math.floor(events.length / 2) : steering.cutAfter;
	for (const [index, event] of events.entries()) {
		if (index > 0 && pause > 0) await delay(pause, undefined, { signal: gone });
		if (index === steering.silentAfter) {
			await once(response, "close");
			return;
		}
		if (index === cutAfter) {
			body.write(event.slice(0, Math.ceil(event.length / 2)), () => response.destroy());
			return;
		}
		if (!body.write(steering.beats ? answer.beat + event : event)) await once(body, "drain", { signal: gone });
	}
	body.end();
}
