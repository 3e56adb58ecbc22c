import assert from "node:assert/strict";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import type { AccountLive } from "../../../src/bridge/accountLive.ts";
import { LiveFeed } from "../../../src/proxy/liveFeed.ts";

describe("the feed of how accounts stand", () => {
	const told: number[] = [];
	let inFlight = 0;
	const feed = new LiveFeed(
		() => [{ id: "one", inFlight } as AccountLive],
		([one]) => told.push(one?.inFlight ?? -1),
	);
	beforeEach(() => {
		told.length = 0;
	});
	afterEach(() => feed.stop());

	it("tells a burst of changes a few times, and the last of them", async () => {
		feed.start();
		const startedAt = performance.now();
		while (told.length < 3) {
			inFlight += 1;
			feed.changed();
			await turn();
		}
		inFlight += 1;
		feed.changed();
		while (told.at(-1) !== inFlight) await turn();
		assert.equal(told.length, 4);
		// A quarter of a second between each two of them.
		assert.ok(performance.now() - startedAt > 700);
		assert.ok(inFlight > 20);
	});

	it("says nothing while nothing changes, and nothing when it is stopped", async () => {
		feed.start();
		while (told.length === 0) await turn();
		await pause(250);
		assert.equal(told.length, 1);
		feed.changed();
		feed.stop();
		feed.changed();
		await pause(150);
		assert.equal(told.length, 1);
	});
});
