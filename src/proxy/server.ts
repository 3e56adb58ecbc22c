import type { IncomingMessage, RequestListener, Server } from "node:http";
import type { Duplex } from "node:stream";
import { listen } from "listhen";
import { controlProtocol } from "./controlMessages.ts";

/** Milliseconds. */
const headersTimeout = 10_000;
/** Longer than clients keep an idle connection, so that they and not we close it. */
const keepAliveTimeout = 120_000;
/** Bytes of all headers together. */
const maxHeaderSize = 32 * 1024;

export interface Listening {
	readonly port: number;
	/** Ends every connection. */
	close(): Promise<void>;
}

/**
 * Listens on loopback.
 * @returns null when another program has the port.
 * @throws where the system refuses for another reason, for example a port that needs privileges.
 */
export async function listenOn(
	port: number,
	handler: RequestListener,
	onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<Listening | null> {
	const listener = await listenQuietly(port, handler);
	if (listener === null) return null;
	const { server } = listener;
	if (listener.port !== port) {
		await close(server);
		return null;
	}
	server.on("upgrade", onUpgrade);
	return { port, close: () => close(server) };
}

/**
 * `isProd` makes listhen refuse a busy port where it would silently move to another, `isTest` keeps it from writing to the
 * console, `autoClose` would add exit and signal handlers to VS Code's process.
 */
async function listenQuietly(port: number, handler: RequestListener): Promise<{ server: Server; port: number } | null> {
	const options = {
		hostname: "127.0.0.1",
		port,
		autoClose: false,
		showURL: false,
		isProd: true,
		isTest: true,
		public: false,
	};
	try {
		const listener = await orTaken(listen(handler, options));
		if (listener === null) return null;
		const server = listener.server as Server;
		server.headersTimeout = headersTimeout;
		server.requestTimeout = 0;
		server.keepAliveTimeout = keepAliveTimeout;
		// Read by Node for each connection or request, though the types offer them only at creation. Java's client offers
		// h2c with each first request: that upgrade is passed over, and the request answered as it is.
		Object.assign(server, { maxHeaderSize, shouldUpgradeCallback: wantsUpgrade });
		return { server, port: listener.address.port };
	} catch (error) {
		if (error instanceof Error && error.name === "GetPortError") return null;
		throw error;
	}
}

function wantsUpgrade({ headers }: IncomingMessage): boolean {
	return headers.upgrade === controlProtocol || /^websocket$/i.test(headers.upgrade ?? "");
}

/**
 * listhen has no listener for an error of its server: where another program takes the port between its check and its
 * `listen`, Node throws where nobody can catch.
 */
async function orTaken<T>(listening: Promise<T>): Promise<T | null> {
	const { promise: taken, resolve } = Promise.withResolvers<null>();
	const onUncaught = (error: NodeJS.ErrnoException) => {
		if (error.code !== "EADDRINUSE" || error.syscall !== "listen") throw error;
		resolve(null);
	};
	process.on("uncaughtException", onUncaught);
	try {
		return await Promise.race([listening, taken]);
	} finally {
		process.off("uncaughtException", onUncaught);
	}
}

function close(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}
