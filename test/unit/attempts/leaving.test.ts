import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import type { Behaviour } from "../../support/hostileRelay/steps.ts";

describe("a client that goes away", () => {
	let bed: Bed<"first" | "second">;
	before(async () => {
		bed = await startBed("openai", { first: { priority: 1 }, second: {} }, {}, { secondCall: 60_000 });
	});
	beforeEach(() => bed.reset());
	after(() => bed.close());

	/** The upstream request is cancelled, and nobody is blamed or called in its place. */
	const assertLeft = async () => {
		const call = bed.relays.first.calls.at(-1);
		assert.equal(await call?.left, true);
		const record = await bed.proxy.nextRecord();
		assert.deepEqual([record.status, record.error], [499, null]);
		assert.deepEqual(
			record.calls.map(({ label, error }) => [label, error]),
			[["first", null]],
		);
		assert.equal(bed.relays.second.calls.length, 0);
		const live = await bed.until("first", ({ inFlight }) => inFlight === 0);
		assert.equal(live.rest, null);
	};

	for (const [name, behaviour, stream] of [
		["before a relay has said anything", behave.silence, false],
		["while a relay is silent after its headers", behave.stopAfterHead("silence"), false],
		["while a stream is held back", behave.stopAfterOpening("silence"), true],
		["while a small reply is held back", behave.stopInsideJson("silence"), false],
		["while an error's body is read", headThenSilence(429), false],
	] as const) {
		it(`${name} costs the account nothing`, async () => {
			bed.relays.first.next(behaviour);
			const leaving = new AbortController();
			const begun = bed.begin({ stream }, leaving.signal);
			await bed.relays.first.nextCall();
			// What the relay has said is with the proxy.
			await pause(20);
			leaving.abort();
			await assert.rejects(begun);
			await assertLeft();
		});
	}

	it("in the middle of a stream costs the account nothing", async () => {
		bed.relays.first.next(behave.stopAfterContent("silence"));
		const leaving = new AbortController();
		const reply = await bed.begin({ stream: true }, leaving.signal);
		const reading = reply.body.on("error", () => {})[Symbol.asyncIterator]();
		assert.equal((await reading.next()).done, false);
		leaving.abort();
		const call = bed.relays.first.calls.at(-1);
		assert.equal(await call?.left, true);
		const record = await bed.proxy.nextRecord();
		assert.deepEqual([record.status, record.error, record.calls[0]?.error], [499, null, null]);
	});

	it("is seen by the relay within moments", async () => {
		bed.relays.first.always(behave.silence);
		const took: number[] = [];
		for (let count = 0; count < 10; count += 1) {
			const leaving = new AbortController();
			const begun = assert.rejects(bed.begin({}, leaving.signal));
			const call = await bed.relays.first.nextCall();
			const left = performance.now();
			leaving.abort();
			assert.equal(await call.left, true);
			took.push(performance.now() - left);
			await begun;
			await bed.proxy.nextRecord();
		}
		// A machine that stood still made some of them late; a timer on the way would have made all of them late.
		assert.ok(Math.min(...took) < 200, `${took.join(", ")} ms`);
	});

	it("between two calls is not followed by another", async () => {
		const alone = await startBed("openai", { only: {} }, {}, { secondCall: 60_000 });
		try {
			alone.relays.only.always(behave.status(500));
			const leaving = new AbortController();
			const begun = alone.begin({}, leaving.signal);
			await (await alone.relays.only.nextCall()).left;
			await alone.until("only", ({ inFlight, lastChoice }) => inFlight === 0 && lastChoice !== null);
			leaving.abort();
			await assert.rejects(begun);
			const record = await alone.proxy.nextRecord();
			assert.deepEqual([record.status, record.calls.length], [499, 1]);
			assert.equal(alone.relays.only.calls.length, 1);
		} finally {
			await alone.close();
		}
	});
});

function headThenSilence(status: number): Behaviour {
	return () => [
		{ do: "head", status, headers: { "content-type": "application/json" } },
		{ do: "write", bytes: '{"error":' },
		{ do: "silence" },
	];
}
