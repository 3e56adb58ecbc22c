import { Worker } from "node:worker_threads";
import { type Disposable, Listeners } from "../accounts/listeners.ts";
import type {
	Call,
	CallResults,
	Command,
	LogLevel,
	ModelsReport,
	ProxyConfig,
	ProxyEvent,
	ProxyState,
	RelayTarget,
	RequestRecord,
	TestReport,
} from "./protocol.ts";
import type { ProxyControl } from "./proxyControl.ts";

/** Milliseconds before a worker that died is started again: the first time, at most, and after how long a life it counts anew. */
const firstDelay = 100;
const longestDelay = 30_000;
const healthyLife = 60_000;

interface PendingCall {
	readonly command: Command;
	readonly answer: (result: TestReport | ModelsReport) => void;
}

/**
 * The proxy in a worker thread of this window. The thread lives while the proxy is on or a question is open, and is started
 * again with growing delays when it dies.
 */
export class WorkerProxy implements ProxyControl {
	readonly #script: string;
	readonly #log: (level: LogLevel, message: string) => void;
	readonly #states = new Listeners<ProxyState>();
	readonly #requests = new Listeners<RequestRecord>();
	readonly #pending = new Map<number, PendingCall>();
	#worker: Worker | null = null;
	#ending: Promise<unknown> = Promise.resolve();
	#config: ProxyConfig | null = null;
	#on = false;
	#state: ProxyState = { kind: "off" };
	#lastCallId = 0;
	#delay = firstDelay;
	#restart: NodeJS.Timeout | undefined;
	#disposed = false;

	/** @param script path of the worker's bundle. */
	constructor(script: string, log: (level: LogLevel, message: string) => void) {
		this.#script = script;
		this.#log = log;
	}

	get state(): ProxyState {
		return this.#state;
	}

	onDidChangeState(listener: (state: ProxyState) => void): Disposable {
		return this.#states.add(listener);
	}

	onDidFinishRequest(listener: (record: RequestRecord) => void): Disposable {
		return this.#requests.add(listener);
	}

	configure(config: ProxyConfig): void {
		this.#config = config;
		if (this.#worker) this.#say({ type: "configure", config });
	}

	serve(on: boolean): void {
		if (this.#disposed || on === this.#on) return;
		this.#on = on;
		clearTimeout(this.#restart);
		this.#delay = firstDelay;
		if (on) {
			this.#become({ kind: "starting" });
			if (this.#worker) this.#say({ type: "serve", on });
			else this.#startWhenFree();
		} else {
			this.#become({ kind: "off" });
			if (this.#worker) this.#say({ type: "serve", on });
			this.#stopIfIdle();
		}
	}

	testRelay(target: RelayTarget, model: string | null, signal: AbortSignal): Promise<TestReport> {
		return this.#ask({ kind: "testRelay", target, model }, signal);
	}

	listModels(target: RelayTarget, signal: AbortSignal): Promise<ModelsReport> {
		return this.#ask({ kind: "listModels", target }, signal);
	}

	dispose(): void {
		this.#disposed = true;
		clearTimeout(this.#restart);
		this.#stop();
		this.#states.dispose();
		this.#requests.dispose();
	}

	#ask<Kind extends Call["kind"]>(
		call: Extract<Call, { kind: Kind }>,
		signal: AbortSignal,
	): Promise<CallResults[Kind]> {
		if (signal.aborted || this.#disposed) return Promise.resolve({ kind: "cancelled" });
		this.#lastCallId += 1;
		const callId = this.#lastCallId;
		return new Promise((resolve) => {
			const cancel = () => {
				if (this.#worker) this.#say({ type: "cancel", callId });
				else answer({ kind: "cancelled" });
			};
			signal.addEventListener("abort", cancel, { once: true });
			const answer = (result: TestReport | ModelsReport) => {
				signal.removeEventListener("abort", cancel);
				this.#pending.delete(callId);
				// The worker answers each kind of call with the result of that kind.
				resolve(result as CallResults[Kind]);
				this.#stopIfIdle();
			};
			this.#pending.set(callId, { command: { type: "call", callId, call }, answer });
			if (this.#worker) this.#say({ type: "call", callId, call });
			else this.#startWhenFree();
		});
	}

	/** A thread that is being ended may still hold the port. */
	#startWhenFree(): void {
		void this.#ending.then(() => {
			if (!this.#worker && !this.#disposed && (this.#on || this.#pending.size > 0)) this.#start();
		});
	}

	#start(): void {
		clearTimeout(this.#restart);
		const worker = new Worker(this.#script, { name: "relay-accounts-proxy" });
		const startedAt = Date.now();
		this.#worker = worker;
		worker.on("message", (event: ProxyEvent) => {
			if (worker === this.#worker) this.#hear(event);
		});
		worker.on("error", (error) => this.#log("error", `The proxy's thread failed: ${error.stack ?? error.message}`));
		worker.on("exit", (code) => {
			if (worker === this.#worker) this.#onDeath(code, Date.now() - startedAt);
		});
		if (this.#config) this.#say({ type: "configure", config: this.#config });
		if (this.#on) this.#say({ type: "serve", on: true });
		for (const { command } of this.#pending.values()) this.#say(command);
	}

	#onDeath(code: number, life: number): void {
		this.#worker = null;
		for (const { answer } of [...this.#pending.values()]) answer({ kind: "proxyRestarted" });
		if (!this.#on || this.#disposed) return;
		if (life > healthyLife) this.#delay = firstDelay;
		const after = this.#delay;
		this.#delay = Math.min(this.#delay * 2, longestDelay);
		this.#log("warn", `The proxy's thread ended (code ${code}); it starts again in ${after} ms.`);
		this.#become({ kind: "restarting", after });
		this.#restart = setTimeout(() => {
			if (this.#on && !this.#worker) this.#start();
		}, after);
	}

	#hear(event: ProxyEvent): void {
		switch (event.type) {
			case "port":
				if (this.#on && event.state.kind !== "closed") this.#become(event.state);
				return;
			case "request":
				this.#requests.emit(event.record);
				return;
			case "log":
				this.#log(event.level, event.message);
				return;
			case "result":
				this.#pending.get(event.callId)?.answer(event.result);
		}
	}

	/** Nobody to hear it means that it is said again at the next start, or no longer matters. */
	#say(command: Command): void {
		this.#worker?.postMessage(command);
	}

	#stopIfIdle(): void {
		if (!this.#on && this.#pending.size === 0) this.#stop();
	}

	#stop(): void {
		const worker = this.#worker;
		this.#worker = null;
		if (worker) this.#ending = worker.terminate();
	}

	#become(state: ProxyState): void {
		this.#state = state;
		this.#states.emit(state);
	}
}
