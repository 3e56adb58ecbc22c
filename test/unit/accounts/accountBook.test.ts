import assert from "node:assert/strict";
import { lstat, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes } from "node:fs/promises";
import { assertLogged, BookFolder, labelsOf, told } from "./bookFixture.ts";
import { relayAccount } from "./relayFixture.ts";

const one = relayAccount();
const two = relayAccount({ id: "relay-2", label: "Two" });
const three = relayAccount({ id: "relay-3", label: "Three" });

describe("the account book", () => {
	let folder: BookFolder;
	beforeEach(async () => {
		folder = await BookFolder.make();
	});
	afterEach(() => folder.close());

	it("begins empty and leaves no file behind before there is an account", async () => {
		const book = await folder.open();
		assert.deepEqual(book.accounts, []);
		await book.change((accounts) => accounts);
		assert.deepEqual(await readdir(folder.path), []);
		assert.deepEqual(folder.logged, []);
	});

	it("saves for the next start, readable by the user alone, with a last good copy and nothing else", async () => {
		const book = await folder.open();
		assert.deepEqual(await book.change(() => [one, two]), [one, two]);
		assert.deepEqual(book.accounts, [one, two]);
		assert.deepEqual(await folder.json(), { version: 1, accounts: [one, two] });
		assert.equal(await folder.text("accounts.json.last-good"), await folder.text());
		assert.deepEqual((await readdir(folder.path)).sort(), ["accounts.json", "accounts.json.last-good"]);
		assert.deepEqual((await folder.open()).accounts, [one, two]);
	});

	it("keeps folder and files from others", async function () {
		if (process.platform === "win32") this.skip();
		await (await folder.open()).change(() => [one]);
		const mode = async (path: string) => (await stat(path)).mode & 0o777;
		assert.equal(await mode(folder.path), 0o700);
		assert.equal(await mode(folder.file()), 0o600);
		assert.equal(await mode(folder.file("accounts.json.last-good")), 0o600);
	});

	it("writes nothing when nothing changed", async () => {
		const book = await folder.open();
		await book.change(() => [one]);
		const before = await stat(folder.file(), { bigint: true });
		await book.change((accounts) => accounts.map((account) => ({ ...account })));
		const after = await stat(folder.file(), { bigint: true });
		assert.deepEqual([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
	});

	it("passes on what an edit throws, writes nothing and goes on", async () => {
		const book = await folder.open();
		await book.change(() => [one]);
		await assert.rejects(
			book.change(() => {
				throw new Error("no");
			}),
			/^Error: no$/,
		);
		assert.deepEqual(await folder.json(), { version: 1, accounts: [one] });
		assert.deepEqual(await book.change((accounts) => [...accounts, two]), [one, two]);
	});

	it("makes changes one after the other, each on what the one before it saved", async () => {
		const book = await folder.open();
		const wanted = Array.from({ length: 10 }, (_, index) => relayAccount({ id: `r${index}`, label: `R${index}` }));
		await Promise.all(wanted.map((account) => book.change((accounts) => [...accounts, account])));
		assert.deepEqual(book.accounts, wanted);
	});

	it("edits what another window saved, not what it remembers", async () => {
		const [here, there] = [await folder.open(), await folder.open()];
		await there.change(() => [one]);
		assert.deepEqual(await here.change((accounts) => [...accounts, two]), [one, two]);
	});

	it("tells of its own change once and of another window's change once", async () => {
		const [here, there] = [await folder.open(), await folder.open()];
		const heard: (readonly string[])[] = [];
		here.onDidChange((accounts) => heard.push(labelsOf(accounts)));
		const arrived = told(there, (accounts) => accounts.length === 1);
		await here.change(() => [one]);
		await arrived;
		const arrivedHere = told(here, (accounts) => accounts.length === 2);
		await there.change((accounts) => [...accounts, two]);
		await arrivedHere;
		assert.deepEqual(heard, [["One"], ["One", "Two"]]);
	});

	it("hears of a change by hand, again and again after the file was replaced, and not of a rewrite with the same content", async () => {
		const book = await folder.open();
		await book.change(() => [one]);
		const heard: (readonly string[])[] = [];
		book.onDidChange((accounts) => heard.push(labelsOf(accounts)));
		for (const label of ["A", "B", "C"]) {
			const arrived = told(book, ([account]) => account?.label === label);
			const accounts = [{ ...one, label }];
			await folder.write(JSON.stringify({ version: 1, accounts }, null, 8), "written-beside");
			await rename(folder.file("written-beside"), folder.file());
			await arrived;
			await folder.write({ version: 1, accounts });
			await utimes(folder.file(), new Date(), new Date());
		}
		assert.deepEqual(heard, [["A"], ["B"], ["C"]]);
	});

	it("hears of changes by other windows again after the folder was removed, or moved away, and came back", async () => {
		const [here, there] = [await folder.open(), await folder.open()];
		const known = told(there, (accounts) => accounts.length === 1);
		await here.change(() => [one]);
		await known;
		for (const goAway of [
			() => rm(folder.path, { recursive: true }),
			() => rename(folder.path, `${folder.path}-moved`),
		]) {
			const emptied = Promise.all([here, there].map((book) => told(book, (accounts) => accounts.length === 0)));
			await goAway();
			await emptied;
			for (const [saving, other, account] of [
				[here, there, two],
				[there, here, three],
			] as const) {
				const arrived = told(other, (accounts) => accounts.some(({ id }) => id === account.id));
				await saving.change((accounts) => [...accounts, account]);
				await arrived;
			}
		}
		await rm(`${folder.path}-moved`, { recursive: true });
	});

	it("writes through a link to where it leads, and the other window hears of it", async () => {
		await mkdir(folder.file("elsewhere"));
		const target = folder.file("elsewhere/mine.json");
		await symlink("elsewhere/mine.json", folder.file());
		const [here, there] = [await folder.open(), await folder.open()];
		for (const accounts of [[one], [one, two]]) {
			const arrived = told(there, (seen) => seen.length === accounts.length);
			await here.change(() => accounts);
			await arrived;
			assert.deepEqual(JSON.parse(await readFile(target, "utf8")), { version: 1, accounts });
			assert.ok((await lstat(folder.file())).isSymbolicLink());
		}
		assert.deepEqual(await readdir(folder.file("elsewhere")), ["mine.json"]);
	});

	it("is silent after it was disposed of", async () => {
		const book = await folder.open();
		let heard = 0;
		book.onDidChange(() => {
			heard += 1;
		});
		book.dispose();
		const other = await folder.open();
		await other.change(() => [one]);
		await book.change((accounts) => [...accounts, two]);
		assert.equal(heard, 0);
	});

	it("does not take a listener's fault for a failed save, and tells the other listeners", async () => {
		const book = await folder.open();
		book.onDidChange(() => {
			throw new Error("in a listener");
		});
		let heard = 0;
		book.onDidChange(() => {
			heard += 1;
		});
		assert.deepEqual(await book.change(() => [one]), [one]);
		assert.equal(heard, 1);
		assertLogged(folder, "error", /in a listener/);
	});

	it("takes over the lock of a process that died", async () => {
		await mkdir(folder.file("accounts.json.lock"));
		await utimes(folder.file("accounts.json.lock"), 1, 1);
		const book = await folder.open();
		assert.deepEqual(await book.change(() => [one]), [one]);
		assert.ok(!(await readdir(folder.path)).includes("accounts.json.lock"));
	});

	it("clears away what a process left that died while it saved", async () => {
		await folder.write("{", "accounts.json.123-abcd.tmp");
		await folder.write("{", "accounts.json.last-good.123-abcd.tmp");
		await (await folder.open()).change(() => [one]);
		assert.deepEqual((await readdir(folder.path)).sort(), ["accounts.json", "accounts.json.last-good"]);
	});

	it("migrates an old file once, at the first opening", async () => {
		await folder.write([
			{ label: "Me", email: "me@example.com" },
			{ type: "relay", baseUrl: "https://old.example" },
		]);
		const book = await folder.open();
		assert.deepEqual(labelsOf(book.accounts), ["Me", "old.example"]);
		assert.deepEqual(await folder.json(), { version: 1, accounts: book.accounts });
		const text = await folder.text();
		assert.deepEqual((await folder.open()).accounts, book.accounts);
		assert.equal(await folder.text(), text);
	});

	it("gives all windows that migrate at once the same ids", async () => {
		await folder.write([{ label: "Me" }, { type: "relay", baseUrl: "https://old.example" }]);
		const books = await Promise.all([folder.open(), folder.open(), folder.open()]);
		const saved = await folder.json();
		for (const book of books) assert.deepEqual({ version: 1, accounts: book.accounts }, saved);
	});

	it("keeps an entry that it cannot understand through the next save, and says so once", async () => {
		const odd = { type: "bridge", label: "From later", apiKey: "sk-by-hand" };
		await folder.write({ version: 1, accounts: [odd, one] });
		const book = await folder.open();
		assert.deepEqual(book.accounts, [one]);
		await book.change((accounts) => [...accounts, two]);
		assert.deepEqual(await folder.json(), { version: 1, accounts: [one, two, odd] });
		assert.deepEqual(
			folder.logged.map(([level]) => level),
			["warn"],
		);
		assertLogged(folder, "warn", /type cannot be understood/);
		assert.ok(!JSON.stringify(folder.logged).includes("sk-by-hand"));
	});
});
