import type { MessagePort } from "node:worker_threads";
import type { Disposable } from "../accounts/listeners.ts";
import type { AccountLive, SavedRest } from "./accountLive.ts";
import { CarriedOver } from "./carriedOver.ts";
import { OpenCalls } from "./openCalls.ts";
import { OwnerWatch } from "./ownerWatch.ts";
import type {
	AccountKey,
	HostRequest,
	KeyChange,
	LogLevel,
	PortState,
	ProxyConfig,
	ProxyEvent,
	ProxyState,
	RefusedLogin,
	RequestRecord,
	ServedNative,
} from "./protocol.ts";
import type { ProxyControl } from "./proxyControl.ts";
import { ProxyView } from "./proxyView.ts";
import type { Call, CallResults, ModelsReport, QuotaReport, RelayTarget, TestReport } from "./relayReports.ts";
import { WorkerThread } from "./workerThread.ts";

/** How long a thread may take to let go of the port and to have the other windows do the same. Milliseconds. */
const lettingGo = 4_000;

export interface WorkerProxyParts {
	/** Path of the worker's bundle. */
	readonly script: string;
	readonly log: (level: LogLevel, message: string) => void;
	/** The rests from before this window was reloaded; asked when a thread starts and none has told anything yet. */
	readonly savedRests: () => readonly SavedRest[];
	/** Makes a request in this thread and answers on the port. */
	readonly fetchHere: (request: HostRequest, port: MessagePort) => void;
}

/** How the proxy is to be: off, off unless there is a window to attach to, or on. */
type Wish = "off" | "follow" | "on";

/**
 * The proxy in a worker thread of this window. The thread lives while the proxy is on or a question is open, and is started
 * again with growing delays when it dies. While the proxy is off, this window notices when another turns it on.
 */
