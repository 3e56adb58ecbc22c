import type { Dispatcher } from "undici";
import type { Call, ModelsReport, ProxyConfig, ProxyEvent, TestReport } from "../bridge/protocol.ts";
import { AccountPool } from "../pool/accountPool.ts";
import { createApp } from "./app.ts";
import { createGate, type GateParts, refuseUpgrade } from "./gate.ts";
import { ModelCatalogue } from "./modelCatalogue.ts";
import { Port } from "./port.ts";
import { listModels, testRelay } from "./relayTest.ts";
import { openTransport } from "./transport.ts";

/** What the proxy knows before it has been told anything: nobody is let in. */
const nothing: ProxyConfig = {
	port: 0,
	bodyLimit: 0,
	allowedOrigins: [],
	localKey: "",
	controlToken: "",
	relays: [],
};

/** The proxy: builds its parts, connects them, and passes on what it is told. */
export class LocalProxy {
	readonly #transport: Dispatcher = openTransport();
	readonly #pool = new AccountPool();
	readonly #catalogue: ModelCatalogue;
	readonly #port: Port;
	#config: ProxyConfig = nothing;
	#on = false;

	constructor(emit: (event: ProxyEvent) => void) {
		this.#catalogue = new ModelCatalogue(this.#transport, (message) => emit({ type: "log", level: "warn", message }));
		const gate: GateParts = {
			config: () => this.#config,
			port: () => this.#port.number,
			app: createApp({
				transport: this.#transport,
				pool: this.#pool,
				catalogue: this.#catalogue,
				bodyLimit: () => this.#config.bodyLimit,
				knownModels: (format) => this.#catalogue.knownNames(format),
			}),
			onFinish: (record) => emit({ type: "request", record }),
		};
		this.#port = new Port({
			transport: this.#transport,
			config: () => this.#config,
			handler: createGate(gate),
			onUpgrade: refuseUpgrade(gate),
			onState: (state) => emit({ type: "port", state }),
		});
	}

	/** Takes effect for the next request; a changed port moves the server. */
	async configure(config: ProxyConfig): Promise<void> {
		this.#config = config;
		this.#pool.replace(config.relays);
		this.#catalogue.replace(config.relays);
		if (this.#on) await this.#port.want(config.port);
	}

	/** Settles when the port has been opened, found taken, or closed. */
	async serve(on: boolean): Promise<void> {
		this.#on = on;
		await this.#port.want(on ? this.#config.port : null);
	}

	call(call: Call, signal: AbortSignal): Promise<TestReport | ModelsReport> {
		return call.kind === "testRelay"
			? testRelay(this.#transport, call.target, call.model, signal)
			: listModels(this.#transport, call.target, signal);
	}

	/** Ends every connection, to clients and to relays. */
	async close(): Promise<void> {
		await this.serve(false);
		await this.#transport.destroy();
	}
}
