import assert from "node:assert/strict";
import { mkdir, readdir, rename, stat, utimes } from "node:fs/promises";
import { isRelay } from "../../../src/accounts/account.ts";
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

describe("an account file in a bad way", () => {
	let folder: BookFolder;
	beforeEach(async () => {
		folder = await BookFolder.make();
	});
	afterEach(() => folder.close());

	async function asideNames(): Promise<readonly string[]> {
		return (await readdir(folder.path)).filter((name) => name.includes(".unreadable-"));
	}

	for (const broken of ['{"version": 1, "acc', "", "{}", '{"version": 1}', "null"]) {
		it(`is put aside when it reads ${JSON.stringify(broken)}, and the last good copy comes back`, async () => {
			await (await folder.open()).change(() => [one, two]);
			await folder.write(broken);
			const book = await folder.open();
			assert.deepEqual(book.accounts, [one, two]);
			assert.deepEqual(await folder.json(), { version: 1, accounts: [one, two] });
			const [aside, ...more] = await asideNames();
			assert.match(aside ?? "", /^accounts\.json\.unreadable-\d{4}-\d\d-\d\dT[\d-]+Z$/);
			assert.deepEqual(more, []);
			assert.equal(await folder.text(aside), broken);
			assertLogged(folder, "error", /put aside/);
			assertLogged(folder, "warn", /last good copy/);
		});
	}

	it("is put aside too when there is no last good copy; accounts can be added then", async () => {
		await folder.write("nonsense");
		const book = await folder.open();
		assert.deepEqual(book.accounts, []);
		assert.equal((await asideNames()).length, 1);
		assert.deepEqual(await book.change(() => [one]), [one]);
	});

	it("is put aside together with a last good copy that is unreadable as well", async () => {
		await folder.write("nonsense");
		await folder.write("more nonsense", "accounts.json.last-good");
		const book = await folder.open();
		await book.change(() => [one]);
		const texts = await Promise.all((await asideNames()).map((name) => folder.text(name)));
		assert.deepEqual(texts.sort(), ["more nonsense", "nonsense"]);
		assert.deepEqual(await folder.json(), { version: 1, accounts: [one] });
	});

	it("is put aside in a change as well, which then builds on the last good copy", async () => {
		const book = await folder.open();
		await book.change(() => [one]);
		await folder.write("nonsense");
		assert.deepEqual(await book.change((accounts) => [...accounts, two]), [one, two]);
		assert.equal((await asideNames()).length, 1);
	});

	it("comes back from the last good copy when it is missing", async () => {
		await (await folder.open()).change(() => [one]);
		await rename(folder.file(), folder.file("moved-away"));
		assert.deepEqual((await folder.open()).accounts, [one]);
		assert.deepEqual(await folder.json(), { version: 1, accounts: [one] });
	});

	it("is mended while the window is open, without a moment without accounts", async () => {
		const book = await folder.open();
		await book.change(() => [one]);
		const heard: (readonly string[])[] = [];
		book.onDidChange((accounts) => heard.push(labelsOf(accounts)));
		await folder.write("nonsense");
		const arrived = told(book, (accounts) => accounts.length === 2);
		const other = await folder.open();
		await other.change((accounts) => [...accounts, two]);
		await arrived;
		assert.deepEqual(heard, [["One", "Two"]]);
	});

	it("is left alone when a newer release wrote it; changes are refused with a clear error", async () => {
		const newer = '{"version": 2, "accounts": [], "more": true}';
		await folder.write(newer);
		const book = await folder.open();
		assert.deepEqual(book.accounts, []);
		await assert.rejects(
			book.change(() => [one]),
			{
				name: "NewerFileError",
				message: /has version 2.*Update the extension/,
			},
		);
		assert.equal(await folder.text(), newer);
		assert.deepEqual(await readdir(folder.path), ["accounts.json"]);
		assertLogged(folder, "error", /has version 2/);
	});

	it("that a newer release writes while this one runs leaves the known accounts in use", async () => {
		const book = await folder.open();
		await book.change(() => [one]);
		await folder.write({ version: 2, accounts: [three] });
		await assert.rejects(
			book.change((accounts) => [...accounts, two]),
			{ name: "NewerFileError" },
		);
		assert.deepEqual(book.accounts, [one]);
		assert.deepEqual(await folder.json(), { version: 2, accounts: [three] });
	});

	it("that cannot be read at all is logged, kept, and does not stop the start", async () => {
		await mkdir(folder.file());
		const book = await folder.open();
		assert.deepEqual(book.accounts, []);
		assertLogged(folder, "error", /EISDIR/);
		await assert.rejects(
			book.change(() => [one]),
			{ code: "EISDIR" },
		);
		assert.ok((await stat(folder.file())).isDirectory());
	});

	it("with a byte order mark reads like any other", async () => {
		await folder.write(`\ufeff${JSON.stringify({ version: 1, accounts: [one] })}`);
		const { accounts } = await folder.open();
		assert.deepEqual(accounts.filter(isRelay), [one]);
		assert.deepEqual(await asideNames(), []);
	});
});