export class WorkerProxy implements ProxyControl {
	readonly #parts: WorkerProxyParts;
	readonly #carried: CarriedOver;
	readonly #watch: OwnerWatch;
	readonly #thread: WorkerThread;
	readonly #calls = new OpenCalls(
		(command) => this.#thread.say(command),
		() => this.#thread.isAlive,
	);
	readonly #view = new ProxyView();
	#config: ProxyConfig | null = null;
	#wish: Wish = "off";
	#restart: NodeJS.Timeout | undefined;
	/** Runs while the thread lets go of the port. */
	#lettingGo: NodeJS.Timeout | undefined;
	#disposed = false;

	constructor(parts: WorkerProxyParts) {
		this.#parts = parts;
		this.#carried = new CarriedOver(parts.savedRests);
		this.#watch = new OwnerWatch(() => this.#follow());
		this.#thread = new WorkerThread({
			script: parts.script,
			onEvent: (event) => this.#hear(event),
			onError: (error) => parts.log("error", `The proxy's thread failed: ${error.stack ?? error.message}`),
			onDeath: (code, after) => this.#onDeath(code, after),
		});
	}

	get state(): ProxyState {
		return this.#view.state;
	}

	onDidChangeState(listener: (state: ProxyState) => void): Disposable {
		return this.#view.states.add(listener);
	}

	onDidFinishRequest(listener: (record: RequestRecord) => void): Disposable {
		return this.#view.requests.add(listener);
	}

	get live(): ReadonlyMap<string, AccountLive> {
		return this.#view.live;
	}

	onDidChangeLive(listener: (live: ReadonlyMap<string, AccountLive>) => void): Disposable {
		return this.#view.lives.add(listener);
	}

	onDidLearnKey(listener: (key: AccountKey) => void): Disposable {
		return this.#view.learntKeys.add(listener);
	}

	configure(config: ProxyConfig): void {
		this.#config = config;
		this.#thread.say({ type: "configure", config });
		this.#watchIfOff();
	}

	serve(on: boolean): void {
		if (this.#disposed || on === (this.#wish === "on")) return;
		if (on) {
			this.#want("on");
			this.#view.become({ kind: "starting" });
			if (this.#thread.isAlive) this.#thread.say({ type: "serve", on });
			else this.#startWhenFree();
		} else {
			this.#thread.say({ type: "serve", on });
			this.#turnOff();
		}
	}

	clearCooldown(accountId: string | null): void {
		this.#carried.cleared(accountId);
		this.#thread.say({ type: "clearCooldown", accountId });
	}

	keyChanged(key: KeyChange): void {
		this.#carried.keyChanged(key);
		this.#thread.say({ type: "keyChanged", key });
	}

	onDidRefuseLogin(listener: (refused: RefusedLogin) => void): Disposable {
		return this.#view.refusedLogins.add(listener);
	}

	loginNotRenewed(accountId: string): void {
		this.#thread.say({ type: "loginNotRenewed", accountId });
	}

	askQuota(target: ServedNative, signal: AbortSignal): Promise<QuotaReport> {
		return this.#ask({ kind: "askQuota", target }, signal);
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
		this.#watch.stop();
		this.#stop();
		this.#view.dispose();
	}

	/** Another window serves: this one shows so, and stays off should it be gone again by then. */
	#follow(): void {
		if (this.#disposed || this.#wish !== "off") return;
		this.#want("follow");
		if (this.#thread.isAlive) this.#thread.say({ type: "follow" });
		else this.#startWhenFree();
	}

	#want(wish: Wish): void {
		this.#wish = wish;
		clearTimeout(this.#restart);
		clearTimeout(this.#lettingGo);
		this.#lettingGo = undefined;
		this.#thread.forgive();
		this.#watch.stop();
	}

	/** The thread lets go of the port by itself, and says so; only then may it be ended. */
	#turnOff(): void {
		this.#want("off");
		this.#view.become({ kind: "off" });
		if (this.#thread.isAlive) this.#lettingGo = setTimeout(() => this.#hasLetGo(), lettingGo);
		else this.#watchIfOff();
	}

	#hasLetGo(): void {
		clearTimeout(this.#lettingGo);
		this.#lettingGo = undefined;
		this.#stopIfIdle();
		this.#watchIfOff();
	}

	#watchIfOff(): void {
		if (this.#disposed || this.#wish !== "off" || this.#lettingGo || !this.#config) return;
		this.#watch.start(this.#config.controlToken, this.#config.port);
	}

	async #ask<Kind extends Call["kind"]>(
		call: Extract<Call, { kind: Kind }>,
		signal: AbortSignal,
	): Promise<CallResults[Kind]> {
		if (signal.aborted || this.#disposed) return { kind: "cancelled" };
		const result = this.#calls.ask(call, signal);
		if (!this.#thread.isAlive) this.#startWhenFree();
		try {
			return await result;
		} finally {
			this.#stopIfIdle();
		}
	}

	/** A thread that is being ended may still hold the port. */
	#startWhenFree(): void {
		void this.#thread.whenFree().then(() => {
			if (!this.#thread.isAlive && !this.#disposed && (this.#wish !== "off" || this.#calls.areOpen)) this.#start();
		});
	}

	#start(): void {
		clearTimeout(this.#restart);
		this.#thread.start();
		for (const command of this.#carried.commands) this.#thread.say(command);
		if (this.#config) this.#thread.say({ type: "configure", config: this.#config });
		if (this.#wish === "on") this.#thread.say({ type: "serve", on: true });
		else if (this.#wish === "follow") this.#thread.say({ type: "follow" });
		for (const command of this.#calls.commands) this.#thread.say(command);
	}

	#onDeath(code: number, after: number): void {
		this.#calls.loseAll();
		if (this.#disposed) return;
		if (this.#wish !== "on") {
			this.#wish = "off";
			this.#hasLetGo();
			return;
		}
		this.#parts.log("warn", `The proxy's thread ended (code ${code}); it starts again in ${after} ms.`);
		this.#view.become({ kind: "restarting", after });
		this.#restart = setTimeout(() => {
			if (this.#wish === "on" && !this.#thread.isAlive) this.#start();
		}, after);
	}

	#hear(event: ProxyEvent): void {
		switch (event.type) {
			case "port":
				this.#hearPort(event.state);
				return;
			case "accounts":
				this.#carried.told(event.live);
				this.#view.showLive(event.live);
				return;
			case "turnedOff":
				if (this.#wish !== "off") this.#turnOff();
				return;
			case "keyLearnt":
				this.#view.learntKeys.emit(event.key);
				return;
			case "loginRefused":
				this.#view.refusedLogins.emit(event.refused);
				return;
			case "requests":
				for (const record of event.records) this.#view.requests.emit(record);
				return;
			case "log":
				this.#parts.log(event.level, event.message);
				return;
			case "hostFetch":
				this.#parts.fetchHere(event.request, event.port);
				return;
			case "result":
				this.#calls.answer(event.callId, event.result);
		}
	}

	#hearPort(state: PortState): void {
		if (state.kind === "closed") {
			if (this.#wish === "off") this.#hasLetGo();
		} else if (this.#wish !== "off") {
			// Whoever has been attached is on, and takes the port over like any other.
			this.#wish = "on";
			this.#view.become(state);
		}
	}

	#stopIfIdle(): void {
		if (this.#wish === "off" && !this.#lettingGo && !this.#calls.areOpen) this.#stop();
	}

	#stop(): void {
		clearTimeout(this.#lettingGo);
		this.#lettingGo = undefined;
		this.#thread.stop();
	}
}
