import type { ChoiceNote, SavedRest } from "../bridge/accountLive.ts";
import type { KeyChange, ProxyConfig, ProxyEvent, ServedNative } from "../bridge/protocol.ts";
import type { Call, CallResult, QuotaReport } from "../bridge/relayReports.ts";
import { AccountPool } from "../pool/accountPool.ts";
import { baseUrlFor } from "../pool/usable.ts";
import { createApp } from "./app.ts";
import { choiceText } from "./choiceText.ts";
import { answerUpgrade, createGate, type GateParts } from "./gate.ts";
import { mediaFetcher } from "./mediaFetcher.ts";
import { ModelCatalogue } from "./modelCatalogue.ts";
import { NativeWatch } from "./nativeWatch.ts";
import { type AddressRules, publicInternet } from "./publicConnect.ts";
import { askQuota } from "./quotaUsage.ts";
import { ReasoningMemory } from "./reasoningMemory.ts";
import { RecordFeed } from "./recordFeed.ts";
import { listModels, testRelay } from "./relayTest.ts";
import { SealRefusals } from "./sealRefusals.ts";
import { type Timing, usualTiming } from "./timing.ts";
import { TokenizerThread } from "./tokenizerThread.ts";
import { straightOut, Transport } from "./transport.ts";
import { Windows } from "./windows.ts";

/** What the proxy knows before it has been told anything: nobody is let in. */
const nothing: ProxyConfig = {
	port: 0,
	bodyLimit: 0,
	allowedOrigins: [],
	fetchMedia: false,
	localKey: "",
	controlToken: "",
	accounts: [],
	pool: {
		strategy: "least-used",
		modelAliases: {},
		maxAttempts: 1,
		maxWait: 0,
		queueLimit: 0,
		queueWait: 0,
		crossFormat: false,
	},
	clocks: { connect: 10_000, firstByte: 120_000, idle: 0 },
	outbound: straightOut,
	explainsChoices: false,
};

/** The proxy: builds its parts, connects them, and passes on what it is told. */
export class LocalProxy {
	readonly #transport: Transport;
	readonly #pool: AccountPool;
	readonly #native: NativeWatch;
	readonly #catalogue: ModelCatalogue;
	readonly #windows: Windows;
	readonly #records: RecordFeed;
	readonly #tokenizer = new TokenizerThread();
	/** As the main thread gave it. */
	#given: ProxyConfig = nothing;
	/** With what other windows have told. */
	#config: ProxyConfig = nothing;

	constructor(
		emit: (event: ProxyEvent) => void,
		timing: Timing = usualTiming,
		reachable: AddressRules = publicInternet,
	) {
		this.#records = new RecordFeed((records) => emit({ type: "requests", records }));
		this.#transport = new Transport({
			log: (level, message) => emit({ type: "log", level, message }),
			askHost: (request, port) => emit({ type: "hostFetch", request, port }),
		});
		this.#pool = new AccountPool({
			onDidChange: () => this.#windows?.poolChanged(),
			onChoice: (note: ChoiceNote) => {
				this.#native.noteChoice(note);
				if (this.#config.explainsChoices) emit({ type: "log", level: "debug", message: choiceText(note) });
			},
		});
		this.#native = new NativeWatch({
			transport: this.#transport,
			pool: this.#pool,
			refuse: (refused) => emit({ type: "loginRefused", refused }),
			warn: (message) => emit({ type: "log", level: "warn", message }),
		});
		this.#catalogue = new ModelCatalogue(
			this.#transport,
			this.#native.lists,
			(id) => this.#pool.live().find((live) => live.id === id),
			(message) => emit({ type: "log", level: "warn", message }),
		);
		const gate: GateParts = {
			config: () => this.#config,
			port: () => this.#windows.port.number,
			onWindow: () => this.#windows.noteQuestion(),
			acceptWindow: (...upgrade) => this.#windows.accept(...upgrade),
			app: createApp({
				transport: this.#transport,
				native: this.#native,
				pool: this.#pool,
				catalogue: this.#catalogue,
				timing,
				fetchMedia: mediaFetcher({
					connector: () => this.#transport.publicConnector(reachable),
					isOn: () => this.#config.fetchMedia,
				}),
				countTokens: this.#tokenizer.count,
				memory: new ReasoningMemory(),
				sealRefusals: new SealRefusals(),
				clocks: () => this.#config.clocks,
				bodyLimit: () => this.#config.bodyLimit,
				maxAttempts: () => this.#config.pool.maxAttempts,
				knownModels: ({ format, takers }) => this.#catalogue.knownNames([format], takers),
			}),
			onFinish: (record) => this.#records.add(record),
		};
		this.#windows = new Windows({
			handler: createGate(gate),
			onUpgrade: answerUpgrade(gate),
			config: () => this.#config,
			onLearn: () => this.#complete(),
			pool: this.#pool,
			emit: (event) => {
				// Whoever hears that the port is closed may end this thread.
				if (event.type === "port") this.#records.flush();
				emit(event);
			},
		});
	}

	/** Takes effect for the next request; a changed port moves the server. */
	async configure(config: ProxyConfig): Promise<void> {
		this.#given = config;
		this.#transport.configure(config.outbound, config.clocks.connect);
		this.#complete();
		await this.#windows.port.move(config.port);
	}

	/** Rests from before a restart. */
	restore(rests: readonly SavedRest[]): void {
		this.#pool.restore(rests);
	}

	/** Settles when the port has been opened, found taken, or closed. */
	async serve(on: boolean): Promise<void> {
		if (!on) return this.#windows.port.turnOff();
		await this.#windows.port.open(this.#config.port);
		// Blocks the thread for a moment: now, rather than in the middle of somebody's stream.
		if (this.#config.accounts.some((served) => baseUrlFor(served).startsWith("https:"))) this.#transport.warmUp();
	}

	/** Attaches to the window that has the port; where none has, it stays off. */
	async follow(): Promise<void> {
		await this.#windows.port.follow(this.#config.port);
	}

	/** Here, or in the window that holds the port. */
	clearCooldown(accountId: string | null): void {
		this.#windows.clearCooldown(accountId);
	}

	keyChanged(key: KeyChange): void {
		this.#windows.keyChanged(key);
	}

	/** Nobody need wait for a login any more. */
	loginNotRenewed(accountId: string): void {
		this.#native.renewals.notRenewed(accountId);
	}

	call(call: Call, signal: AbortSignal): Promise<CallResult> {
		if (call.kind === "askQuota") return this.#askQuota(call.target, signal);
		const { target } = call;
		const way = this.#transport.to(new URL(target.baseUrl).origin, target.outboundProxy);
		return call.kind === "testRelay" ? testRelay(way, target, call.model, signal) : listModels(way, target, signal);
	}

	async #askQuota(target: ServedNative, signal: AbortSignal): Promise<QuotaReport> {
		const report = await askQuota(this.#transport, target, signal);
		if (report.kind === "ok") this.#native.noteQuota(target.account.id, report.quota);
		return report;
	}

	/** Ends every connection, to clients and to relays. An attached window takes the port over. */
	async close(): Promise<void> {
		await this.#windows.port.close();
		this.#pool.close();
		this.#native.close();
		this.#records.flush();
		await this.#tokenizer.close();
		await this.#transport.destroy();
	}

	#complete(): void {
		this.#config = this.#windows.completed(this.#given);
		const { accounts, pool } = this.#config;
		this.#pool.configure(accounts, pool);
		this.#catalogue.replace(accounts, pool);
		this.#native.configure(accounts);
	}
}
