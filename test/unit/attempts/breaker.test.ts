import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";

const broken = behave.status(500);

describe("the breaker of an account", () => {
	let bed: Bed<"first" | "second">;
	before(async () => {
		bed = await startBed("openai", { first: { priority: 1 }, second: {} });
	});
	beforeEach(() => bed.reset());
	after(() => bed.close());

	const asked = async (stream = false) => (await bed.ask({ stream })).headers["x-relay-account"];
	const restOf = async () => (await bed.until("first", ({ rest }) => rest !== null)).rest;

	it("opens at the third failure in a row, for ten seconds or a tenth more or less", async () => {
		bed.relays.first.always(broken);
		for (let count = 0; count < 5; count += 1) assert.equal(await asked(), "second");
		assert.equal(bed.relays.first.calls.length, 3);
		const rest = await restOf();
		assert.deepEqual([rest?.reason, rest?.status], ["failing", 500]);
		const seconds = ((rest?.until ?? 0) - Date.now()) / 1000;
		assert.ok(seconds > 8 && seconds <= 11, `${seconds} s`);
	});

	it("counts anew after a good answer", async () => {
		bed.relays.first.next(broken, broken, behave.answer, broken, broken);
		for (const by of ["second", "second", "first", "second", "second", "first"]) assert.equal(await asked(), by);
	});

	it("neither counts an error that is passed on nor forgets what it counted", async () => {
		const passed = behave.complain("requestInvalid");
		bed.relays.first.next(passed, broken, passed, broken, passed, broken);
		for (const by of ["first", "second", "first", "second", "first", "second", "second"]) {
			assert.equal(await asked(), by);
		}
		assert.equal(bed.relays.first.calls.length, 6);
	});

	it("neither counts a client that left nor forgets what it counted", async () => {
		const leave = async () => {
			const leaving = new AbortController();
			const begun = bed.begin({}, leaving.signal);
			// A call that answers at once is no one's to leave.
			while (bed.relays.first.calls.length === calls) await pause(1);
			leaving.abort();
			await assert.rejects(begun);
			assert.equal(await bed.relays.first.calls.at(-1)?.left, true);
		};
		let calls = 0;
		for (const behaviour of [behave.silence, broken, behave.silence, broken, behave.silence]) {
			calls = bed.relays.first.calls.length;
			bed.relays.first.next(behaviour);
			if (behaviour === broken) assert.equal(await asked(), "second");
			else await leave();
		}
		bed.relays.first.next(broken);
		assert.equal(await asked(), "second");
		assert.equal(await asked(), "second");
		assert.equal(bed.relays.first.calls.length, 6);
	});

	it("counts streams that break after the client has had some of them", async () => {
		bed.relays.first.next(...Array<typeof broken>(3).fill(behave.stopAfterContent("reset")));
		for (const by of ["first", "first", "first", "second"]) assert.equal(await asked(true), by);
		assert.equal((await restOf())?.reason, "failing");
	});

	it("opens at once for as long as the relay asks", async () => {
		bed.relays.first.next(behave.status(503, { "retry-after": 60 }));
		assert.equal(await asked(), "second");
		assert.equal(await asked(), "second");
		const rest = await restOf();
		assert.deepEqual([rest?.reason, rest?.status], ["failing", 503]);
		const seconds = ((rest?.until ?? 0) - Date.now()) / 1000;
		assert.ok(seconds > 58 && seconds <= 60, `${seconds} s`);
	});
});

describe("an account whose rest is over", () => {
	/** One for each test, so that their rests are waited for once. */
	let beds: Bed<"first" | "second">[];
	let bed: Bed<"first" | "second">;
	before(async () => {
		beds = await Promise.all(
			Array.from({ length: 4 }, () => startBed("openai", { first: { priority: 1 }, second: {} })),
		);
		const ends = beds.map(async (one) => {
			one.relays.first.next(behave.status(503, { "retry-after": 1 }));
			assert.equal((await one.ask()).headers["x-relay-account"], "second");
			const { rest } = await one.until("first", (live) => live.rest !== null);
			await pause((rest?.until ?? 0) - Date.now() + 1);
		});
		await Promise.all(ends);
	});
	beforeEach(() => {
		const next = beds.pop();
		assert.ok(next);
		bed = next;
	});
	afterEach(() => bed.close());

	const asked = async () => (await bed.ask()).headers["x-relay-account"];

	it("is called again", async () => {
		assert.equal(await asked(), "first");
		assert.equal(await asked(), "first");
	});

	it("gets one request that tries whether it is well; the others are sent on", async () => {
		const well = Promise.withResolvers<void>();
		bed.relays.first.always(behave.answerAfter(well.promise));
		const probe = asked();
		while (bed.relays.first.calls.length < 2) await pause(1);
		assert.deepEqual(await Promise.all([asked(), asked(), asked()]), ["second", "second", "second"]);
		assert.equal(bed.relays.first.calls.length, 2);
		assert.equal((await bed.until("first", ({ probing }) => probing)).inFlight, 1);
		well.resolve();
		assert.equal(await probe, "first");
		assert.deepEqual(await Promise.all([asked(), asked()]), ["first", "first"]);
		await bed.until("first", ({ probing, rest }) => !probing && rest === null);
	});

	it("rests again, and longer, when that one fails", async () => {
		bed.relays.first.next(broken);
		assert.equal(await asked(), "second");
		assert.equal(bed.relays.first.calls.length, 2);
		assert.equal(await asked(), "second");
		assert.equal(bed.relays.first.calls.length, 2);
		const { rest } = await bed.until("first", (live) => (live.rest?.until ?? 0) > Date.now() + 5_000);
		const seconds = ((rest?.until ?? 0) - Date.now()) / 1000;
		assert.ok(seconds > 8 && seconds <= 22, `${seconds} s`);
	});

	it("is tried by the next one when the client of that one leaves", async () => {
		bed.relays.first.next(behave.silence);
		const leaving = new AbortController();
		const probe = assert.rejects(bed.begin({}, leaving.signal));
		while (bed.relays.first.calls.length < 2) await pause(1);
		leaving.abort();
		await probe;
		await bed.relays.first.calls[1]?.left;
		await bed.until("first", ({ probing, inFlight }) => !probing && inFlight === 0);
		assert.equal(await asked(), "first");
	});
});
