import type { SecureContext } from "node:tls";
import { Agent, buildConnector, type Dispatcher, Pool } from "undici";
import type { LogLevel } from "../bridge/protocol.ts";
import { type HostMemory, withHostFallback } from "./hostFallback.ts";
import type { HostFetch } from "./hostFetch.ts";
import { OutboundProxyError } from "./outboundError.ts";
import { forwarding } from "./outboundForward.ts";
import type { OutboundProxy } from "./outboundProxy.ts";
import { type Connect, connectToProxy, tunnelThrough } from "./outboundTunnel.ts";
import type { Way } from "./outboundWay.ts";

/** Below the idle limits of common front ends (nginx 75 s, most load balancers 60 s). Milliseconds. */
const idleConnection = 30_000;
/** Node's 250 ms for each address of a host are less than the way to another continent takes. Milliseconds. */
const addressAttempt = 1_000;

/** HTTP/1.1, one request at a time on a connection. No clock cuts a reply: a model may think for longer than any default. */
const pooled = {
	keepAliveTimeout: idleConnection,
	headersTimeout: 0,
	bodyTimeout: 0,
	pipelining: 1,
	allowH2: false,
} as const;

interface WaysParts {
	readonly way: (origin: string, own: string | null) => Way;
	readonly connect: Connect;
	readonly timeout: number;
	readonly host: HostFetch;
	readonly log: (level: LogLevel, message: string) => void;
	readonly now: () => number;
}

/** The pools of connections under one state of the settings. */
export class Ways {
	readonly #parts: WaysParts;
	/** By origin and own proxy. */
	readonly #chosen = new Map<string, Dispatcher>();
	/** The pools behind them, by what makes them differ. */
	readonly #pools = new Map<string, Dispatcher>();
	readonly #memory: HostMemory = new Map();

	constructor(parts: WaysParts) {
		this.#parts = parts;
	}

	all(): readonly Dispatcher[] {
		return [...this.#pools.values()];
	}

	to(origin: string, own: string | null): Dispatcher {
		const key = own === null ? origin : `${origin} ${own}`;
		let dispatcher = this.#chosen.get(key);
		if (dispatcher === undefined) {
			dispatcher = this.#choose(origin, this.#parts.way(origin, own));
			this.#chosen.set(key, dispatcher);
		}
		return dispatcher;
	}

	#choose(origin: string, way: Way): Dispatcher {
		const { host } = new URL(origin);
		const { log } = this.#parts;
		switch (way.kind) {
			case "direct":
				log("debug", `${host} is reached directly.`);
				return way.undecided ? this.#orByHost(this.#direct()) : this.#direct();
			case "unusable": {
				const error = OutboundProxyError.unusable(way.source);
				log("warn", error.message);
				return this.#pool(`unusable ${way.source}`, () => poolOf(failing(error)));
			}
			case "proxy": {
				const { proxy, source } = way;
				log("debug", `${host} is reached through the proxy ${proxy.name} (${source}).`);
				const own = this.#through(origin, proxy);
				return way.undecided ? this.#orByHost(own) : own;
			}
		}
	}

	#direct(): Dispatcher {
		return this.#pool("direct", () => poolOf(this.#parts.connect));
	}

	#through(origin: string, proxy: OutboundProxy): Dispatcher {
		const { connect, timeout } = this.#parts;
		const key = JSON.stringify(proxy);
		if (origin.startsWith("http:") && proxy.scheme !== "socks5") {
			// Its connections are secured by `connectToProxy`, where they are.
			return this.#pool(
				`forward ${key}`,
				() => new Pool(`http://${proxy.name}`, { ...pooled, connect: toProxy(proxy, connect) }),
			).compose(forwarding(proxy));
		}
		return this.#pool(`tunnel ${key}`, () => poolOf(tunnelThrough(proxy, connect, timeout)));
	}

	#pool(key: string, make: () => Dispatcher): Dispatcher {
		const made = this.#pools.get(key) ?? make();
		this.#pools.set(key, made);
		return made;
	}

	#orByHost(own: Dispatcher): Dispatcher {
		const { host, log, now } = this.#parts;
		return own.compose(withHostFallback(this.#memory, { host, log, now }));
	}
}

function poolOf(connect: Connect): Dispatcher {
	return new Agent({ ...pooled, connect });
}

function failing(error: Error): Connect {
	return (_, callback) => queueMicrotask(() => callback(error, null));
}

function toProxy(proxy: OutboundProxy, connect: Connect): Connect {
	return (_, callback) => {
		connectToProxy(proxy, connect).then(
			(socket) => callback(null, socket),
			(error: Error) => callback(error, null),
		);
	};
}

/** Plain and secure connections; the secure context is asked for by the first that needs it. TLS sessions are resumed. */
export function secureOrPlain(context: () => SecureContext, strictSSL: boolean, timeout: number): Connect {
	const common = { timeout, allowH2: false, autoSelectFamilyAttemptTimeout: addressAttempt } as const;
	const plain = buildConnector(common);
	let secure: Connect | undefined;
	return (options, callback) => {
		if (options.protocol !== "https:") return plain(options, callback);
		secure ??= buildConnector({ ...common, secureContext: context(), rejectUnauthorized: strictSSL });
		secure(options, callback);
	};
}
