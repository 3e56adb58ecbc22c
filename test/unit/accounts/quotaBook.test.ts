import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { QuotaBook } from "../../../src/accounts/quotaBook.ts";
import type { LogLevel } from "../../../src/bridge/protocol.ts";
import type { Quota } from "../../../src/bridge/quota.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const noon = Date.UTC(2026, 4, 20, 12);
const minute = 60_000;

function quota(usedPercent: number, given: Partial<Quota> = {}): Quota {
	const primary = { usedPercent, minutes: 300, resetsAt: noon + 60 * minute };
	const buckets = [{ id: "codex", name: null, primary, secondary: null, reached: null }];
	return { at: noon, plan: "plus", buckets, credits: null, ...given };
}

describe("the quota book", () => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	let books: QuotaBook[];
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

	async function open(): Promise<QuotaBook> {
		const book = await QuotaBook.open({
			folder: folder.path,
			log: (level, message) => logged.push([level, message]),
			now: () => now,
		});
		books.push(book);
		return book;
	}

	const path = () => join(folder.path, "quotas.json");
	const used = (book: QuotaBook, id = "a") => book.of(id)?.buckets[0]?.primary?.usedPercent;
	const heard = (book: QuotaBook): string[] => {
		const ids: string[] = [];
		book.onDidChange((changed) => ids.push(...changed));
		return ids;
	};

	it("knows after a restart what it knew before", async () => {
		const book = await open();
		const full = quota(40, {
			credits: { has: true, unlimited: false, balance: "3.20" },
			buckets: [
				{ id: "codex", name: "Main", primary: null, secondary: null, reached: true },
				{
					id: "codex_bengalfox",
					name: null,
					primary: { usedPercent: 1.5, minutes: null, resetsAt: null },
					secondary: { usedPercent: 100, minutes: 10_080, resetsAt: noon },
					reached: false,
				},
			],
		});
		book.note("a", full);
		assert.deepEqual(book.of("a"), full);
		await book.flush();
		assert.deepEqual((await open()).of("a"), full);
		assert.deepEqual(await readdir(folder.path), ["quotas.json"]);
		assert.equal((await open()).of("b"), null);
	});

	it("tells whose plan it knows more of, and nothing when it is told the same again", async () => {
		const book = await open();
		const ids = heard(book);
		book.note("a", quota(40));
		book.note("a", quota(40));
		book.note("a", quota(40, { at: noon + minute - 1 }));
		book.note("b", quota(1));
		book.note("a", quota(41, { at: noon + 1 }));
		assert.deepEqual(ids, ["a", "b", "a"]);
		now += 10 * minute;
		book.note("a", quota(41, { at: now }));
		assert.deepEqual(ids, ["a", "b", "a", "a"]);
		assert.equal(book.of("a")?.at, now);
	});

	it("takes nothing older over something newer, in this window or another", async () => {
		const [one, other] = [await open(), await open()];
		one.note("a", quota(40, { at: noon - minute }));
		other.note("a", quota(60));
		await other.flush();
		await one.flush();
		assert.equal(used(one), 60);
		one.note("a", quota(30, { at: noon - 2 * minute }));
		assert.equal(used(one), 60);
		assert.equal(used(await open()), 60);
	});

	it("loses nothing that another window has written meanwhile", async () => {
		const [one, other] = [await open(), await open()];
		const ids = heard(one);
		one.note("a", quota(40));
		other.note("b", quota(50));
		await other.flush();
		await one.flush();
		assert.equal(used(one, "b"), 50);
		assert.deepEqual(ids, ["a", "b"]);
		const later = await open();
		assert.deepEqual([used(later, "a"), used(later, "b")], [40, 50]);
	});

	it("hears what another window writes", async () => {
		const [one, other] = [await open(), await open()];
		const told = new Promise<readonly string[]>((resolve) => one.onDidChange(resolve));
		other.note("a", quota(70));
		await other.flush();
		assert.deepEqual(await told, ["a"]);
		assert.equal(used(one), 70);
	});

	it("hears of something newer also while it has something older to write", async function () {
		// Sooner than by its own writing, which comes after two seconds.
		this.timeout(1_900);
		const [one, other] = [await open(), await open()];
		one.note("a", quota(40, { at: noon - minute }));
		const told = new Promise<void>((resolve) => one.onDidChange(() => used(one) === 60 && resolve()));
		other.note("a", quota(60));
		await other.flush();
		await told;
	});

	it("writes what it was told while it was writing", async () => {
		const book = await open();
		book.note("a", quota(10));
		const writing = book.flush();
		// The first is on its way to the file by then.
		await new Promise((resolve) => setImmediate(resolve));
		book.note("a", quota(20, { at: noon + 1 }));
		await writing;
		assert.equal(used(book), 20);
		await book.flush();
		assert.equal(used(await open()), 20);
	});

	it("forgets accounts that are gone, also where another window still tells of them", async () => {
		const book = await open();
		book.follow(["a", "b"]);
		book.note("a", quota(10));
		book.note("b", quota(20));
		await book.flush();
		book.follow(["b"]);
		book.note("a", quota(11, { at: noon + 1 }));
		await book.flush();
		assert.equal(book.of("a"), null);
		const later = await open();
		assert.deepEqual([later.of("a"), used(later, "b")], [null, 20]);
	});

	it("forgets one that goes before it was written down", async () => {
		const book = await open();
		book.follow(["a"]);
		book.note("a", quota(10));
		book.follow([]);
		await book.flush();
		assert.equal(book.of("a"), null);
		assert.deepEqual(await readdir(folder.path), []);
	});

	it("believes a new word though the file holds one of a clock that was ahead", async () => {
		const before = await open();
		now += 24 * 60 * minute;
		before.note("a", quota(90, { at: now }));
		await before.flush();
		now = noon;
		const book = await open();
		book.note("a", quota(5));
		assert.equal(used(book), 5);
		await book.flush();
		assert.equal(used(await open()), 5);
	});

	it("takes from the file what can be right", async () => {
		const window = { usedPercent: 3, minutes: "long", resetsAt: -5 };
		await writeFile(
			path(),
			JSON.stringify({
				version: 1,
				accounts: {
					a: {
						at: noon,
						plan: 7,
						buckets: [{ id: "codex", primary: window }, { id: 4 }, null],
						credits: { has: "yes" },
					},
					b: { at: "noon", buckets: [] },
					c: { at: noon },
					d: null,
				},
			}),
		);
		const book = await open();
		assert.deepEqual(book.of("a"), {
			at: noon,
			plan: null,
			buckets: [
				{
					id: "codex",
					name: null,
					primary: { usedPercent: 3, minutes: null, resetsAt: null },
					secondary: null,
					reached: null,
				},
			],
			credits: null,
		});
		assert.deepEqual(
			["b", "c", "d"].map((id) => book.of(id)),
			[null, null, null],
		);
	});

	it("puts an unreadable file aside before it writes", async () => {
		await writeFile(path(), "{ not json");
		const book = await open();
		assert.equal(book.of("a"), null);
		book.note("a", quota(10));
		await book.flush();
		assert.equal(used(await open()), 10);
		const names = await readdir(folder.path);
		assert.equal(names.length, 2);
		assert.ok(names.some((name) => name.startsWith("quotas.json.unreadable-")));
	});

	it("leaves the file of a newer release alone, and says so once", async () => {
		const text = JSON.stringify({ version: 2, accounts: {} });
		await writeFile(path(), text);
		const book = await open();
		book.note("a", quota(10));
		await book.flush();
		await book.flush();
		assert.equal(await readFile(path(), "utf8"), text);
		assert.equal(used(book), 10);
		assert.equal(logged.filter(([level]) => level === "warn").length, 2);
	});
});
