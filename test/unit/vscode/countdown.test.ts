import assert from "node:assert/strict";
import "./vscodeHook.ts";

const { spanChangesIn, spanText } = await import("../../../src/vscode/countdown.ts");

const minute = 60_000;
const hour = 60 * minute;

describe("a countdown", () => {
	it("is told in tens of seconds, then minutes, hours and days, rounded up", () => {
		const seconds = [1, 9_999, 10_000, 10_001, 42_000, 60_000];
		assert.deepEqual(seconds.map(spanText), ["10 s", "10 s", "10 s", "20 s", "50 s", "60 s"]);
		const longer = [60_001, 2 * minute, 90 * minute, 90 * minute + 1, 48 * hour, 49 * hour];
		assert.deepEqual(longer.map(spanText), ["2 min", "2 min", "90 min", "2 h", "48 h", "3 d"]);
	});

	it("never stands at nothing", () => {
		assert.equal(spanText(0), "10 s");
		assert.equal(spanText(-5_000), "10 s");
		assert.ok(spanChangesIn(-5_000) > 0);
	});

	it("says something else exactly when it is said to", () => {
		for (const start of [400, 3_000, 59_999, 61_000, 10 * minute, 91 * minute, 47 * hour, 200 * hour]) {
			for (let left = start, steps = 0; left > 0 && steps < 80; steps += 1) {
				const change = spanChangesIn(left);
				assert.ok(change > 0);
				assert.equal(spanText(left - change + 1), spanText(left), `${left}`);
				if (left - change > 0) assert.notEqual(spanText(left - change), spanText(left), `${left}`);
				left -= change;
			}
		}
	});
});
