import { isDeepStrictEqual } from "node:util";
import type { Dispatcher } from "undici";
import type { LogLevel, Outbound } from "../bridge/protocol.ts";
import { Certificates } from "./certificates.ts";
import { type AskHost, HostFetch } from "./hostFetch.ts";
import { secureOrPlain, Ways } from "./outboundPools.ts";
import type { Connect } from "./outboundTunnel.ts";
import { type Environment, wayTo } from "./outboundWay.ts";
import { type AddressRules, publicConnect, publicInternet } from "./publicConnect.ts";

interface TransportParts {
	readonly log: (level: LogLevel, message: string) => void;
	/** Has the main thread make a request; see `HostFetch`. */
	readonly askHost: AskHost;
	/** Where the proxy variables are. */
	readonly environment?: Environment;
	/** Milliseconds. */
	readonly now?: () => number;
}

interface Settings {
	readonly outbound: Outbound;
	/** Milliseconds; 0 for no limit. */
	readonly connect: number;
}

/** No proxy, whatever the environment says; so it is before anything has been told. */
export const straightOut: Outbound = {
	proxy: "",
	noProxy: [],
	proxySupport: "off",
	strictSSL: true,
	proxyAuthorization: null,
	systemCertificates: false,
	hostMayKnowWay: false,
};

const untold: Settings = { outbound: straightOut, connect: 10_000 };

/** The pooled connections to relays, each by the way that VS Code's settings, the environment or the account name. */
export class Transport {
	readonly #log: TransportParts["log"];
	readonly #environment: Environment;
	readonly #now: () => number;
	readonly #host: HostFetch;
	readonly #certificates = new Certificates();
	readonly #retiring = new Set<Dispatcher>();
	#settings: Settings = untold;
	#ways: Ways;

	constructor({ log, askHost, environment = process.env, now = Date.now }: TransportParts) {
		this.#log = log;
		this.#environment = environment;
		this.#now = now;
		this.#host = new HostFetch(askHost);
		this.#ways = this.#newWays();
	}

	/**
	 * Takes effect for new requests; replies that run keep their connections. Free where nothing changes.
	 * @param connect milliseconds for a connection, and again for a proxy's part in it; 0 for no limit.
	 */
	configure(outbound: Outbound, connect: number): void {
		const settings = { outbound, connect };
		if (isDeepStrictEqual(settings, this.#settings)) return;
		if (!outbound.strictSSL && this.#settings.outbound.strictSSL) {
			this.#log("warn", "http.proxyStrictSSL is off: the certificates of relays and proxies are not checked.");
		}
		this.#settings = settings;
		for (const dispatcher of this.#ways.all()) this.#retire(dispatcher);
		this.#ways = this.#newWays();
	}

	/**
	 * The connections to an origin. Ask for each request: what an older setting gave takes no new ones.
	 * @param origin `https://host` or with a port.
	 * @param outboundProxy the account's own proxy, `direct` for none; null: as the settings say.
	 */
	to(origin: string, outboundProxy: string | null): Dispatcher {
		return this.#ways.to(origin, outboundProxy);
	}

	/**
	 * Makes connections for URLs that a client has named: to public addresses only, by the proxy that is set for all.
	 * Ask for each file.
	 */
	publicConnector(rules: AddressRules = publicInternet): Connect {
		const { outbound, connect } = this.#settings;
		return publicConnect({
			way: (origin) => wayTo(origin, null, outbound, this.#environment),
			connect: this.#connector(),
			timeout: connect,
			rules,
		});
	}

	/** Builds what the first https connection would wait for, while no stream has to wait. */
	warmUp(): void {
		this.#certificates.context(this.#settings.outbound.systemCertificates);
	}

	/** Ends every connection and request. */
	async destroy(): Promise<void> {
		this.#host.abortAll(new Error("The proxy has been closed."));
		const all = [...this.#ways.all(), ...this.#retiring];
		await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
	}

	#newWays(): Ways {
		const { outbound, connect } = this.#settings;
		return new Ways({
			way: (origin, own) => wayTo(origin, own, outbound, this.#environment),
			connect: this.#connector(),
			timeout: connect,
			host: this.#host,
			log: this.#log,
			now: this.#now,
		});
	}

	#connector(): Connect {
		const { outbound, connect } = this.#settings;
		const { strictSSL, systemCertificates } = outbound;
		return secureOrPlain(() => this.#certificates.context(systemCertificates), strictSSL, connect);
	}

	/** Idle connections end now, the others with their replies. */
	#retire(dispatcher: Dispatcher): void {
		this.#retiring.add(dispatcher);
		const done = () => this.#retiring.delete(dispatcher);
		void dispatcher.close().then(done, done);
	}
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
