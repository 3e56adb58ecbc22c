import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Outbound } from "../../../src/bridge/protocol.ts";
import type { AskHost } from "../../../src/proxy/hostFetch.ts";
import type { Environment } from "../../../src/proxy/outboundWay.ts";
import { requestSmall, type SmallReply, Transport } from "../../../src/proxy/transport.ts";
import type { Certificate } from "../../support/privateAuthority.ts";
import { straightOut } from "../../support/proxyUnderTest.ts";

/** The host that relays of these tests are called by; only the test's proxies know it. */
export const relayHost = "relay.example";

export interface CountingRelay {
	readonly port: number;
	/** Connections that were opened to it. */
	readonly connections: () => number;
	/** Of those, the TLS sessions that were resumed. */
	readonly resumed: () => number;
	close(): Promise<void>;
}

/** A relay that counts its connections. @param secure its certificate; without one it speaks http. */
export async function startRelay(answer: RequestListener, secure?: Certificate): Promise<CountingRelay> {
	let connections = 0;
	let resumed = 0;
	const server = secure === undefined ? createServer(answer) : createSecureServer(secure, answer);
	server.on(secure === undefined ? "connection" : "secureConnection", (socket: TLSSocket) => {
		connections += 1;
		if (secure !== undefined && socket.isSessionReused()) resumed += 1;
	});
	server.on("tlsClientError", () => {});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		port: (server.address() as AddressInfo).port,
		connections: () => connections,
		resumed: () => resumed,
		close: async () => {
			const closed = once(server, "close");
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}

export interface TransportUnderTest {
	readonly transport: Transport;
	readonly log: readonly string[];
	configure(outbound: Partial<Outbound>, connect?: number): void;
	/** A small request by the way to its origin. */
	get(url: string, options?: { readonly own?: string | null; readonly body?: string }): Promise<SmallReply>;
}

interface Options {
	readonly environment?: Environment;
	readonly askHost?: AskHost;
	readonly now?: () => number;
}

/** As in VS Code with nothing set, until it is configured. */
export function openTransport({ environment = {}, askHost, now }: Options = {}): TransportUnderTest {
	const log: string[] = [];
	const transport = new Transport({
		log: (level, message) => log.push(`${level}: ${message}`),
		askHost: askHost ?? ((_, port) => port.close()),
		environment,
		...(now === undefined ? {} : { now }),
	});
	const configure = (outbound: Partial<Outbound>, connect = 5_000) =>
		transport.configure({ ...straightOut, proxySupport: "override", ...outbound }, connect);
	configure({});
	return {
		transport,
		log,
		configure,
		get: (url, { own = null, body } = {}) =>
			requestSmall(transport.to(new URL(url).origin, own), {
				url,
				method: body === undefined ? "GET" : "POST",
				headers: { "x-test": "1" },
				...(body === undefined ? {} : { body }),
				limit: 1_000_000,
				signal: new AbortController().signal,
			}),
	};
}
