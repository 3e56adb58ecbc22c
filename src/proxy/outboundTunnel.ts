import { isIPv6, type Socket } from "node:net";
import type { buildConnector } from "undici";
import { codeOf } from "./networkError.ts";
import { OutboundProxyError } from "./outboundError.ts";
import { HandshakeReader } from "./outboundHandshake.ts";
import type { OutboundProxy } from "./outboundProxy.ts";
import { openSocks } from "./outboundSocks.ts";

/** How undici's pools get a connection. */
export type Connect = buildConnector.connector;

interface Target {
	readonly hostname: string;
	readonly port: number;
}

/** Bytes of a proxy's answer to CONNECT. */
const answerLimit = 32 * 1024;

/**
 * Connections through a proxy: by CONNECT where it speaks HTTP, else by SOCKS.
 * @param connect to the proxy, and over the tunnel to the relay.
 * @param timeout milliseconds for the proxy's part; 0 for no limit.
 */
export function tunnelThrough(proxy: OutboundProxy, connect: Connect, timeout: number): Connect {
	return (options, callback) => {
		const port = options.port === "" ? (options.protocol === "https:" ? 443 : 80) : Number(options.port);
		openTunnel(proxy, { hostname: options.hostname, port }, connect, timeout).then(
			(socket) => {
				if (options.protocol === "https:") connect({ ...options, httpSocket: socket }, closing(socket, callback));
				else callback(null, socket);
			},
			(error: Error) => callback(error, null),
		);
	};
}

/** Connects to the proxy itself. Rejects with an error that names it. */
export function connectToProxy(proxy: OutboundProxy, connect: Connect): Promise<Socket> {
	return new Promise((resolve, reject) => {
		const { hostname, port, name, scheme } = proxy;
		const protocol = scheme === "https" ? "https:" : "http:";
		connect({ protocol, hostname, host: hostname, port: String(port) }, (...[error, socket]) => {
			if (error === null) resolve(socket);
			else reject(OutboundProxyError.unreachable(name, codeOf(error), error));
		});
	});
}

async function openTunnel(proxy: OutboundProxy, target: Target, connect: Connect, timeout: number): Promise<Socket> {
	const socket = await connectToProxy(proxy, connect);
	const late = () => socket.destroy(OutboundProxyError.unreachable(proxy.name, "no answer in time"));
	const clock = timeout > 0 ? setTimeout(late, timeout) : undefined;
	try {
		if (proxy.scheme === "socks5") await openSocks(socket, proxy, target);
		else await openConnect(socket, proxy, target);
		return socket;
	} catch (error) {
		// What comes after a failure is of no interest, but without a listener it would end the thread.
		socket.on("error", () => {}).destroy();
		if (error instanceof OutboundProxyError) throw error;
		throw OutboundProxyError.unreachable(proxy.name, codeOf(error), error);
	} finally {
		clearTimeout(clock);
	}
}

/** RFC 9110, section 9.3.6. */
async function openConnect(socket: Socket, proxy: OutboundProxy, target: Target): Promise<void> {
	const authority = `${isIPv6(target.hostname) ? `[${target.hostname}]` : target.hostname}:${target.port}`;
	const reader = new HandshakeReader(socket);
	const lines = [
		`CONNECT ${authority} HTTP/1.1`,
		`host: ${authority}`,
		"proxy-connection: keep-alive",
		...(proxy.authorization === null ? [] : [`proxy-authorization: ${proxy.authorization}`]),
	];
	socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
	const answer = await reader.takeThrough("\r\n\r\n", answerLimit);
	const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(answer.toString("latin1"))?.[1];
	if (status === undefined) throw OutboundProxyError.refused(proxy.name, "no valid HTTP", authority);
	if (status === "407") throw OutboundProxyError.passwordAsked(proxy.name, status);
	if (!status.startsWith("2")) throw OutboundProxyError.refused(proxy.name, status, authority);
	reader.release();
}

/** Ends the tunnel when nothing comes of the secure connection over it. */
function closing(tunnel: Socket, callback: buildConnector.Callback): buildConnector.Callback {
	return (...outcome) => {
		if (outcome[0] !== null) tunnel.destroy();
		callback(...outcome);
	};
}
