import { once } from "node:events";
import { createServer as createHttpServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Certificate } from "./privateAuthority.ts";

/** A proxy on this machine that knows hosts which exist nowhere else. */
export interface ProxyServer {
	readonly port: number;
	/** What it was asked to connect to or to fetch, in order. */
	readonly asked: readonly string[];
	/** The credentials that came with it; null for none. */
	readonly logins: readonly (string | null)[];
	close(): Promise<void>;
}

interface ProxyOptions {
	/** `host:port` → a port of this machine. Others cannot be reached. */
	readonly hosts: Readonly<Record<string, number>>;
	/** `user:password`, without which nobody is let through. */
	readonly login?: string;
}

/** A proxy for CONNECT and for whole requests. */
export async function startHttpProxy(options: ProxyOptions & { readonly secure?: Certificate }): Promise<ProxyServer> {
	const asked: string[] = [];
	const logins: (string | null)[] = [];
	const isAllowed = ({ method, url, headers }: IncomingMessage): boolean => {
		const [, encoded] = /^Basic (.+)$/.exec(headers["proxy-authorization"] ?? "") ?? [];
		const login = encoded === undefined ? null : Buffer.from(encoded, "base64").toString();
		asked.push(`${method} ${url}`);
		logins.push(login);
		return options.login === undefined || login === options.login;
	};
	const server = options.secure === undefined ? createHttpServer() : createHttpsServer(options.secure);
	server.on("request", (request, response) => {
		const port = options.hosts[portedHost(new URL(request.url ?? ""))];
		if (!isAllowed(request)) {
			response.writeHead(407, { "proxy-authenticate": 'Basic realm="tests"' }).end();
		} else if (port === undefined) {
			response.writeHead(502).end();
		} else {
			const { pathname, search } = new URL(request.url ?? "");
			const { "proxy-authorization": _, ...headers } = request.headers;
			const onward = httpRequest({ port, path: pathname + search, method: request.method, headers }, (reply) => {
				response.writeHead(reply.statusCode ?? 0, reply.headers);
				reply.pipe(response);
			});
			request.pipe(onward.on("error", () => response.destroy()));
		}
	});
	server.on("connect", (request: IncomingMessage, socket: Duplex) => {
		const port = options.hosts[request.url ?? ""];
		socket.on("error", () => {});
		if (!isAllowed(request)) {
			socket.end('HTTP/1.1 407 Login\r\nproxy-authenticate: Basic realm="tests"\r\ncontent-length: 0\r\n\r\n');
		} else if (port === undefined) {
			socket.end("HTTP/1.1 502 Unknown\r\ncontent-length: 0\r\n\r\n");
		} else {
			join(socket, port, () => socket.write("HTTP/1.1 200 Connected\r\n\r\n"));
		}
	});
	return running(server, asked, logins);
}

/** SOCKS 5 with names and IPv4 addresses. */
export async function startSocksProxy(options: ProxyOptions): Promise<ProxyServer> {
	const asked: string[] = [];
	const logins: (string | null)[] = [];
	const server = createServer((socket) => {
		socket.on("error", () => {});
		void serveSocks(socket, options, asked, logins).catch(() => socket.destroy());
	});
	return running(server, asked, logins);
}

async function serveSocks(
	socket: Socket,
	{ hosts, login }: ProxyOptions,
	asked: string[],
	logins: (string | null)[],
): Promise<void> {
	const [, methodCount = 0] = await read(socket, 2);
	const methods = await read(socket, methodCount);
	const method = login === undefined ? 0 : 2;
	socket.write(Buffer.of(5, methods.includes(method) ? method : 0xff));
	if (!methods.includes(method)) return;
	let given: string | null = null;
	if (method === 2) {
		const text = async (count: number) => (await read(socket, count)).toString();
		const [, userLength = 0] = await read(socket, 2);
		const user = await text(userLength);
		const [passwordLength = 0] = await read(socket, 1);
		given = `${user}:${await text(passwordLength)}`;
		socket.write(Buffer.of(1, given === login ? 0 : 1));
		if (given !== login) return;
	}
	const [, , , type] = await read(socket, 4);
	const host =
		type === 1 ? (await read(socket, 4)).join(".") : (await read(socket, (await read(socket, 1))[0] ?? 0)).toString();
	const target = `${host}:${(await read(socket, 2)).readUInt16BE()}`;
	asked.push(target);
	logins.push(given);
	const port = hosts[target];
	const answer = (reply: number) => socket.write(Buffer.of(5, reply, 0, 1, 127, 0, 0, 1, 0, 0));
	if (port === undefined) answer(4);
	else join(socket, port, () => answer(0));
}

/** Exactly so many bytes; what comes after them stays in the socket. */
async function read(socket: Socket, length: number): Promise<Buffer> {
	if (length === 0) return Buffer.alloc(0);
	for (;;) {
		const bytes: Buffer | null = socket.read(length);
		if (bytes !== null) return bytes;
		await once(socket, "readable");
	}
}

function join(socket: Duplex, port: number, onConnect: () => void): void {
	const onward = connect(port, "127.0.0.1", () => {
		onConnect();
		onward.pipe(socket);
		socket.pipe(onward);
	});
	onward.on("error", () => socket.destroy()).on("close", () => socket.destroy());
	socket.on("close", () => onward.destroy());
}

function portedHost({ hostname, port }: URL): string {
	return `${hostname}:${port === "" ? "80" : port}`;
}

async function running(
	server: Server | ReturnType<typeof createServer>,
	asked: readonly string[],
	logins: readonly (string | null)[],
): Promise<ProxyServer> {
	const sockets = new Set<Socket>();
	server.on("connection", (socket: Socket) => {
		sockets.add(socket);
		socket.once("close", () => sockets.delete(socket));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		port: (server.address() as AddressInfo).port,
		asked,
		logins,
		close: async () => {
			const closed = once(server, "close");
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
