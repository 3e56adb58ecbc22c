import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pageHeaders } from "./callbackPage.ts";

/** How long a browser may take for its request, and a page to reach it. Milliseconds. */
const patienceWithBrowser = 10_000;
const patienceWithPage = 1_000;
const mostConnections = 32;

/** What a browser is told that came to the callback. */
export interface CallbackReply {
	readonly status: number;
	readonly html: string;
}

/** Where the auth server sends the browser back to, while a sign-in lasts. */
export interface CallbackServer {
	readonly kind: "listening";
	/** Gives the port back at once; settles when the pages that are due have been written and nothing is connected any more. */
	close(): Promise<void>;
}

export type CallbackListening = CallbackServer | { readonly kind: "taken"; readonly port: number };

/**
 * Listens for the redirect URL on loopback: 127.0.0.1 and ::1, for browsers take `localhost` for either. Whichever address the
 * URL names, nothing outside this machine is listened to.
 * @param receive gives the page for a request of the callback's path; the browser waits for it. Never rejects.
 */
export async function listenForCallback(
	redirectUrl: string,
	receive: (target: string) => Promise<CallbackReply>,
): Promise<CallbackListening> {
	const url = new URL(redirectUrl);
	const port = Number(url.port || "80");
	const pages = new Set<Promise<void>>();
	const hosts = new Set(["localhost", "127.0.0.1", "[::1]"].map((name) => (url.port ? `${name}:${url.port}` : name)));
	const answer = (request: IncomingMessage, response: ServerResponse) => {
		const page = answerTo(request, response, { path: url.pathname, hosts, receive })
			// A browser that waits for nothing is told so by a connection that ends.
			.catch(() => response.destroy())
			.then(() => void pages.delete(page));
		pages.add(page);
	};
	const servers: Server[] = [];
	const close = () => closed(servers, pages);
	for (const address of ["127.0.0.1", "::1"]) {
		const server = newServer(answer);
		const trouble = await listening(server, address, port);
		if (trouble === null) servers.push(server);
		// A machine without IPv6 has no such address, and no browser that would look there.
		else if (address === "127.0.0.1" || trouble === "EADDRINUSE" || trouble === "EACCES") {
			await close();
			return { kind: "taken", port };
		}
	}
	return { kind: "listening", close };
}

interface Callback {
	readonly path: string;
	/** What `Host` may say: a page of another name that leads here is none of ours (DNS rebinding). */
	readonly hosts: ReadonlySet<string>;
	readonly receive: (target: string) => Promise<CallbackReply>;
}

async function answerTo(request: IncomingMessage, response: ServerResponse, callback: Callback): Promise<void> {
	request.resume();
	const target = request.url ?? "";
	if (!callback.hosts.has((request.headers.host ?? "").toLowerCase())) return say(response, 403, "Forbidden");
	if (target.split("?", 1)[0] !== callback.path) return say(response, 404, "Not Found");
	if (request.method !== "GET") {
		response.setHeader("allow", "GET");
		return say(response, 405, "Method Not Allowed");
	}
	const { status, html } = await callback.receive(target);
	response.setHeader("content-type", "text/html; charset=utf-8");
	return write(response, status, html);
}

function say(response: ServerResponse, status: number, text: string): Promise<void> {
	response.setHeader("content-type", "text/plain; charset=utf-8");
	return write(response, status, text);
}

/** Settles when the browser has it, or has gone. */
function write(response: ServerResponse, status: number, body: string): Promise<void> {
	if (response.destroyed) return Promise.resolve();
	return new Promise((resolve) => {
		response.once("close", resolve);
		response.writeHead(status, { ...pageHeaders, connection: "close" }).end(body);
	});
}

function newServer(answer: (request: IncomingMessage, response: ServerResponse) => void): Server {
	const clocks = { headersTimeout: patienceWithBrowser, requestTimeout: patienceWithBrowser };
	const server = createServer({ ...clocks, connectionsCheckingInterval: 1_000, maxHeaderSize: 32 * 1024 }, answer);
	server.maxConnections = mostConnections;
	// A browser that breaks off is no concern of the sign-in.
	server.on("clientError", (_error, socket) => socket.destroy());
	return server;
}

/** Null when it listens, else the code of what is in the way. */
function listening(server: Server, host: string, port: number): Promise<string | null> {
	return new Promise((resolve) => {
		server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "UNKNOWN"));
		server.listen({ host, port, exclusive: true }, () => resolve(null));
	});
}

async function closed(servers: readonly Server[], pages: ReadonlySet<Promise<void>>): Promise<void> {
	const ends = servers.map((server) => new Promise((resolve) => server.close(resolve)));
	const { promise: late, resolve } = Promise.withResolvers<void>();
	const clock = setTimeout(resolve, patienceWithPage);
	await Promise.race([Promise.all(pages), late]);
	clearTimeout(clock);
	// Browsers keep connections ready on which nothing was asked.
	for (const server of servers) server.closeAllConnections();
	await Promise.all(ends);
}
