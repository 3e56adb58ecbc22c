import assert from "node:assert/strict";
import { once } from "node:events";
import { Debounce } from "../../../src/accounts/debounce.ts";

/** A debounce whose runs can be awaited. */
function counted(patience: { readonly quiet: number; readonly longest: number }) {
	const runs = new EventTarget();
	let count = 0;
	const debounce = new Debounce(() => {
		count += 1;
		runs.dispatchEvent(new Event("run"));
	}, patience);
	return { debounce, next: () => once(runs, "run"), count: () => count };
}

describe("a task put off", () => {
	it("runs once for changes that come close together", async () => {
		const { debounce, next, count } = counted({ quiet: 20, longest: 1_000 });
		const ran = next();
		for (let change = 0; change < 5; change += 1) debounce.start();
		assert.equal(debounce.isDue, true);
		await ran;
		assert.equal(debounce.isDue, false);
		assert.equal(count(), 1);
	});

	it("runs in the end while changes never cease", async () => {
		const { debounce, next } = counted({ quiet: 60_000, longest: 50 });
		const changes = setInterval(() => debounce.start(), 5);
		try {
			await next();
		} finally {
			clearInterval(changes);
			debounce.cancel();
		}
	});

	it("does not run when it was called off", async () => {
		const { debounce, count } = counted({ quiet: 1, longest: 1 });
		const later = counted({ quiet: 10, longest: 10 });
		debounce.start();
		debounce.cancel();
		const ran = later.next();
		later.debounce.start();
		await ran;
		assert.equal(count(), 0);
	});
});
