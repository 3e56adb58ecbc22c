import { setTimeout as pause } from "node:timers/promises";
import { Agent } from "undici";
import { formats } from "../../src/accounts/account.ts";
import type { AccountLive } from "../../src/bridge/accountLive.ts";
import type { ProxyConfig, ServedRelay } from "../../src/bridge/protocol.ts";
import { LocalProxy } from "../../src/proxy/proxy.ts";
import { usualTiming } from "../../src/proxy/timing.ts";
import { hangingAddress, refusingOrigin, unknownHost } from "../support/hostileRelay/addresses.ts";
import { basePaths } from "../support/hostileRelay/bed.ts";
import { type HostileRelay, startHostileRelay } from "../support/hostileRelay/hostileRelay.ts";
import { selfSigned } from "../support/hostileRelay/selfSigned.ts";
import { freePort, poolSettings, relayAt, straightOut } from "../support/proxyUnderTest.ts";
import { relaysOf } from "../support/relayAccount.ts";
import { seededRandom } from "../support/wire.ts";
import { type Called, type Errand, idOf, run } from "./caller.ts";
import { Census } from "./census.ts";
import { type Fate, pick, steadily, Unsteady } from "./unsteady.ts";

export interface SoakOptions {
	readonly requests: number;
	readonly concurrency: number;
	/** The same seed makes the same plan; what happens at once still depends on time. */
	readonly seed: number;
	/** Called with each finished request. */
	readonly onProgress?: (done: number) => void;
}

export interface SoakReport {
	readonly answered: number;
	/** Of these, by another account than the first that was called. */
	readonly moved: number;
	readonly left: number;
	readonly excused: number;
	/** Failures that a client saw although another account could have answered; the first ones in words. */
	readonly wrong: readonly string[];
	/** Calls that reached relays. */
	readonly calls: number;
	/** What was not given back, in words. */
	readonly leaks: readonly string[];
}

/** Milliseconds. The first byte of a healthy relay comes in far less, even on a busy machine. */
const clocks = { connect: 500, firstByte: 2_000, idle: 0 };
const steadyNames = ["steady-1", "steady-2", "steady-3"];
const unsteadyNames = ["unsteady-1", "unsteady-2"];
/** Requests between two changes of where the unsteady ones are. */
const weatherLasts = 40;
/** Requests after which all rests are ended, so that the unsteady ones are called again. */
const restsLast = 4;
/** Milliseconds in which everything has to be given back. */
const patience = 5_000;

/**
 * Five relays, each with an account of every format. Three answer; two fail at random in every way of the table, by what they
 * say and by where they are. Clients of all formats ask, and some of them go away.
 */
