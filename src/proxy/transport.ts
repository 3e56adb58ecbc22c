import { Agent, type Dispatcher } from "undici";

/** Milliseconds. */
const connectTimeout = 10_000;
/** Below the idle limits of common front ends (nginx 75 s, most load balancers 60 s). Milliseconds. */
const idleConnection = 30_000;

/**
 * The pooled connections to relays: HTTP/1.1, one pool for each origin, one request at a time on a connection. No clock cuts
 * a reply: a model may think for longer than any default allows.
 */
export function openTransport(): Dispatcher {
	return new Agent({
		connect: { timeout: connectTimeout },
		keepAliveTimeout: idleConnection,
		headersTimeout: 0,
		bodyTimeout: 0,
		pipelining: 1,
		allowH2: false,
	});
}

/** A small exchange that is read whole, for tests and model lists. */
export interface SmallReply {
	readonly status: number;
	readonly contentType: string;
	readonly location: string;
	readonly body: string;
}

export interface SmallRequest {
	readonly url: string;
	readonly method: "GET" | "POST";
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
	/** Bytes after which the rest of the reply is not read. */
	readonly limit: number;
	readonly signal: AbortSignal;
}

/** Sends one request on the pooled connections. No redirect is followed. Rejects with the network's error or the signal's reason. */
export async function requestSmall(transport: Dispatcher, request: SmallRequest): Promise<SmallReply> {
	const { origin, pathname, search } = new URL(request.url);
	const reply = await transport.request({
		origin,
		path: pathname + search,
		method: request.method,
		headers: request.headers,
		body: request.body ?? null,
		signal: request.signal,
	});
	const chunks: Buffer[] = [];
	let length = 0;
	// Leaving the loop early closes the connection.
	for await (const chunk of reply.body) {
		chunks.push(chunk);
		length += chunk.length;
		if (length > request.limit) break;
	}
	return {
		status: reply.statusCode,
		contentType: first(reply.headers["content-type"]),
		location: first(reply.headers["location"]),
		body: Buffer.concat(chunks).toString("utf8"),
	};
}

function first(value: string | string[] | undefined): string {
	return (Array.isArray(value) ? value[0] : value) ?? "";
}
