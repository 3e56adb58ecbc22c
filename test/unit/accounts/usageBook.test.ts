import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageBook, type UsageSpan } from "../../../src/accounts/usageBook.ts";
import { noCounts, otherModels } from "../../../src/accounts/usageTable.ts";
import type { CallRecord, LogLevel, Usage } from "../../../src/bridge/protocol.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const noon = new Date(2026, 4, 20, 12).getTime();
const day = 86_400_000;

const usage: Usage = { input: 100, output: 10, cached: 40, reasoning: 3 };

function call(changes: Partial<CallRecord> = {}): CallRecord {
	return { accountId: "a", label: "A", model: "m", status: 200, error: null, usage, ...changes };
}

describe("the usage book", () => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	let books: UsageBook[];
	let logged: (readonly [LogLevel, string])[];
	let now: number;
	beforeEach(async () => {
		folder = await temporaryFolder();
		books = [];
		logged = [];
		now = noon;
	});
	afterEach(async () => {
		for (const book of books) book.dispose();
		// A writing that is under way would else make the folder again.
		await Promise.all(books.map((book) => book.flush()));
		await folder.remove();
	});

	async function open(): Promise<UsageBook> {
		const book = await UsageBook.open({
			folder: folder.path,
			log: (level, message) => logged.push([level, message]),
			now: () => now,
		});
		books.push(book);
		return book;
	}

	/** Resolves when the book tells of counts that fit. */
	function told(book: UsageBook, fits: (today: UsageSpan) => boolean): Promise<void> {
		return new Promise((resolve) => {
			const subscription = book.onDidChange(() => {
				if (!fits(book.usageOf("a", 1))) return;
				subscription.dispose();
				resolve();
			});
		});
	}

	const file = () => join(folder.path, "usage.json");
	const today = (book: UsageBook, id = "a") => book.usageOf(id, 1).total;

	it("tells what another window has counted, also where it comes across that while it writes", async () => {
		const [one, other] = [await open(), await open()];
		const changed: string[] = [];
		one.onDidChange((ids) => changed.push(...ids));
		one.note({ at: noon, calls: [call()] });
		other.note({ at: noon, calls: [call({ accountId: "b" })] });
		await other.flush();
		await one.flush();
		assert.equal(today(one, "b").requests, 1);
		assert.deepEqual(changed, ["a", "b"]);
	});

	it("tells when a new day begins, for today's counts are others then", async () => {
		now = new Date(2026, 4, 20, 23, 59, 59, 950).getTime();
		const book = await open();
		book.note({ at: now, calls: [call()] });
		assert.equal(today(book).requests, 1);
		const isTold = told(book, ({ total }) => total.requests === 0);
		now += 100;
		await isTold;
		assert.equal(book.usageOf("a", 2).total.requests, 1);
	});

	it("leaves days out that have not come yet, as a clock that was wrong and set back leaves them", async () => {
		const book = await open();
		book.note({ at: noon + 400 * day, calls: [call()] });
		book.note({ at: noon, calls: [call()] });
		assert.equal(today(book).requests, 1);
		assert.equal(book.usageOf("a", 30).total.requests, 1);
		now = noon + 400 * day;
		assert.equal(today(book).requests, 1);
	});

	it("counts each call of a request for its account and model, failures among them", async () => {
		const book = await open();
		book.note({
			at: noon,
			calls: [call({ status: 429, error: "rate limited", usage: null }), call({ accountId: "b" })],
		});
		book.note({ at: noon, calls: [call({ model: "n", usage: { ...usage, input: 500 } })] });
		assert.deepEqual(today(book), {
			requests: 2,
			failures: 1,
			unknown: 0,
			input: 500,
			output: 10,
			cached: 40,
			reasoning: 3,
		});
		assert.deepEqual(today(book, "b"), {
			requests: 1,
			failures: 0,
			unknown: 0,
			input: 100,
			output: 10,
			cached: 40,
			reasoning: 3,
		});
		assert.deepEqual(
			book.usageOf("a", 1).models.map(({ model }) => model),
			["n", "m"],
		);
	});

	it("counts a reply that tells no tokens as unknown, and never as zero", async () => {
		const book = await open();
		const untold = [call({ usage: null }), call({ usage: { ...usage, output: null } })];
		// It broke off: what it had used by then, nobody knows.
		const broken = call({ usage: null, error: "cut" });
		// Nothing was used: it was turned away, or nobody was there.
		const turnedAway = [
			call({ usage: null, status: 500, error: "500" }),
			call({ usage: null, status: null, error: "dns" }),
		];
		book.note({ at: noon, calls: [...untold, broken, ...turnedAway] });
		assert.deepEqual(today(book), {
			requests: 5,
			failures: 3,
			unknown: 3,
			input: 100,
			output: 0,
			cached: 40,
			reasoning: 3,
		});
	});

	it("sums up single days and several, by the local date", async () => {
		const book = await open();
		for (const days of [0, 1, 29, 30]) book.note({ at: noon - days * day, calls: [call()] });
		assert.equal(today(book).requests, 1);
		assert.equal(book.usageOf("a", 2).total.requests, 2);
		assert.equal(book.usageOf("a", 30).total.requests, 3);
		now = noon + day;
		assert.equal(today(book).requests, 0);
		assert.equal(book.usageOf("a", 30).total.requests, 2);
	});

	it("keeps its counts for the next start, in a file that only the user can read", async () => {
		const book = await open();
		book.note({ at: noon, calls: [call()] });
		await book.flush();
		assert.deepEqual(today(await open()), today(book));
		if (process.platform !== "win32") assert.equal((await stat(file())).mode & 0o777, 0o600);
		assert.deepEqual(await readdir(folder.path), ["usage.json"]);
		assert.deepEqual(logged, []);
	});

	it("writes what is left when it is disposed of", async () => {
		const book = await open();
		book.note({ at: noon, calls: [call()] });
		book.dispose();
		await book.flush();
		assert.equal(today(await open()).requests, 1);
	});

	it("writes by itself some time after the last request, and other windows hear of it", async function () {
		this.timeout(15_000);
		const [one, other] = [await open(), await open()];
		const heard = told(other, ({ total }) => total.requests === 1);
		one.note({ at: noon, calls: [call()] });
		await heard;
	});

	it("loses nothing and counts nothing twice when windows write at the same time", async function () {
		this.timeout(20_000);
		const windows = [await open(), await open(), await open()];
		const rounds = 12;
		const heard = windows.map((book) => told(book, ({ total }) => total.requests === rounds * windows.length));
		await Promise.all(
			windows.map(async (book, index) => {
				for (let round = 0; round < rounds; round += 1) {
					book.note({ at: noon, calls: [call({ model: `m${index}` })] });
					// Some writes are waited for, others overtake each other.
					const written = book.flush();
					if (round % 3 === index) await written;
				}
				await book.flush();
			}),
		);
		await Promise.all(heard);
		for (const book of [...windows, await open()]) {
			const { total, models } = book.usageOf("a", 1);
			assert.equal(total.requests, 36);
			assert.equal(total.input, 3_600);
			assert.deepEqual(
				models.map(({ counts }) => counts.requests),
				[12, 12, 12],
			);
		}
		assert.deepEqual(logged, []);
	});

	it("shows what it counts while that is being written, once", async () => {
		const book = await open();
		book.note({ at: noon, calls: [call()] });
		const written = book.flush();
		book.note({ at: noon, calls: [call()] });
		const seen = new Set([today(book).requests]);
		const looks = setInterval(() => seen.add(today(book).requests));
		await written;
		clearInterval(looks);
		seen.add(today(book).requests);
		assert.deepEqual([...seen], [2]);
	});

	it("drops days older than 90", async () => {
		const book = await open();
		for (const days of [89, 90, 200]) book.note({ at: noon - days * day, calls: [call()] });
		await book.flush();
		assert.equal((await open()).usageOf("a", 1_000).total.requests, 1);
	});

	it("drops the counts of an account that is removed at the next write, in every window's counts", async () => {
		const [one, other] = [await open(), await open()];
		for (const book of [one, other]) book.follow(["a", "b"]);
		one.note({ at: noon, calls: [call(), call({ accountId: "b" })] });
		await one.flush();
		// Counted before this window has heard of the removal.
		other.note({ at: noon, calls: [call()] });
		one.follow(["b"]);
		await one.flush();
		await other.flush();
		other.follow(["b"]);
		await other.flush();
		// A reply that ended after the removal.
		other.note({ at: noon, calls: [call()] });
		await other.flush();
		const fresh = await open();
		assert.deepEqual(fresh.usageOf("a", 30).total, noCounts);
		assert.equal(today(fresh, "b").requests, 1);
	});

	it("keeps what it cannot read beside, and goes on", async () => {
		await writeFile(file(), "{ half a text");
		const book = await open();
		book.note({ at: noon, calls: [call()] });
		await book.flush();
		const names = await readdir(folder.path);
		const aside = names.find((name) => name.startsWith("usage.json.unreadable-"));
		assert.ok(aside);
		assert.equal(await readFile(join(folder.path, aside), "utf8"), "{ half a text");
		assert.equal(today(await open()).requests, 1);
		assert.equal(logged.length, 1);
	});

	it("does not write over what a newer release wrote, and still shows what it counts itself", async () => {
		const newer = '{"version":2,"accounts":{}}';
		await writeFile(file(), newer);
		const book = await open();
		book.note({ at: noon, calls: [call()] });
		await book.flush();
		assert.equal(await readFile(file(), "utf8"), newer);
		assert.equal(today(book).requests, 1);
		assert.match(logged[0]?.[1] ?? "", /version 2/);
	});

	it("writes later what could not be written, once", async () => {
		const book = await open();
		// What stands in the way is no file.
		await mkdir(file());
		book.note({ at: noon, calls: [call()] });
		await book.flush();
		await book.flush();
		assert.equal(today(book).requests, 1);
		assert.equal(logged.length, 1);
		await rm(file(), { recursive: true });
		await book.flush();
		await book.flush();
		assert.equal(today(await open()).requests, 1);
	});

	it("counts models beyond a bound together", async () => {
		const book = await open();
		for (let model = 0; model < 100; model += 1) book.note({ at: noon, calls: [call({ model: `m${model}` })] });
		await book.flush();
		for (let model = 100; model < 200; model += 1) book.note({ at: noon, calls: [call({ model: `m${model}` })] });
		await book.flush();
		const { total, models } = (await open()).usageOf("a", 1);
		assert.equal(total.requests, 200);
		assert.equal(models.length, 41);
		assert.equal(models.find(({ model }) => model === otherModels)?.counts.requests, 160);
	});
});
