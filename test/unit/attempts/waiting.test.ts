import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { formats } from "../../../src/accounts/account.ts";
import { type AccountChanges, type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import { poolSettings } from "../../support/proxyUnderTest.ts";
import { errorWord, type WireReply } from "../../support/wire.ts";

/** Runs a test with one openai account and settings of the pool. */
async function withOne(
	account: AccountChanges,
	settings: Partial<typeof poolSettings>,
	run: (bed: Bed<"only">) => Promise<void>,
): Promise<void> {
	const bed = await startBed("openai", { only: account }, { pool: { ...poolSettings, ...settings } });
	try {
		await run(bed);
	} finally {
		await bed.close();
	}
}

/** The next request has come to the proxy, which runs in this process. */
function nextArrival(origin: string): Promise<void> {
	const channel = "http.server.request.start";
	return new Promise((resolve) => {
		const hear = (message: unknown): void => {
			const { request } = message as { readonly request: IncomingMessage };
			if (`http://${request.headers.host}` !== origin) return;
			unsubscribe(channel, hear);
			resolve();
		};
		subscribe(channel, hear);
	});
}

describe("when all accounts rest", () => {
	for (const format of formats) {
		it(`a ${format} client is told when to come back, and nobody is called`, async () => {
			const bed = await startBed(format, { first: { priority: 1 }, second: {} });
			try {
				bed.relays.first.next(behave.status(429, { "retry-after": 60 }));
				bed.relays.second.next(behave.status(429, { "retry-after": 30 }));
				assert.equal((await bed.ask()).status, 429);
				const reply = await bed.ask();
				assert.equal(reply.status, 429);
				assert.ok(errorWord(format, reply.text));
				const seconds = Number(reply.headers["retry-after"]);
				assert.ok(seconds >= 28 && seconds <= 30, `${seconds} s`);
				assert.deepEqual([reply.headers["x-relay-attempts"], reply.headers["x-relay-account"]], ["0", undefined]);
				assert.deepEqual([bed.relays.first.calls.length, bed.relays.second.calls.length], [1, 1]);
			} finally {
				await bed.close();
			}
		});
	}

	it("a request waits for one that is soon back", () =>
		withOne({}, {}, async (bed) => {
			bed.relays.only.next(behave.status(429, { "retry-after": 1 }));
			// The rest begins after that.
			const began = performance.now();
			assert.equal((await bed.ask()).status, 429);
			const reply = await bed.ask();
			assert.deepEqual([reply.status, reply.headers["x-relay-attempts"]], [200, "1"]);
			assert.ok(performance.now() - began > 990);
		}));

	it("a request that waits is answered as soon as a person clears the rest", () =>
		withOne({}, { maxWait: 60_000 }, async (bed) => {
			bed.relays.only.next(behave.status(429, { "retry-after": 30 }));
			assert.equal((await bed.ask()).status, 429);
			const waiting = bed.ask();
			await bed.until("only", ({ rest }) => rest !== null);
			bed.proxy.proxy.clearCooldown("only");
			assert.equal((await waiting).status, 200);
		}));

	it("a request does not wait where the setting is 0", () =>
		withOne({}, { maxWait: 0 }, async (bed) => {
			// Less than it would wait by default.
			bed.relays.only.next(behave.status(429, { "retry-after": 4 }));
			assert.equal((await bed.ask()).status, 429);
			const reply = await bed.ask();
			assert.equal(reply.status, 429);
			assert.match(String(reply.headers["retry-after"]), /^[1-4]$/);
			assert.equal(bed.relays.only.calls.length, 1);
		}));

	it("a client that leaves while it waits is never asked for", () =>
		withOne({}, { maxWait: 60_000 }, async (bed) => {
			bed.relays.only.next(behave.status(429, { "retry-after": 30 }));
			assert.equal((await bed.ask()).status, 429);
			await bed.proxy.nextRecord();
			const leaving = new AbortController();
			const arrived = nextArrival(bed.proxy.origin);
			const waiting = bed.begin({}, leaving.signal);
			await arrived;
			leaving.abort();
			await assert.rejects(waiting);
			assert.equal((await bed.proxy.nextRecord()).status, 499);
			bed.proxy.proxy.clearCooldown("only");
			const reply = await bed.ask();
			assert.equal(reply.status, 200);
			assert.equal(bed.relays.only.calls.length, 2);
		}));

	it("a key that is refused is no matter of time", () =>
		withOne({}, {}, async (bed) => {
			bed.relays.only.next(behave.status(401));
			assert.equal((await bed.ask()).status, 401);
			const reply = await bed.ask();
			assert.equal(reply.status, 503);
			assert.match(reply.text, /only/);
			assert.equal(reply.headers["retry-after"], undefined);
			assert.equal(reply.headers["x-relay-attempts"], "0");
		}));
});

describe("an account that has as many requests as it may have", () => {
	/** Requests that the relay has begun to work on, and what lets it finish them. */
	const hold = (bed: Bed<"only">) => {
		const gates: PromiseWithResolvers<void>[] = [];
		bed.relays.only.always((asked) => {
			const gate = Promise.withResolvers<void>();
			gates.push(gate);
			return behave.answerAfter(gate.promise)(asked);
		});
		return gates;
	};
	const working = async (bed: Bed<"only">, count: number) => {
		while (bed.relays.only.calls.length < count) await pause(1);
	};

	it("gets the next one when one is done, in the order they came", () =>
		withOne({ maxConcurrent: 1 }, {}, async (bed) => {
			const gates = hold(bed);
			const done: string[] = [];
			const asked: Promise<WireReply>[] = [];
			for (const text of ["one", "two", "three", "four"]) {
				const arrived = nextArrival(bed.proxy.origin);
				const sent = bed.ask({ text });
				asked.push(sent);
				void sent.then(() => done.push(text));
				// On connections of their own: each is sent when the one before it has come.
				await arrived;
				if (text === "one") await working(bed, 1);
			}
			for (let count = 1; count <= 4; count += 1) {
				await working(bed, count);
				assert.equal(bed.relays.only.calls.length, count);
				gates[count - 1]?.resolve();
				await asked[count - 1];
			}
			assert.deepEqual(done, ["one", "two", "three", "four"]);
			for (const reply of await Promise.all(asked)) {
				assert.deepEqual([reply.status, reply.headers["x-relay-attempts"]], [200, "1"]);
			}
		}));

	it("never has more than that, however many come at once", () =>
		withOne({ maxConcurrent: 3 }, {}, async (bed) => {
			const gates = hold(bed);
			const asked = Array.from({ length: 8 }, (_, index) => bed.ask({ text: `${index}` }));
			await working(bed, 3);
			await bed.until("only", ({ inFlight }) => inFlight === 3);
			for (let done = 0; done < 8; done += 1) {
				assert.ok(bed.relays.only.calls.length <= done + 3);
				gates[done]?.resolve();
				await working(bed, Math.min(done + 4, 8));
			}
			for (const reply of await Promise.all(asked)) assert.equal(reply.status, 200);
		}));

	it("turns away what the queue has no place for", () =>
		withOne({ maxConcurrent: 1 }, { queueLimit: 1 }, async (bed) => {
			const gates = hold(bed);
			const first = bed.ask({ text: "one" });
			await working(bed, 1);
			const others = [bed.ask({ text: "two" }), bed.ask({ text: "three" })];
			const turnedAway = await Promise.race(others);
			assert.equal(turnedAway.status, 503);
			assert.ok(Number(turnedAway.headers["retry-after"]) >= 1);
			assert.equal(turnedAway.headers["x-relay-attempts"], "0");
			assert.ok(errorWord("openai", turnedAway.text));
			gates[0]?.resolve();
			await working(bed, 2);
			gates[1]?.resolve();
			assert.deepEqual((await Promise.all([first, ...others])).map(({ status }) => status).sort(), [200, 200, 503]);
		}));

	it("turns away who has waited too long", () =>
		withOne({ maxConcurrent: 1 }, { queueWait: 100 }, async (bed) => {
			const gates = hold(bed);
			const first = bed.ask({ text: "one" });
			await working(bed, 1);
			const turnedAway = await bed.ask({ text: "two" });
			assert.equal(turnedAway.status, 503);
			assert.ok(Number(turnedAway.headers["retry-after"]) >= 1);
			gates[0]?.resolve();
			assert.equal((await first).status, 200);
			assert.equal(bed.relays.only.calls.length, 1);
		}));

	it("is not called for who left the queue", () =>
		withOne({ maxConcurrent: 1 }, {}, async (bed) => {
			const gates = hold(bed);
			const first = bed.ask({ text: "one" });
			await working(bed, 1);
			const leaving = new AbortController();
			const secondArrived = nextArrival(bed.proxy.origin);
			const left = bed.begin({ text: "two" }, leaving.signal);
			await secondArrived;
			const thirdArrived = nextArrival(bed.proxy.origin);
			const third = bed.ask({ text: "three" });
			await thirdArrived;
			leaving.abort();
			await assert.rejects(left);
			assert.equal((await bed.proxy.nextRecord()).status, 499);
			gates[0]?.resolve();
			await working(bed, 2);
			gates[1]?.resolve();
			assert.deepEqual([(await first).status, (await third).status], [200, 200]);
			assert.equal(bed.relays.only.calls.length, 2);
			assert.match(String(bed.relays.only.calls[1]?.request.body), /three/);
			assert.equal((await bed.until("only", ({ inFlight }) => inFlight === 0)).inFlight, 0);
		}));

	it("stands aside for another one that is free", async () => {
		const bed = await startBed("openai", { first: { priority: 1, maxConcurrent: 1 }, second: {} });
		try {
			const gate = Promise.withResolvers<void>();
			bed.relays.first.next(behave.answerAfter(gate.promise));
			const first = bed.ask({ text: "one" });
			while (bed.relays.first.calls.length === 0) await pause(1);
			assert.equal((await bed.ask({ text: "two" })).headers["x-relay-account"], "second");
			gate.resolve();
			assert.equal((await first).headers["x-relay-account"], "first");
		} finally {
			await bed.close();
		}
	});
});
