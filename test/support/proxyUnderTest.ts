import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Format, formats, type RelayAccount } from "../../src/accounts/account.ts";
import type {
	PoolSettings,
	ProxyConfig,
	ProxyEvent,
	RequestRecord,
	ServedAccount,
	ServedRelay,
} from "../../src/bridge/protocol.ts";
import { LocalProxy } from "../../src/proxy/proxy.ts";
import type { AddressRules } from "../../src/proxy/publicConnect.ts";
import { type Timing, usualTiming } from "../../src/proxy/timing.ts";
import { straightOut } from "../../src/proxy/transport.ts";
import { demoKeys } from "./demoRelay/demoRelay.ts";
import { relayAccount } from "./relayAccount.ts";

export { straightOut } from "../../src/proxy/transport.ts";

export type EventOf<Type extends ProxyEvent["type"]> = Extract<ProxyEvent, { readonly type: Type }>;

/** The real proxy in this process, listening on a free port of its own. */
export interface ProxyUnderTest {
	/** `http://127.0.0.1:port`, as an upstream's. */
	readonly origin: string;
	readonly port: number;
	readonly localKey: string;
	readonly proxy: LocalProxy;
	/** What it runs with; change a part and hand it to `proxy.configure`. */
	readonly config: ProxyConfig;
	readonly events: readonly ProxyEvent[];
	/** The latest event of a kind, if it fits; waits for one that does. */
	event<Type extends ProxyEvent["type"]>(type: Type, fits?: (event: EventOf<Type>) => boolean): Promise<EventOf<Type>>;
	/** Of all requests that have ended. */
	readonly records: readonly RequestRecord[];
	/** Each record once, in order; waits for one that is still to come. */
	nextRecord(): Promise<RequestRecord>;
	close(): Promise<void>;
}

/** The defaults of the settings. */
export const poolSettings: PoolSettings = {
	strategy: "least-used",
	modelAliases: {},
	maxAttempts: 4,
	maxWait: 5_000,
	queueLimit: 64,
	queueWait: 30_000,
	crossFormat: true,
};

type Overrides = Partial<Omit<ProxyConfig, "accounts" | "port">>;

export async function startProxy(
	accounts: readonly ServedAccount[],
	overrides: Overrides = {},
	timing: Timing = { ...usualTiming, secondCall: 50 },
	reachable?: AddressRules,
): Promise<ProxyUnderTest> {
	const heard = new ProxyEar();
	const proxy = new LocalProxy((event) => heard.hear(event), timing, reachable);
	const config: ProxyConfig = {
		port: await freePort(),
		bodyLimit: 64 * 1024 * 1024,
		allowedOrigins: [],
		fetchMedia: true,
		localKey: "local-key-of-this-test",
		controlToken: "control-token-of-this-test",
		accounts,
		pool: poolSettings,
		clocks: { connect: 10_000, firstByte: 120_000, idle: 0 },
		outbound: straightOut,
		explainsChoices: true,
		...overrides,
	};
	await proxy.configure(config);
	await proxy.serve(true);
	const state = heard.events.findLast((event) => event.type === "port")?.state;
	if (state?.kind !== "listening") throw new Error(`The proxy does not listen: ${JSON.stringify(state)}`);
	return {
		origin: `http://127.0.0.1:${config.port}`,
		port: config.port,
		localKey: config.localKey,
		proxy,
		config,
		events: heard.events,
		records: heard.records,
		event: (type, fits) => heard.event(type, fits),
		nextRecord: () => heard.nextRecord(),
		close: () => proxy.close(),
	};
}

/** Keeps what a proxy says. */
class ProxyEar {
	readonly events: ProxyEvent[] = [];
	readonly records: RequestRecord[] = [];
	readonly #waiting: ((record: RequestRecord) => void)[] = [];
	readonly #looking = new Set<() => void>();
	#handedOut = 0;

	hear(event: ProxyEvent): void {
		this.events.push(event);
		for (const look of [...this.#looking]) look();
		if (event.type !== "requests") return;
		for (const record of event.records) this.#note(record);
	}

	event<Type extends ProxyEvent["type"]>(
		type: Type,
		fits: (event: EventOf<Type>) => boolean = () => true,
	): Promise<EventOf<Type>> {
		return new Promise((resolve) => {
			const look = () => {
				const latest = this.events.findLast((event): event is EventOf<Type> => event.type === type);
				if (latest === undefined || !fits(latest)) return;
				this.#looking.delete(look);
				resolve(latest);
			};
			this.#looking.add(look);
			look();
		});
	}

	#note(record: RequestRecord): void {
		this.records.push(record);
		const next = this.#waiting.shift();
		if (!next) return;
		this.#handedOut += 1;
		next(record);
	}

	nextRecord(): Promise<RequestRecord> {
		const record = this.records[this.#handedOut];
		if (!record) return new Promise((resolve) => this.#waiting.push(resolve));
		this.#handedOut += 1;
		return Promise.resolve(record);
	}
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, "close");
	return port;
}

/** A relay of a format at an address, named after the format. */
export function relayAt(format: Format, baseUrl: string, changes: Partial<RelayAccount> = {}): RelayAccount {
	return relayAccount({ id: `relay-${format}`, label: `Demo ${format}`, format, baseUrl, ...changes });
}

/** The four accounts of a demo relay, one a format. */
export function demoRelays(origin: string, only: readonly Format[] = formats): readonly ServedRelay[] {
	const account = (format: Format, basePath: string): ServedRelay => ({
		account: relayAt(format, origin + basePath),
		apiKey: demoKeys[format],
	});
	return [
		account("codex", "/backend-api"),
		account("openai", "/v1"),
		account("anthropic", "/v1"),
		account("gemini", "/v1beta"),
	].filter(({ account: { format } }) => only.includes(format));
}
