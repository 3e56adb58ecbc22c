import type { IncomingMessage, RequestListener } from "node:http";
import type { Duplex } from "node:stream";
import type { AccountLive, SavedRest } from "../bridge/accountLive.ts";
import type { KeyChange, PortState, ProxyConfig, ProxyEvent } from "../bridge/protocol.ts";
import { lastingRests } from "../bridge/rests.ts";
import { ControlDesk } from "./controlDesk.ts";
import { ControlLink } from "./controlLink.ts";
import { type AttachedMessage, liveOf, type OwnerMessage } from "./controlMessages.ts";
import { LearntKeys } from "./learntKeys.ts";
import { LiveFeed } from "./liveFeed.ts";
import { OwnKeys } from "./ownKeys.ts";
import { type OwnerLink, Port } from "./port.ts";

export interface WindowsParts {
	readonly handler: RequestListener;
	readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
	/** The config as it was completed last. */
	readonly config: () => ProxyConfig;
	/** `completed` may give something else from now on. */
	readonly onLearn: () => void;
	readonly pool: {
		live(): readonly AccountLive[];
		clear(accountId: string | null): void;
		restore(rests: readonly SavedRest[]): void;
	};
	readonly emit: (event: ProxyEvent) => void;
}

/**
 * All windows of a person as one proxy: the one that holds the port answers, the others show what it shows, have it do what
 * a person does in them, and one of them goes on where it stopped.
 */
export class Windows {
	readonly port: Port;
	readonly #parts: WindowsParts;
	readonly #desk: ControlDesk;
	readonly #feed: LiveFeed;
	readonly #learnt: LearntKeys;
	readonly #ownKeys = new OwnKeys();
	#link: ControlLink | null = null;
	/** What the owner told last; null before it has. */
	#mirror: readonly AccountLive[] | null = null;
	/** The owner's local key, which clients go on showing when this window takes the port over. */
	#inherited: { readonly localKey: string /** What the main thread gave then. */; readonly over: string } | null = null;
	#givenLocalKey = "";

	constructor(parts: WindowsParts) {
		this.#parts = parts;
		const { config, emit, pool } = parts;
		this.#learnt = new LearntKeys((key) => emit({ type: "keyLearnt", key }));
		this.#desk = new ControlDesk({
			controlToken: () => config().controlToken,
			port: () => this.port.number,
			localKey: () => config().localKey,
			live: () => pool.live(),
			onMessage: (message) => this.#obey(message),
		});
		this.#feed = new LiveFeed(
			() => pool.live(),
			(live) => {
				emit({ type: "accounts", live });
				this.#desk.tellLive(live);
			},
		);
		this.port = new Port({
			config,
			handler: parts.handler,
			onUpgrade: parts.onUpgrade,
			onState: (state) => this.#onPort(state),
			attach: (port, onEnd) => this.#attach(port, onEnd),
			sayLast: (word) => this.#desk.leave({ type: word }),
			detachAll: () => this.#desk.destroy(),
			onNobody: () => emit({ type: "turnedOff" }),
		});
	}

	/** What the main thread has given, with what other windows have told: keys, and the local key that clients show. */
	completed(given: ProxyConfig): ProxyConfig {
		this.#givenLocalKey = given.localKey;
		const localKey = this.#inherited?.over === given.localKey ? this.#inherited.localKey : given.localKey;
		if (localKey !== this.#parts.config().localKey) this.#desk.tellLocalKey(localKey);
		const accounts = this.#learnt.withLearnt(given.accounts);
		this.#ownKeys.replace(accounts);
		return { ...given, localKey, accounts };
	}

	/** Something in the pool has changed. */
	poolChanged(): void {
		this.#feed.changed();
	}

	clearCooldown(accountId: string | null): void {
		if (this.#link) this.#link.send({ type: "clearCooldown", accountId });
		else this.#parts.pool.clear(accountId);
	}

	/** A person has entered a key in this window, or removed it. */
	keyChanged(key: KeyChange): void {
		this.#learnt.ownChanged(key);
		this.#ownKeys.changed(key);
		this.#link?.send({ type: "key", key });
	}

	/** Takes over an upgraded connection. @returns false where it is no window's. */
	accept(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
		return this.#desk.accept(request, socket, head);
	}

	/** A window has been told that the port is ours. */
	noteQuestion(): void {
		this.#desk.noteQuestion();
	}

	#onPort(state: PortState): void {
		if (state.kind === "otherWindow") this.#inherit(state.localKey);
		this.#parts.emit({ type: "port", state });
		if (state.kind === "listening") this.#feed.start();
		else this.#feed.stop();
	}

	#attach(port: number, onEnd: (next: "now" | "later") => void): OwnerLink {
		let next: "now" | "later" = "now";
		const offered = this.#ownKeys.offers();
		const link = new ControlLink({
			controlToken: this.#parts.config().controlToken,
			port,
			onMessage: (message: OwnerMessage) => {
				switch (message.type) {
					case "localKey":
						this.port.hearLocalKey(message.localKey);
						return;
					case "accounts": {
						const live = liveOf(message);
						this.#mirror = live;
						this.#parts.emit({ type: "accounts", live });
						for (const key of offered.missing(live)) link.send({ type: "key", key });
						return;
					}
					case "off":
						this.#parts.emit({ type: "turnedOff" });
						void this.port.close();
						return;
					case "moves":
						next = "later";
				}
			},
			onEnd: () => {
				if (this.#link === link) this.#link = null;
				this.#goOnFromMirror();
				onEnd(next);
			},
		});
		this.#link = link;
		for (const key of this.#ownKeys.changes) link.send({ type: "key", key });
		return link;
	}

	/** The pool of a window that is attached knows only what it was told; should it serve now, it begins there. */
	#goOnFromMirror(): void {
		if (this.#mirror === null) return;
		const rests = lastingRests(this.#mirror, Date.now());
		this.#mirror = null;
		this.#parts.pool.clear(null);
		this.#parts.pool.restore(rests);
	}

	#inherit(localKey: string): void {
		this.#inherited = { localKey, over: this.#givenLocalKey };
		this.#parts.onLearn();
	}

	#obey(message: AttachedMessage): void {
		switch (message.type) {
			case "clearCooldown":
				this.#parts.pool.clear(message.accountId);
				return;
			case "key":
				if (this.#learnt.learn(message.key)) this.#parts.onLearn();
				return;
			case "turnOff":
				this.#parts.emit({ type: "turnedOff" });
				void this.port.turnOff();
		}
	}
}