export async function soakPool({ requests, concurrency, seed, onProgress }: SoakOptions): Promise<SoakReport> {
	const census = new Census();
	const random = seededRandom(seed);
	const fates = new Map<number, Fate>();
	const relays = await Promise.all([...steadyNames, ...unsteadyNames].map((name) => startRelay(name)));
	const [trap, secure, hanging] = [await refusingOrigin(), await startSecure(), await hangingAddress()];
	for (const relay of relays.slice(0, 3)) relay.always(steadily(random));
	for (const relay of relays.slice(3)) {
		const { behaviour } = new Unsteady(random, (asked, fate) => worsen(fates, idOf(asked), fate));
		relay.always(behaviour);
	}
	let live: readonly AccountLive[] = [];
	const proxy = new LocalProxy(
		(event) => {
			if (event.type === "accounts") live = event.live;
		},
		{ ...usualTiming, secondCall: 10 },
	);
	const config = await configOf(relays);
	await proxy.configure(config);
	await proxy.serve(true);
	const dispatcher = new Agent({ connections: concurrency });
	const called: Called = { origin: `http://127.0.0.1:${config.port}`, localKey: config.localKey, dispatcher };
	const counts = { answered: 0, moved: 0, left: 0, excused: 0 };
	const wrong: string[] = [];
	const places = [
		null,
		null,
		null,
		trap,
		unknownHost,
		secure.origin,
		hanging.origin,
		relays[0]?.origin.replace("http:", "https:") ?? null,
	];
	let begun = 0;
	let done = 0;
	const changeWeather = async () => {
		const where = unsteadyNames.map((name) => [name, pick(places, random)] as const);
		await proxy.configure({ ...config, accounts: movedRelays(relaysOf(config.accounts), new Map(where)) });
	};
	const worker = async () => {
		while (begun < requests) {
			begun += 1;
			const errand = plan(begun, random);
			const sight = await run(errand, called, () => fates.get(errand.id) ?? "hidden");
			fates.delete(errand.id);
			if (sight.kind === "wrong") wrong.push(sight.what);
			else counts[sight.kind] += 1;
			if (sight.kind === "answered" && sight.attempts > 1) counts.moved += 1;
			done += 1;
			if (done % weatherLasts === 0) await changeWeather();
			if (done % restsLast === 0) proxy.clearCooldown(null);
			onProgress?.(done);
		}
	};
	await Promise.all(Array.from({ length: concurrency }, worker));
	const leaks: string[] = [];
	const isQuiet = await eventually(() => live.every(({ inFlight, probing }) => inFlight === 0 && !probing));
	if (!isQuiet) leaks.push(`leases: ${JSON.stringify(live.filter(({ inFlight }) => inFlight > 0))}`);
	const calls = relays.reduce((sum, relay) => sum + relay.requests, 0);
	await dispatcher.close();
	const sockets = relays.reduce((sum, { openSockets }) => sum + openSockets, 0);
	if (sockets > relays.length * concurrency) leaks.push(`${sockets} connections to relays`);
	await proxy.close();
	const allClosed = await eventually(() => relays.every(({ openSockets }) => openSockets === 0));
	if (!allClosed) leaks.push(`connections: ${relays.map(({ openSockets }) => openSockets).join(", ")}`);
	await Promise.all([...relays, secure, hanging].map((one) => one.close()));
	await eventually(() => census.leaks().length === 0);
	leaks.push(...census.leaks());
	census.close();
	return { ...counts, wrong, calls, leaks };
}

/** An account for each format at each relay. Keys differ from relay to relay. */
async function configOf(relays: readonly HostileRelay[]): Promise<ProxyConfig> {
	const names = [...steadyNames, ...unsteadyNames];
	return {
		port: await freePort(),
		bodyLimit: 1024 * 1024,
		allowedOrigins: [],
		fetchMedia: true,
		localKey: "local-key-of-the-soak",
		controlToken: "control-token-of-the-soak",
		accounts: relays.flatMap(({ origin, key }, index) =>
			formats.map((format) => {
				const name = `${names[index]} ${format}`;
				const own = {
					id: name,
					label: name,
					// One of the steady ones is slow to take more: others are called in its place.
					maxConcurrent: index === 0 ? 2 : null,
					// The unsteady ones are called first whenever they do not rest.
					priority: index < steadyNames.length ? 0 : 1,
				};
				return { account: relayAt(format, origin + basePaths[format], own), apiKey: key };
			}),
		),
		pool: poolSettings,
		clocks,
		outbound: straightOut,
		explainsChoices: false,
	};
}

/** The same accounts, some of them at other addresses. */
function movedRelays(
	relays: readonly ServedRelay[],
	places: ReadonlyMap<string, string | null>,
): readonly ServedRelay[] {
	return relays.map(({ account, apiKey }) => {
		const place = places.get(account.label.split(" ")[0] ?? "") ?? null;
		const baseUrl = place === null ? account.baseUrl : place + basePaths[account.format];
		return { account: { ...account, baseUrl }, apiKey };
	});
}

function startRelay(name: string): Promise<HostileRelay> {
	return startHostileRelay({ key: `key-of-${name}`, remember: false });
}

function startSecure(): Promise<HostileRelay> {
	return startHostileRelay({ certificate: selfSigned(), remember: false });
}

function plan(id: number, random: () => number): Errand {
	return {
		id,
		format: pick(formats, random),
		stream: random() < 0.6,
		leavesAfter: random() < 0.03 ? Math.floor(random() * 20) : null,
	};
}

/** A request may meet both unsteady relays. */
function worsen(fates: Map<number, Fate>, id: number, fate: Fate): void {
	if (fate !== "hidden") fates.set(id, fate);
}

/** Whether something comes true in time. */
async function eventually(holds: () => boolean): Promise<boolean> {
	const deadline = performance.now() + patience;
	while (!holds()) {
		if (performance.now() > deadline) return false;
		await pause(20);
	}
	return true;
}
