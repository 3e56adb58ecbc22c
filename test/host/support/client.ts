import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";

export interface ClientRequest {
	readonly port: number;
	readonly method?: "GET" | "POST";
	/** With its query. */
	readonly path: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Sent as JSON. */
	readonly body?: unknown;
}

export interface ClientReply {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly text: string;
}

/** A reply that is still coming. */
export interface ClientStream {
	readonly status: number;
	/** What has come so far. */
	readonly text: () => string;
	/** Whether the reply came to its end as HTTP knows it, or its connection broke. */
	readonly ended: Promise<"complete" | "broken">;
	/** Goes away. */
	readonly leave: () => void;
}

/** Resolves with the head of the reply; over a connection of its own, so that nothing is left from an earlier one. */
export async function openStream({ port, method = "POST", path, headers, body }: ClientRequest): Promise<ClientStream> {
	const { reply } = await send({ port, method, path, headers: headers ?? {}, body });
	const chunks: Buffer[] = [];
	reply.on("data", (chunk: Buffer) => chunks.push(chunk));
	reply.on("error", () => {});
	const closed = new Promise<void>((resolve) => reply.once("close", resolve));
	return {
		status: reply.statusCode ?? 0,
		text: () => Buffer.concat(chunks).toString("utf8"),
		ended: closed.then(() => (reply.complete ? "complete" : "broken")),
		leave: () => reply.destroy(),
	};
}

/** Reads the reply whole. Rejects when its connection broke. */
export async function ask({ port, method = "POST", path, headers, body }: ClientRequest): Promise<ClientReply> {
	const { reply } = await send({ port, method, path, headers: headers ?? {}, body });
	const chunks: Buffer[] = [];
	for await (const chunk of reply) chunks.push(chunk);
	return { status: reply.statusCode ?? 0, headers: reply.headers, text: Buffer.concat(chunks).toString("utf8") };
}

async function send({
	port,
	method,
	path,
	headers,
	body,
}: Required<ClientRequest>): Promise<{ reply: IncomingMessage }> {
	const json = body === undefined ? null : JSON.stringify(body);
	const outgoing = request({
		agent: false,
		host: "127.0.0.1",
		port,
		method,
		path,
		headers: { ...headers, ...(json === null ? {} : { "content-type": "application/json" }) },
	});
	const answered = once(outgoing, "response");
	outgoing.end(json ?? undefined);
	const [reply] = await answered;
	// A connection that breaks later is the reply's to tell.
	outgoing.on("error", () => {});
	return { reply };
}

/** Whether a proxy of ours answers there: nobody needs a key to ask that. */
export function isAnswering(port: number): Promise<boolean> {
	return ask({ port, method: "GET", path: "/health" }).then(
		({ status }) => status === 200,
		() => false,
	);
}

/** Whether nobody at all listens there. */
export function isClosed(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1");
		socket.once("connect", () => {
			socket.destroy();
			resolve(false);
		});
		socket.once("error", () => resolve(true));
	});
}
