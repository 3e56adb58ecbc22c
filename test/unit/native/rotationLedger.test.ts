import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { doubtfulWait, RotationLedger } from "../../../src/native/rotationLedger.ts";
import { temporaryFolder } from "../accounts/temporaryFolder.ts";

const granted = { kind: "granted" };
const outdated = { kind: "outdated" };

describe("the ledger of refresh tokens", () => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	let now: number;
	let logged: string[];
	let one: RotationLedger;
	let other: RotationLedger;
	beforeEach(async () => {
		folder = await temporaryFolder();
		now = 1_800_000_000_000;
		logged = [];
		const open = () =>
			new RotationLedger(
				folder.path,
				(_level, message) => logged.push(message),
				() => now,
			);
		[one, other] = [open(), open()];
	});
	afterEach(() => folder.remove());

	const text = () => readFile(join(folder.path, "logins.json"), "utf8");

	it("lets the first copy be sent, and no other one after it", async () => {
		assert.deepEqual(await one.askToSend("a", "rt-1"), granted);
		assert.equal(await one.rotated("a", "rt-1", "rt-2"), true);
		assert.deepEqual(await other.askToSend("a", "rt-1"), outdated);
		assert.deepEqual(await other.askToSend("a", "rt-0"), outdated);
		assert.deepEqual(await other.askToSend("a", "rt-2"), granted);
		assert.deepEqual(await other.askToSend("b", "rt-1"), granted);
	});

	it("holds back a token that was sent without a stored answer, for a while", async () => {
		await one.askToSend("a", "rt-1");
		now += 10_000;
		assert.deepEqual(await other.askToSend("a", "rt-1"), { kind: "doubtful", until: now - 10_000 + doubtfulWait });
		now += doubtfulWait - 10_000;
		assert.deepEqual(await other.askToSend("a", "rt-1"), granted);
		// Each sending has a wait of its own.
		assert.equal((await one.askToSend("a", "rt-1")).kind, "doubtful");
	});

	it("counts the wait from the moment in which the answer was lost", async () => {
		await one.askToSend("a", "rt-1");
		now += 30_000;
		await one.unanswered("a", "rt-1");
		assert.deepEqual(await one.askToSend("a", "rt-1"), { kind: "doubtful", until: now + doubtfulWait });
	});

	it("lets a token be sent at once that was certainly not used", async () => {
		await one.askToSend("a", "rt-1");
		await one.notUsed("a", "rt-1");
		assert.deepEqual(await other.askToSend("a", "rt-1"), granted);
	});

	it("does not hold a token back for ever because the clock was set back", async () => {
		await one.askToSend("a", "rt-1");
		now -= 365 * 86_400_000;
		assert.deepEqual(await other.askToSend("a", "rt-1"), granted);
	});

	it("lets only the first of two answers count", async () => {
		await one.askToSend("a", "rt-1");
		now += doubtfulWait;
		await other.askToSend("a", "rt-1");
		assert.equal(await one.rotated("a", "rt-1", "rt-2"), true);
		assert.equal(await other.rotated("a", "rt-1", "rt-3"), false);
		assert.deepEqual(await other.askToSend("a", "rt-2"), granted);
	});

	it("can be told the same rotation twice", async () => {
		await one.askToSend("a", "rt-1");
		assert.equal(await one.rotated("a", "rt-1", "rt-2"), true);
		assert.equal(await one.rotated("a", "rt-1", "rt-2"), true);
		assert.deepEqual(await one.askToSend("a", "rt-2"), granted);
	});

	it("goes by a sign-in, also while an older token is on its way", async () => {
		await one.askToSend("a", "rt-1");
		await other.replace("a", "rt-new");
		assert.equal(await one.rotated("a", "rt-1", "rt-2"), false);
		await one.notUsed("a", "rt-1");
		await one.unanswered("a", "rt-1");
		assert.deepEqual(await one.askToSend("a", "rt-2"), outdated);
		assert.deepEqual(await one.askToSend("a", "rt-new"), granted);
	});

	it("lets no copy be sent after a sign-out", async () => {
		await one.askToSend("a", "rt-1");
		await other.replace("a", null);
		assert.deepEqual(await one.askToSend("a", "rt-1"), outdated);
	});

	it("can take a sign-in back", async () => {
		assert.equal(await one.replace("a", "rt-1"), null);
		const before = await one.replace("a", "rt-2");
		await one.restore("a", before);
		assert.deepEqual(await one.askToSend("a", "rt-1"), granted);
		await one.restore("a", null);
		assert.deepEqual(await one.askToSend("a", "rt-5"), granted);
	});

	it("forgets accounts that are gone: at once when told, by and by otherwise", async () => {
		for (const id of ["a", "b", "c"]) await one.replace(id, `rt-${id}`);
		await one.forget(["a"]);
		await one.sweep(["b"]);
		assert.match(await text(), /"c"/);
		now += 40 * 86_400_000;
		await one.sweep(["b"]);
		assert.doesNotMatch(await text(), /"[ac]"/);
		assert.match(await text(), /"b"/);
	});

	it("holds no token, and no digest that could be looked for elsewhere", async () => {
		await one.askToSend("a", "rt-secret");
		const elsewhere = await temporaryFolder();
		try {
			const stranger = new RotationLedger(elsewhere.path, () => undefined);
			await stranger.askToSend("a", "rt-secret");
			const digest = /"current":"([0-9a-f]{64})"/.exec(await text())?.[1];
			assert.ok(digest !== undefined);
			assert.doesNotMatch(await text(), /rt-secret/);
			assert.ok(!(await readFile(join(elsewhere.path, "logins.json"), "utf8")).includes(digest));
		} finally {
			await elsewhere.remove();
		}
	});

	it("begins anew where its file cannot be read, and says so", async () => {
		await one.replace("a", "rt-1");
		await writeFile(join(folder.path, "logins.json"), '{"version":1,"logins":7}');
		assert.deepEqual(await one.askToSend("a", "rt-1"), granted);
		assert.match(logged.join("\n"), /put aside/);
	});

	it("takes from a foreign text what makes sense", async () => {
		const entries = [null, {}, { accountId: "b", current: 5 }, { accountId: "c", current: null, sentAt: "x" }];
		await writeFile(join(folder.path, "logins.json"), JSON.stringify({ version: 1, salt: "s", logins: entries }));
		assert.deepEqual(await one.askToSend("c", "rt"), outdated);
		assert.deepEqual(await one.askToSend("b", "rt"), granted);
	});

	it("does not write over what a newer release has written", async () => {
		await writeFile(join(folder.path, "logins.json"), '{"version":2,"salt":"s","logins":[]}');
		await assert.rejects(one.askToSend("a", "rt-1"), /version 2/);
	});

	it("keeps ids apart that a file name or an object would not take", async () => {
		for (const id of ["__proto__", "../../etc/passwd", "a/b", ""]) {
			assert.deepEqual(await one.askToSend(id, "rt-1"), granted);
			assert.equal((await one.askToSend(id, "rt-1")).kind, "doubtful");
			assert.equal(await one.lock("renewing", id, async () => 7), 7);
		}
	});
});
