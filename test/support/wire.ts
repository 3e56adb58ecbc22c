import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import { type Dispatcher, request } from "undici";
import type { Format } from "../../src/accounts/account.ts";

export interface WireRequest {
	readonly method?: Dispatcher.HttpMethod;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Buffer;
}

export interface WireReply {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: Buffer;
	readonly text: string;
}

/** Sends exactly these headers (and host, connection and length); adds, decodes and follows nothing. Reads the reply whole. */
export async function send(url: string, { method = "POST", headers = {}, body }: WireRequest = {}): Promise<WireReply> {
	const reply = await request(url, { method, headers, body: body ?? null });
	const bytes = Buffer.from(await reply.body.bytes());
	return { status: reply.statusCode, headers: reply.headers, body: bytes, text: bytes.toString("utf8") };
}

/** What a client of the local port sends besides its body. */
export function clientHeaders(localKey: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
	return { authorization: `Bearer ${localKey}`, "content-type": "application/json", ...more };
}

/** Sends bytes as they are over one connection and gives all that comes back until the other side closes it. */
export async function rawExchange(port: number, bytes: string | Buffer): Promise<string> {
	const socket = connect(port, "127.0.0.1");
	const received: Buffer[] = [];
	socket.on("data", (chunk) => received.push(chunk));
	socket.on("error", () => {});
	socket.write(bytes);
	await once(socket, "close");
	return Buffer.concat(received).toString("latin1");
}

export interface RawUpstream {
	readonly origin: string;
	readonly connections: readonly Socket[];
	close(): Promise<void>;
}

/** A server below HTTP: `onConnection` reads and writes the socket itself. */
export async function startRawUpstream(onConnection: (socket: Socket) => void): Promise<RawUpstream> {
	const connections: Socket[] = [];
	const server = createServer((socket) => {
		connections.push(socket);
		socket.on("error", () => {});
		onConnection(socket);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		connections,
		close: async () => {
			for (const socket of connections) socket.destroy();
			server.close();
			await once(server, "close");
		},
	};
}

/** One plain request of each format as it arrives at the local port. */
export const plainRequests: Readonly<Record<Format, { readonly path: string; readonly body: string }>> = {
	openai: {
		path: "/v1/chat/completions",
		body: '{"model":"demo-openai-large","messages":[{"role":"user","content":"hi"}]}',
	},
	anthropic: {
		path: "/v1/messages",
		body: '{"model":"demo-anthropic-large","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}',
	},
	gemini: {
		path: "/v1beta/models/demo-gemini-large:generateContent",
		body: '{"contents":[{"parts":[{"text":"hi"}]}]}',
	},
	codex: { path: "/v1/responses", body: '{"model":"demo-codex-large","input":"hi"}' },
};

/** The error code or type that a client of each format reads, from a body in that format's shape. */
export function errorWord(format: Format, body: string): unknown {
	const parsed = JSON.parse(body);
	switch (format) {
		case "anthropic":
			return parsed.type === "error" && parsed.error.type;
		case "gemini":
			return parsed.error.status;
		default:
			return parsed.error.code ?? parsed.error.type;
	}
}

/** Numbers from 0 up to 1, the same row for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
