import { type Disposable, Listeners } from "../accounts/listeners.ts";
import type { AccountLive } from "./accountLive.ts";
import type { AccountKey, ProxyState, RefusedLogin, RequestRecord } from "./protocol.ts";
import { isServed } from "./proxyControl.ts";

const nobody: ReadonlyMap<string, AccountLive> = new Map();

/** What is seen of the proxy, and who hears of it. */
export class ProxyView implements Disposable {
	readonly states = new Listeners<ProxyState>();
	readonly requests = new Listeners<RequestRecord>();
	readonly lives = new Listeners<ReadonlyMap<string, AccountLive>>();
	readonly learntKeys = new Listeners<AccountKey>();
	readonly refusedLogins = new Listeners<RefusedLogin>();
	#state: ProxyState = { kind: "off" };
	#live = nobody;

	get state(): ProxyState {
		return this.#state;
	}

	/** Empty while nobody serves. */
	get live(): ReadonlyMap<string, AccountLive> {
		return this.#live;
	}

	become(state: ProxyState): void {
		this.#state = state;
		this.states.emit(state);
		if (!isServed(state)) this.#show(nobody);
	}

	/** What comes when nobody serves any more is not shown. */
	showLive(live: readonly AccountLive[]): void {
		if (isServed(this.#state)) this.#show(new Map(live.map((one) => [one.id, one])));
	}

	dispose(): void {
		for (const one of [this.states, this.requests, this.lives, this.learntKeys, this.refusedLogins]) one.dispose();
	}

	#show(live: ReadonlyMap<string, AccountLive>): void {
		if (live === this.#live) return;
		this.#live = live;
		this.lives.emit(live);
	}
}
