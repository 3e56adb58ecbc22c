import assert from "node:assert/strict";
import { mkdir, readdir, rename, stat } from "node:fs/promises";
import { isRelay } from "../../../src/accounts/account.ts";
import { assertLogged, BookFolder, labelsOf, told } from "./bookFixture.ts";
import { relayAccount } from "./relayFixture.ts";

const one = relayAccount();
const two = relayAccount({ id: "relay-2", label: "Two" });
const three = relayAccount({ id: "relay-3", label: "Three" });

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
