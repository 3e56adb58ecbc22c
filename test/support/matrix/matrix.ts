import assert from "node:assert/strict";
import type { Format } from "../../../src/accounts/account.ts";
import type { RecordedRequest } from "../recordedRequest.ts";
import { type Ask, traitsOf } from "./ask.ts";
import { drivers } from "./drivers.ts";
import { clientModels, closeEnvironment, type Environment, environment } from "./environment.ts";
import type { Driver, Failure, Heard } from "./heard.ts";
import { readReceived } from "./received.ts";
import type { Received } from "./receivedParts.ts";
import { nameOf, note, type Pair, pairs, tableText } from "./table.ts";
import { Tap, type WireExchange } from "./tap.ts";
import { checkClientReply, checkShape } from "./wireChecks.ts";

/** Where a case is played. */
export interface Place extends Pair {
	readonly driver: Driver;
	readonly stream: boolean;
}

/** One line of what has to come through, as a client asks for it and as both sides see it. */
export interface Case {
	/** The row of the table. */
	readonly line: string;
	readonly name: string;
	/** One after the other; a later one may go on with what was heard. */
	readonly asks: readonly (Ask | ((heard: readonly Heard[]) => Ask))[];
	/** All, where it is absent. */
	readonly clients?: readonly Format[];
	readonly accounts?: readonly Format[];
	readonly only?: "official";
	readonly streams?: readonly boolean[];
	/** What the account got at last. */
	readonly received?: (received: Received, place: Place) => void;
	/** What the client saw at last. */
	readonly heard?: (heard: Heard, place: Place, all: readonly Heard[]) => void;
	/** What the proxy says that it could not tell this account; null where it has to tell all. */
	readonly lost?: (pair: Pair) => RegExp | null;
	/** What it may say so of, whatever else. */
	readonly mayLose?: RegExp;
	/** The last ask ends with this error. */
	readonly fails?: (failure: Failure, place: Place) => void;
	/** As `fails`, where the proxy says by itself that this account cannot be asked. */
	readonly refused?: (pair: Pair) => RegExp | null;
}

/** Makes tests of cases: one for each pair that can say them. */
export function playCases(title: string, cases: readonly Case[]): void {
	describe(title, () => {
		for (const given of cases) {
			describe(given.name, () => {
				for (const pair of pairs) playPair(given, pair);
			});
		}
	});
}

function playPair(given: Case, pair: Pair): void {
	if (given.clients?.includes(pair.client) === false || given.accounts?.includes(pair.account) === false) return;
	const able = drivers.filter((driver) => driver.client === pair.client && canPlay(driver, given));
	if (able.length === 0) return;
	it(nameOf(pair), async () => {
		const isLost = (given.lost?.(pair) ?? given.refused?.(pair) ?? null) !== null;
		try {
			for (const driver of able) {
				for (const stream of given.streams ?? [false, true]) await playOnce(given, { ...pair, driver, stream });
			}
		} catch (error) {
			note(given.line, pair, "wrong");
			throw error;
		}
		note(given.line, pair, isLost ? "lost" : "whole");
	});
}

/** Makes a test of a line for each pair in which it can be. */
export function playPairs(
	line: string,
	name: string,
	among: readonly Pair[],
	play: (pair: Pair, environment: Environment) => Promise<void>,
): void {
	describe(name, () => {
		for (const pair of among) {
			it(nameOf(pair), async () => {
				try {
					await play(pair, await environment());
				} catch (error) {
					note(line, pair, "wrong");
					throw error;
				}
				note(line, pair, "whole");
			});
		}
	});
}

function canPlay(driver: Driver, { asks, only }: Case): boolean {
	if (only === "official" && !driver.official) return false;
	const [first] = asks;
	// Later asks say more of the same.
	const traits = typeof first === "function" || first === undefined ? new Set() : traitsOf(first);
	return [...driver.cannot].every((trait) => !traits.has(trait));
}

async function playOnce(given: Case, place: Place): Promise<void> {
	const heard: Heard[] = [];
	const { relay, proxies } = await environment();
	const proxy = proxies[place.account];
	try {
		for (const [index, asked] of given.asks.entries()) {
			const ask = typeof asked === "function" ? asked(heard) : asked;
			const before = relay.requests.length;
			const tap = new Tap();
			const way = {
				origin: proxy.origin,
				apiKey: proxy.localKey,
				model: ask.modelName ?? clientModels[place.client][ask.model ?? "plain"],
				stream: place.stream,
				fetch: tap.fetch,
			};
			const isLast = index === given.asks.length - 1;
			const sending = place.driver.send(ask, way);
			if (isLast && (given.fails !== undefined || (given.refused?.(place) ?? null) !== null)) {
				await checkFailure(given, place, sending, tap);
				return;
			}
			heard.push(await sending);
			checkWire(given, place, await tap.last(), relay.requests.slice(before), isLast);
		}
		const last = heard.at(-1);
		if (last !== undefined) given.heard?.(last, place, heard);
	} catch (error) {
		const { driver, stream } = place;
		const record = proxy.records.at(-1);
		const why = record?.error == null ? "" : `\nThe proxy says: ${record.error}`;
		if (error instanceof Error)
			error.message = `${driver.name}, ${stream ? "streaming" : "whole"}: ${error.message}${why}`;
		throw error;
	} finally {
		proxy.proxy.clearCooldown(null);
	}
}

function checkWire(
	given: Case,
	place: Place,
	exchange: WireExchange,
	requests: readonly RecordedRequest[],
	isLast: boolean,
): void {
	const dropped = (exchange.headers.get("x-relay-dropped") ?? "").split(", ").map(decodeURIComponent);
	const [request] = requests;
	assert.ok(request, "nothing reached the account");
	assert.equal(requests.length, 1, "the account was called once");
	const received = readReceived(place.account, request);
	if (place.driver.official) {
		checkShape(`${place.account}.request`, received.body);
		checkClientReply(place.client, exchange);
	}
	if (!isLast) return;
	const lost = given.lost?.(place) ?? null;
	if (lost !== null) assert.match(dropped.join(", "), lost, "what is lost is named");
	else if (place.driver.official) {
		const isMeant = (name: string) => given.mayLose?.test(name) === true || isUnavoidable(name, place);
		const rest = dropped.filter((name) => name !== "" && !isMeant(name));
		assert.deepEqual(rest, [], "nothing is lost");
	}
	given.received?.(received, place);
}

/** Messages cannot be asked without a limit, and Codex knows none. */
function isUnavoidable(name: string, { client, account }: Pair): boolean {
	return name === "max_tokens" && client === "anthropic" && account === "codex";
}

async function checkFailure(given: Case, place: Place, sending: Promise<Heard>, tap: Tap): Promise<void> {
	const error = await sending.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	if (error === null) assert.fail("the client was told of no error");
	const failure = place.driver.failure(error);
	if (failure === null) throw error;
	if (place.driver.official) checkClientReply(place.client, await tap.last());
	const refused = given.refused?.(place) ?? null;
	if (refused === null) {
		given.fails?.(failure, place);
		return;
	}
	assert.equal(failure.status, 400);
	assert.match(failure.message, refused);
}

after(async () => {
	await closeEnvironment();
	console.log(tableText());
});
