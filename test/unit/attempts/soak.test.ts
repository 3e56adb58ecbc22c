import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { soakPool } from "../../soak/poolSoak.ts";

describe("five relays of which two fail at random in every way of the table", () => {
	it("show no client a failure that another account could have answered, and keep nothing", async () => {
		// Mocha's own clock runs once it has been given a promise.
		await turn();
		const report = await soakPool({ requests: 600, concurrency: 64, seed: 7 });
		assert.deepEqual(report.wrong, []);
		assert.deepEqual(report.leaks, []);
		// The unsteady ones were called, and clients did leave.
		assert.ok(report.moved > 100, `${report.moved} moved`);
		assert.ok(report.excused > 0 && report.left > 0);
	});
});
