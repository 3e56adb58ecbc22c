import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Alarm, afterTimeout } from "../../../src/pool/alarm.ts";
import { ManualClock } from "./poolUnderTest.ts";

function alarmClock() {
	const clock = new ManualClock();
	const rings: number[] = [];
	const delays: number[] = [];
	const start = clock.time;
	const alarm = new Alarm(
		clock.now,
		(milliseconds, run) => {
			delays.push(milliseconds);
			return clock.after(milliseconds, run);
		},
		() => rings.push(clock.time - start),
	);
	return { clock, rings, delays, alarm, start };
}

describe("the alarm", () => {
	it("rings once, at the moment that was set last", () => {
		const { clock, rings, alarm, start } = alarmClock();
		alarm.set(start + 100);
		alarm.set(start + 50);
		assert.equal(clock.pending, 1);
		clock.advance(200);
		assert.deepEqual(rings, [50]);
		alarm.set(start + 250);
		alarm.set(null);
		assert.equal(clock.pending, 0);
	});

	it("keeps its timer when the same moment is set again", () => {
		const { delays, alarm, start } = alarmClock();
		alarm.set(start + 100);
		alarm.set(start + 100);
		assert.deepEqual(delays, [100]);
	});

	it("is asked for whole milliseconds that a timer can take", () => {
		const { delays, alarm, start } = alarmClock();
		for (const at of [start - 5, start, start + 0.2, start + 1.2, start + 31 * 24 * 3600 * 1000]) alarm.set(at);
		assert.deepEqual(delays, [1, 1, 1, 2, 2 ** 31 - 1]);
	});

	it("can be set for the same moment after it rang early", () => {
		const { clock, rings, alarm, start } = alarmClock();
		const month = start + 31 * 24 * 3600 * 1000;
		alarm.set(month);
		clock.advance(2 ** 31 - 1);
		assert.equal(rings.length, 1);
		alarm.set(month);
		clock.advance(month - clock.time);
		assert.equal(rings.length, 2);
		assert.equal(clock.time, month);
	});

	it("runs on timers of the system, which can be called off", async () => {
		const order: string[] = [];
		const cancel = afterTimeout(1, () => order.push("cancelled"));
		const keepsAlive = setInterval(() => {}, 1_000);
		const done = new Promise<void>((resolve) => {
			afterTimeout(5, () => {
				order.push("rang");
				resolve();
			});
		});
		cancel();
		await done;
		clearInterval(keepsAlive);
		assert.deepEqual(order, ["rang"]);
	});

	it("keeps no thread alive", async () => {
		const module = new URL("../../../src/pool/alarm.ts", import.meta.url).href;
		const code = `import(${JSON.stringify(module)}).then(({ afterTimeout }) => afterTimeout(3_600_000, () => {}));`;
		const [exitCode] = await once(new Worker(code, { eval: true }), "exit");
		assert.equal(exitCode, 0);
	});
});
