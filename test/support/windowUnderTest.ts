import type { AccountLive } from "../../src/bridge/accountLive.ts";
import type { AccountKey, PortState, ProxyConfig, ProxyEvent } from "../../src/bridge/protocol.ts";
import { LocalProxy } from "../../src/proxy/proxy.ts";
import { poolSettings, straightOut } from "./proxyUnderTest.ts";

/** What the main thread of a window tells its proxy, but for what is given. */
export function windowConfig(port: number, given: Partial<ProxyConfig> = {}): ProxyConfig {
	return {
		port,
		bodyLimit: 1024 * 1024,
		allowedOrigins: [],
		fetchMedia: true,
		localKey: "key",
		controlToken: "token",
		accounts: [],
		pool: poolSettings,
		clocks: { connect: 10_000, firstByte: 120_000, idle: 0 },
		outbound: straightOut,
		explainsChoices: false,
		...given,
	};
}

/** One window's proxy in this process, and all that it tells its main thread. */
export class WindowUnderTest {
	readonly states: PortState[] = [];
	readonly learnt: AccountKey[] = [];
	readonly lives: (readonly AccountLive[])[] = [];
	/** How often it heard that another window had turned the proxy off. */
	turnedOff = 0;
	readonly proxy = new LocalProxy((event) => this.#hear(event));
	readonly #looking = new Set<() => void>();

	/** @returns the first state of the port. */
	async start(port: number, given: Partial<ProxyConfig> = {}): Promise<PortState | undefined> {
		await this.proxy.configure(windowConfig(port, given));
		await this.proxy.serve(true);
		return this.state;
	}

	get state(): PortState | undefined {
		return this.states.at(-1);
	}

	/** How an account stood when it was told last. */
	live(accountId: string): AccountLive | undefined {
		return this.lives.at(-1)?.find(({ id }) => id === accountId);
	}

	/** Settles when the port's state is of this kind. */
	becomes(kind: PortState["kind"]): Promise<void> {
		return this.until(() => this.state?.kind === kind);
	}

	/** Settles after the first thing told that makes it true; the test's own time limit is the only one. */
	until(condition: () => boolean): Promise<void> {
		return new Promise((resolve) => {
			const look = () => {
				if (!condition()) return;
				this.#looking.delete(look);
				resolve();
			};
			this.#looking.add(look);
			look();
		});
	}

	#hear(event: ProxyEvent): void {
		if (event.type === "port") this.states.push(event.state);
		if (event.type === "accounts") this.lives.push(event.live);
		if (event.type === "keyLearnt") this.learnt.push(event.key);
		if (event.type === "turnedOff") this.turnedOff += 1;
		for (const look of [...this.#looking]) look();
	}
}
