import assert from "node:assert/strict";
import { mkdir, readdir, rmdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { withFileLock } from "../../../src/accounts/fileLock.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

/** What the death of a process leaves, some time later. */
async function leaveBehind(folder: string): Promise<void> {
	await mkdir(folder);
	await utimes(folder, 1, 1);
}

describe("a lock that a dead process has left", () => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	beforeEach(async () => {
		folder = await temporaryFolder();
	});
	afterEach(() => folder.remove());

	it("is taken over by one alone, however many come at once", async function () {
		this.timeout(20_000);
		for (let round = 0; round < 100; round += 1) {
			const path = join(folder.path, `${round}.json`);
			await leaveBehind(`${path}.lock`);
			let inside = 0;
			const most: number[] = [];
			const take = () =>
				withFileLock(path, async () => {
					inside += 1;
					most.push(inside);
					await pause(1);
					inside -= 1;
				});
			await Promise.all([take(), take(), take(), take()]);
			assert.deepEqual(most, [1, 1, 1, 1]);
		}
	});

	it("is taken over also where the clock was set back since, and from nobody who lives by the new time", async function () {
		this.timeout(20_000);
		const ahead = Date.now() / 1000 + 3600;
		const dead = join(folder.path, "dead.json");
		const alive = join(folder.path, "alive.json");
		for (const path of [dead, alive]) {
			await mkdir(`${path}.lock`);
			await utimes(`${path}.lock`, ahead, ahead);
		}
		const order: string[] = [];
		const take = (path: string) => withFileLock(path, async () => void order.push(path));
		const live = async () => {
			await pause(2_000);
			await utimes(`${alive}.lock`, new Date(), new Date());
			await pause(4_000);
			order.push("alive until now");
			await rmdir(`${alive}.lock`);
		};
		await Promise.all([take(dead), take(dead), take(alive), live()]);
		assert.deepEqual(order, [dead, dead, "alive until now", alive]);
		assert.deepEqual(await readdir(folder.path), []);
	});

	it("is taken over also where the one before died while taking over, and leaves nothing behind", async () => {
		const path = join(folder.path, "accounts.json");
		await leaveBehind(`${path}.lock`);
		await leaveBehind(`${path}.lock.takeover`);
		assert.equal(await withFileLock(path, async ({ lost }) => lost), false);
		assert.deepEqual(await readdir(folder.path), []);
	});
});
