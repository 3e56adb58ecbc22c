import assert from "node:assert/strict";
import { LongTimer } from "../../../src/native/longTimer.ts";
import { TestClock } from "./testClock.ts";

const hour = 3_600_000;
const day = 24 * hour;

describe("LongTimer", () => {
	let clock: TestClock;
	let rings: number;
	let timer: LongTimer;
	beforeEach(() => {
		clock = new TestClock();
		rings = 0;
		timer = new LongTimer(clock, () => {
			rings += 1;
		});
	});

	it("rings once, at its moment", () => {
		timer.set(clock.now() + 90_000);
		clock.pass(89_999);
		assert.equal(rings, 0);
		clock.pass(1);
		assert.equal(rings, 1);
		clock.pass(day);
		assert.equal(rings, 1);
		assert.equal(clock.pending, 0);
	});

	it("reaches moments beyond what one timer of Node can wait", () => {
		timer.set(clock.now() + 40 * day);
		clock.pass(40 * day - 1);
		assert.equal(rings, 0);
		clock.pass(1);
		assert.equal(rings, 1);
		assert.ok(clock.waits.every((wait) => wait <= 60_000));
	});

	it("rings soon after a sleep in which its moment has passed", () => {
		timer.set(clock.now() + 5 * hour);
		clock.pass(hour);
		clock.jump(8 * hour);
		clock.pass(60_000);
		assert.equal(rings, 1);
	});

	it("rings at once for a moment that has passed, though not while it is being set", () => {
		timer.set(clock.now() - day);
		assert.equal(rings, 0);
		clock.pass(0);
		assert.equal(rings, 1);
	});

	it("is not put off by a clock that is set back", () => {
		timer.set(clock.now() + hour);
		clock.jump(-365 * day);
		clock.pass(hour - 1);
		assert.equal(rings, 0);
		clock.pass(1);
		assert.equal(rings, 1);
	});

	it("is not put off either by being told the same moment again after that", () => {
		const moment = clock.now() + hour;
		timer.set(moment);
		clock.jump(-365 * day);
		timer.set(moment);
		clock.pass(hour);
		assert.equal(rings, 1);
	});

	it("follows a new moment and forgets the old one", () => {
		timer.set(clock.now() + hour);
		timer.set(clock.now() + 2 * hour);
		clock.pass(2 * hour - 1);
		assert.equal(rings, 0);
		clock.pass(1);
		assert.equal(rings, 1);
		timer.set(clock.now() + hour);
		timer.set(null);
		clock.pass(day);
		assert.equal(rings, 1);
	});

	it("can be set from within its own ring, to the same moment too", () => {
		const moment = clock.now() + 1_000;
		const again: LongTimer = new LongTimer(clock, () => {
			rings += 1;
			if (rings < 3) again.set(moment);
		});
		again.set(moment);
		clock.pass(1_000);
		assert.equal(rings, 3);
	});
});
