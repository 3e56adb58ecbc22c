import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type Dispatcher, request } from "undici";
import type { Format, RelayAccount } from "../../../src/accounts/account.ts";
import type { AccountLive } from "../../../src/bridge/accountLive.ts";
import type { ProxyConfig } from "../../../src/bridge/protocol.ts";
import { type Timing, usualTiming } from "../../../src/proxy/timing.ts";
import { type ProxyUnderTest, relayAt, startProxy } from "../proxyUnderTest.ts";
import { clientHeaders, send, type WireReply } from "../wire.ts";
import { answer } from "./behaviours.ts";
import { type HostileRelay, startHostileRelay } from "./hostileRelay.ts";
import { type Question, wireQuestion } from "./question.ts";

/** Where a relay of each format is found below its origin. */
export const basePaths: Readonly<Record<Format, string>> = {
	codex: "/v1",
	openai: "/v1",
	anthropic: "/v1",
	gemini: "/v1beta",
};

/** Changes to an account, and its address where that is not its relay's. */
export type AccountChanges = Partial<RelayAccount>;

/** A proxy before hostile relays, one an account. The account, its label and its relay have one name. */
export interface Bed<Name extends string> {
	readonly proxy: ProxyUnderTest;
	readonly relays: Readonly<Record<Name, HostileRelay>>;
	ask(question?: Question): Promise<WireReply>;
	/** Sends a question and gives the reply as soon as its headers are there. */
	begin(question?: Question, signal?: AbortSignal): Promise<Dispatcher.ResponseData>;
	/** Waits until an account stands as is asked for. */
	until(name: Name, holds: (live: AccountLive) => boolean): Promise<AccountLive>;
	/** Ends all rests, and lets every relay answer well again and forget its calls. */
	reset(): void;
	close(): Promise<void>;
}

/**
 * @param format that the accounts speak, and clients where they do not say otherwise.
 * @param accounts names, and what is unusual about each.
 */
export async function startBed<Name extends string>(
	format: Format,
	accounts: Readonly<Record<Name, AccountChanges>>,
	overrides: Partial<Omit<ProxyConfig, "accounts" | "port">> = {},
	timing: Partial<Timing> = {},
): Promise<Bed<Name>> {
	const names = Object.keys(accounts) as Name[];
	const started = await Promise.all(
		names.map(async (name) => [name, await startHostileRelay({ key: `key-of-${name}` })] as const),
	);
	const relays = Object.fromEntries(started) as Record<Name, HostileRelay>;
	const served = names.map((name) => {
		const { origin, key } = relays[name];
		const speaks = accounts[name].format ?? format;
		const account = relayAt(speaks, origin + basePaths[speaks], { id: name, label: name, ...accounts[name] });
		return { account, apiKey: key };
	});
	const proxy = await startProxy(served, overrides, { ...usualTiming, ...timing });
	const wired = (question: Question) => wireQuestion({ format, ...question });
	const headers = (question: Question) => clientHeaders(proxy.localKey, question.headers);
	/** Events before it tell of a time that is over. */
	let begun = 0;
	const latest = (name: Name): AccountLive | null => {
		const event = proxy.events.findLast((one, index) => one.type === "accounts" && index >= begun);
		return event?.type === "accounts" ? (event.live.find(({ id }) => id === name) ?? null) : null;
	};
	const until = async (name: Name, holds: (live: AccountLive) => boolean): Promise<AccountLive> => {
		for (;;) {
			const live = latest(name);
			if (live && holds(live)) return live;
			await pause(5);
		}
	};
	return {
		proxy,
		relays,
		ask: (question = {}) => {
			const { path, body } = wired(question);
			return send(proxy.origin + path, { headers: headers(question), body });
		},
		begin: (question = {}, signal) => {
			const { path, body } = wired(question);
			return request(proxy.origin + path, {
				method: "POST",
				headers: headers(question),
				body,
				...(signal && { signal }),
			});
		},
		until,
		reset: () => {
			proxy.proxy.clearCooldown(null);
			begun = proxy.events.length;
			for (const relay of Object.values<HostileRelay>(relays)) {
				relay.always(answer);
				relay.forget();
			}
		},
		close: async () => {
			await proxy.close();
			for (const name of names) {
				for (const { givenKey, request: received } of relays[name].calls) {
					// Whatever happened: nobody saw another account's key, or the local one.
					assert.equal(givenKey, relays[name].key);
					assert.equal(received.headers.host, `127.0.0.1:${relays[name].port}`);
				}
				await relays[name].close();
			}
		},
	};
}
