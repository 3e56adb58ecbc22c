import assert from "node:assert/strict";
import { isRelay, type NativeAccount, type RelayAccount } from "../../../src/accounts/account.ts";
import type { AccountBook } from "../../../src/accounts/accountBook.ts";
import { Relays, type SaveResult } from "../../../src/accounts/relays.ts";
import { SecretVault } from "../../../src/accounts/secretVault.ts";
import { MemorySecrets } from "../../support/memorySecrets.ts";
import { BookFolder, labelsOf, told } from "./bookFixture.ts";

const one = { label: "One", format: "openai", baseUrl: "https://one.example", apiKey: "sk-one" };
const two = { label: "Two", format: "anthropic", baseUrl: "https://two.example", apiKey: "sk-two" };
const native: NativeAccount = {
	id: "native-1",
	type: "native",
	label: "Me",
	email: null,
	accountId: null,
	userId: null,
	planType: null,
	format: null,
	baseUrl: null,
	allowedModels: null,
	priority: 0,
	enabled: true,
	addedAt: "2026-01-02T03:04:05.000Z",
};

interface Window {
	readonly book: AccountBook;
	readonly vault: SecretVault;
	readonly relays: Relays;
}

function accountOf(result: SaveResult): RelayAccount {
	assert.notEqual(result.kind, "refused", JSON.stringify(result));
	return result.kind === "refused" ? assert.fail() : result.account;
}

function codesOf(result: SaveResult): readonly string[] {
	return result.kind === "refused" ? result.problems.map(({ code }) => code) : [];
}

describe("Relays", () => {
	let folder: BookFolder;
	let secrets: MemorySecrets;
	let window: Window;

	async function openWindow(store = secrets): Promise<Window> {
		const book = await folder.open();
		const vault = new SecretVault(store);
		return { book, vault, relays: new Relays(book, vault) };
	}
	const exportOf = (...accounts: readonly unknown[]) => JSON.stringify({ version: 1, accounts });
	const outcomes = async (text: string) =>
		(await window.relays.import(text)).entries.map(({ label, outcome }) => `${label} ${outcome}`);

	beforeEach(async () => {
		folder = await BookFolder.make();
		secrets = new MemorySecrets();
		window = await openWindow();
	});
	afterEach(() => folder.close());

	describe("saving", () => {
		it("adds a relay: the account to the book, the key to the vault, no key in the file", async () => {
			const result = await window.relays.save({ ...one, headers: { "X-Title": "a" } });
			assert.equal(result.kind, "added");
			const account = accountOf(result);
			assert.equal(account.baseUrl, "https://one.example/v1");
			assert.deepEqual(account.headers, { "X-Title": "a" });
			assert.match(account.addedAt, /^\d{4}-\d\d-\d\dT.*Z$/);
			assert.deepEqual(window.book.accounts, [account]);
			assert.equal(window.vault.apiKeyOf(account.id), "sk-one");
			assert.ok(!(await folder.text()).includes("sk-one"));
			assert.equal(secrets.entries.size, 1);
		});
		it("has the key when the account appears", async () => {
			let seen: string | null = null;
			window.book.onDidChange(([account]) => {
				if (account) seen = window.vault.apiKeyOf(account.id);
			});
			await window.relays.save(one);
			assert.equal(seen, "sk-one");
		});
		it("updates the relay with the same base URL, format and key, however the URL is written", async () => {
			const first = accountOf(await window.relays.save(one));
			const again = { ...one, label: "oNE", baseUrl: "HTTPS://one.example:443/v1/chat/completions", priority: 3 };
			const result = await window.relays.save(again);
			assert.equal(result.kind, "updated");
			assert.deepEqual(window.book.accounts, [{ ...first, label: "oNE", priority: 3 }]);
		});
		it("finds nothing to write when everything is the same", async () => {
			await window.relays.save(one);
			const before = await folder.text();
			assert.equal((await window.relays.save(one)).kind, "unchanged");
			assert.equal(await folder.text(), before);
		});
		it("adds a second relay for another key, another format or another URL", async () => {
			await window.relays.save(one);
			const others = [
				{ ...one, label: "A", apiKey: "sk-other" },
				{ ...one, label: "B", format: "codex" },
				{ ...one, label: "C", baseUrl: "https://one.example/other/v1" },
			];
			for (const other of others) assert.equal((await window.relays.save(other)).kind, "added");
			assert.deepEqual(labelsOf(window.book.accounts), ["One", "A", "B", "C"]);
		});
		it("refuses a label that another account has, a native one included", async () => {
			await window.book.change(() => [native]);
			await window.relays.save(one);
			for (const label of ["ONE", "me"]) {
				assert.deepEqual(codesOf(await window.relays.save({ ...two, label })), ["labelTaken"]);
			}
			assert.equal(secrets.entries.size, 1);
		});
		it("refuses with every problem and writes nothing", async () => {
			const result = await window.relays.save({ label: "", baseUrl: "one.example", priority: "x" });
			assert.deepEqual(codesOf(result), ["labelEmpty", "urlNoScheme", "keyEmpty", "priorityInvalid"]);
			assert.deepEqual(window.book.accounts, []);
			assert.equal(secrets.entries.size, 0);
		});
		it("adds one relay when the same is saved several times at once", async () => {
			const results = await Promise.all([1, 2, 3, 4].map(() => window.relays.save(one)));
			assert.deepEqual(
				results.map(({ kind }) => kind),
				["added", "unchanged", "unchanged", "unchanged"],
			);
			assert.equal(window.book.accounts.length, 1);
			assert.equal(secrets.entries.size, 1);
		});
	});

	describe("editing", () => {
		let saved: RelayAccount;
		beforeEach(async () => {
			saved = accountOf(await window.relays.save({ ...one, allowedModels: ["gpt-*"], priority: 1 }));
		});

		it("keeps the key when none is given, and the id, the limits and the date always", async () => {
			const stored = { ...saved, maxConcurrent: 2, outboundProxy: "http://proxy.example" };
			await window.book.change(() => [stored]);
			const value = { ...one, apiKey: "", label: "New", allowedModels: [], priority: "5", enabled: false };
			const result = await window.relays.save(value, saved.id);
			assert.equal(result.kind, "updated");
			assert.deepEqual(window.book.accounts, [
				{ ...stored, label: "New", allowedModels: null, priority: 5, enabled: false },
			]);
			assert.equal(window.vault.apiKeyOf(saved.id), "sk-one");
		});
		it("leaves alone what is not given", async () => {
			await window.relays.save({ priority: 9 }, saved.id);
			assert.deepEqual(window.book.accounts, [{ ...saved, priority: 9 }]);
		});
		it("takes a new key, also when nothing else changes", async () => {
			const result = await window.relays.save(
				{ ...one, allowedModels: ["gpt-*"], priority: 1, apiKey: "sk-new" },
				saved.id,
			);
			assert.equal(result.kind, "updated");
			assert.equal(window.vault.apiKeyOf(saved.id), "sk-new");
		});
		it("may keep its own label and not take another's", async () => {
			await window.relays.save(two);
			assert.equal((await window.relays.save({ ...one, apiKey: "" }, saved.id)).kind, "unchanged");
			assert.deepEqual(codesOf(await window.relays.save({ ...one, label: "two" }, saved.id)), ["labelTaken"]);
		});
		it("takes the key along to another host and gives it to the new one alone", async () => {
			await window.relays.save({ baseUrl: "https://moved.example" }, saved.id);
			assert.equal(window.vault.apiKeyOf(saved.id), "sk-one");
			assert.match([...secrets.entries.values()].join(), /"origin":"https:\/\/moved\.example"/);
		});
		it("never shows a new key with the old host, nor the old key with a new host", async () => {
			const pairs: string[] = [];
			const note = () => {
				const [account] = window.book.accounts;
				if (account) pairs.push(`${account.baseUrl} ${window.vault.apiKeyOf(account.id)}`);
			};
			window.book.onDidChange(note);
			window.vault.onDidChange(note);
			await window.relays.save({ baseUrl: "https://moved.example", apiKey: "sk-moved" }, saved.id);
			note();
			assert.deepEqual([...new Set(pairs)], ["https://one.example/v1 null", "https://moved.example/v1 sk-moved"]);
		});
		it("does not give a key that stayed behind in another window's store to a new host", async () => {
			const otherSecrets = new MemorySecrets();
			const other = await openWindow(otherSecrets);
			await other.relays.setApiKey(saved.id, "sk-one");
			assert.equal(other.vault.apiKeyOf(saved.id), "sk-one");
			const moved = told(other.book, ([account]) => account?.baseUrl === "https://moved.example/v1");
			await window.relays.save({ baseUrl: "https://moved.example", apiKey: "sk-moved" }, saved.id);
			await moved;
			assert.equal(other.vault.apiKeyOf(saved.id), null);
		});
		it("needs no second yes for a relay on http with a foreign host", async () => {
			const http = { ...two, baseUrl: "http://two.example" };
			assert.deepEqual(codesOf(await window.relays.save(http)), ["urlPlainHttp"]);
			const account = accountOf(await window.relays.save({ ...http, allowPlainHttp: true }));
			assert.equal((await window.relays.save({ ...http, priority: 1 }, account.id)).kind, "updated");
			assert.deepEqual(codesOf(await window.relays.save({ baseUrl: "http://three.example" }, account.id)), [
				"urlPlainHttp",
			]);
		});
		it("refuses an account that is gone and one that is no relay", async () => {
			await window.book.change((accounts) => [...accounts, native]);
			assert.deepEqual(codesOf(await window.relays.save(one, "gone")), ["entryInvalid"]);
			assert.deepEqual(codesOf(await window.relays.save(one, native.id)), ["notRelay"]);
			assert.deepEqual(codesOf(await window.relays.rename(native.id, "x")), ["notRelay"]);
			assert.deepEqual(codesOf(await window.relays.setApiKey("gone", "sk-x")), ["entryInvalid"]);
			assert.equal(secrets.entries.size, 1);
		});
		it("renames, and refuses an empty or a taken label", async () => {
			await window.relays.save(two);
			assert.equal(accountOf(await window.relays.rename(saved.id, " Uno ")).label, "Uno");
			assert.deepEqual(codesOf(await window.relays.rename(saved.id, " ")), ["labelEmpty"]);
			assert.deepEqual(codesOf(await window.relays.rename(saved.id, "TWO")), ["labelTaken"]);
			assert.equal((await window.relays.rename(saved.id, "Uno")).kind, "unchanged");
		});
		it("enables and disables any account", async () => {
			await window.book.change((accounts) => [...accounts, native]);
			for (const { id } of window.book.accounts) await window.relays.setEnabled(id, false);
			assert.deepEqual(
				window.book.accounts.map(({ enabled }) => enabled),
				[false, false],
			);
			await window.relays.setEnabled("gone", true);
			assert.equal(window.book.accounts.length, 2);
		});
		it("takes the key alone", async () => {
			assert.equal((await window.relays.setApiKey(saved.id, "sk-new")).kind, "updated");
			assert.equal((await window.relays.setApiKey(saved.id, "sk-new")).kind, "unchanged");
			assert.deepEqual(codesOf(await window.relays.setApiKey(saved.id, " ")), ["keyEmpty"]);
			assert.deepEqual(codesOf(await window.relays.setApiKey(saved.id, "a\nb")), ["keyInvalid"]);
			assert.equal(window.vault.apiKeyOf(saved.id), "sk-new");
		});
		it("removes the account and its key", async () => {
			await window.relays.remove(saved.id);
			await window.relays.remove("gone");
			assert.deepEqual(window.book.accounts, []);
			assert.equal(secrets.entries.size, 0);
			assert.equal(window.vault.apiKeyOf(saved.id), null);
		});
	});

	describe("when something fails", () => {
		it("saves no account whose key could not be stored", async () => {
			const failing = new MemorySecrets();
			failing.store = () => Promise.reject(new Error("the keychain is locked"));
			const broken = await openWindow(failing);
			await assert.rejects(broken.relays.save(one), /keychain is locked/);
			await assert.rejects(broken.relays.import(exportOf(one)), /keychain is locked/);
			assert.deepEqual(broken.book.accounts, []);
		});
		it("leaves no key behind of an account that could not be saved", async () => {
			await folder.write({ version: 99, accounts: [] });
			await assert.rejects(window.relays.save(one), { name: "NewerFileError" });
			assert.equal(secrets.entries.size, 0);
		});
		it("puts the old key back when an edit could not be saved", async () => {
			const account = accountOf(await window.relays.save(one));
			await folder.write({ version: 99, accounts: [] });
			const edit = { baseUrl: "https://moved.example", apiKey: "sk-moved" };
			await assert.rejects(window.relays.save(edit, account.id), { name: "NewerFileError" });
			assert.equal(window.vault.apiKeyOf(account.id), "sk-one");
			assert.equal([...secrets.entries.values()].join(), '{"apiKey":"sk-one","origin":"https://one.example"}');
		});
	});

	describe("two windows", () => {
		it("that add the same relay at once end up with one, and one key", async () => {
			const other = await openWindow();
			const results = await Promise.all([window.relays.save(one), other.relays.save(one)]);
			assert.deepEqual(results.map(({ kind }) => kind).sort(), ["added", "unchanged"]);
			assert.equal(labelsOf((await folder.open()).accounts).length, 1);
			assert.equal(secrets.entries.size, 1);
		});
		it("that import the same file at once end up with one of each", async () => {
			const windows = [window, await openWindow(), await openWindow()];
			await Promise.all(windows.map(({ relays }) => relays.import(exportOf(one, two))));
			assert.deepEqual(labelsOf((await folder.open()).accounts), ["One", "Two"]);
			assert.equal(secrets.entries.size, 2);
		});
		it("that give the same label to two relays see the second refused", async () => {
			const other = await openWindow();
			const results = await Promise.all([window.relays.save(one), other.relays.save({ ...two, label: "one" })]);
			assert.deepEqual(results.map(({ kind }) => kind).sort(), ["added", "refused"]);
			assert.equal(secrets.entries.size, 1);
		});
	});

	describe("importing", () => {
		it("adds, updates and refuses entry by entry", async () => {
			await window.relays.save(one);
			const report = await window.relays.import(
				exportOf({ ...one, priority: 4 }, two, { ...two, label: "Bad", baseUrl: "two.example" }, "odd", { ...native }),
			);
			assert.equal(report.fileProblem, null);
			assert.deepEqual(
				report.entries.map(({ label, outcome, problems }) => [label, outcome, problems.map(({ code }) => code)]),
				[
					["One", "updated", []],
					["Two", "added", []],
					["Bad", "refused", ["urlNoScheme"]],
					["", "refused", ["entryInvalid"]],
					["Me", "refused", ["notRelay"]],
				],
			);
			assert.deepEqual(labelsOf(window.book.accounts), ["One", "Two"]);
		});
		it("writes nothing when it brings nothing new", async () => {
			assert.deepEqual(await outcomes(exportOf(one, two)), ["One added", "Two added"]);
			const before = await folder.text();
			assert.deepEqual(await outcomes(exportOf(one, two)), ["One unchanged", "Two unchanged"]);
			assert.equal(await folder.text(), before);
		});
		it("leaves alone what the entry does not mention", async () => {
			await window.relays.import(exportOf(one));
			const [account] = window.book.accounts;
			await window.relays.setEnabled(account?.id ?? "", false);
			assert.deepEqual(await outcomes(exportOf(one)), ["One unchanged"]);
			assert.equal(window.book.accounts[0]?.enabled, false);
			assert.deepEqual(await outcomes(exportOf({ ...one, enabled: true })), ["One updated"]);
		});
		it("takes the same label, base URL and format for a relay whose key changed", async () => {
			const account = accountOf(await window.relays.save(one));
			assert.deepEqual(await outcomes(exportOf({ ...one, label: "ONE", apiKey: "sk-new" })), ["ONE updated"]);
			assert.equal(window.book.accounts.length, 1);
			assert.equal(window.vault.apiKeyOf(account.id), "sk-new");
		});
		it("gives a key to a relay whose key is missing here", async () => {
			const account = accountOf(await window.relays.save(one));
			const other = await openWindow(new MemorySecrets());
			assert.equal((await other.relays.import(exportOf(one))).entries[0]?.outcome, "updated");
			assert.equal(other.vault.apiKeyOf(account.id), "sk-one");
			assert.equal(other.book.accounts.length, 1);
		});
		it("keeps the saved key when the entry has none, and adds without a key when nothing matches", async () => {
			const account = accountOf(await window.relays.save(one));
			const keyless = [
				{ ...one, apiKey: undefined, priority: 2 },
				{ ...two, apiKey: "" },
			];
			assert.deepEqual(await outcomes(exportOf(...keyless)), ["One updated", "Two added"]);
			assert.equal(window.vault.apiKeyOf(account.id), "sk-one");
			assert.equal(window.vault.apiKeyOf(window.book.accounts[1]?.id ?? ""), null);
			assert.equal(secrets.entries.size, 1);
		});
		it("takes an entry that is there twice once", async () => {
			assert.deepEqual(await outcomes(exportOf(one, one, { ...one, label: "Other" })), [
				"One added",
				"One unchanged",
				"Other updated",
			]);
			assert.deepEqual(labelsOf(window.book.accounts), ["Other"]);
		});
		it("refuses the second of two entries that share a label", async () => {
			assert.deepEqual(await outcomes(exportOf(one, { ...two, label: "one" })), ["One added", "one refused"]);
		});
		it("wants the yes to http in the entry", async () => {
			const http = { ...one, baseUrl: "http://one.example" };
			assert.deepEqual(await outcomes(exportOf(http)), ["One refused"]);
			assert.deepEqual(await outcomes(exportOf({ ...http, allowPlainHttp: true })), ["One added"]);
		});
		it("tells what is wrong with the file, without its text", async () => {
			assert.deepEqual(await window.relays.import("sk-secret"), { entries: [], fileProblem: "notJson" });
			assert.deepEqual(await window.relays.import("{}"), { entries: [], fileProblem: "notAnExport" });
			assert.deepEqual(await window.relays.import('{"accounts":[]}'), { entries: [], fileProblem: "unknownVersion" });
		});
		it("saves all entries in one change", async () => {
			let changes = 0;
			window.book.onDidChange(() => {
				changes += 1;
			});
			await window.relays.import(exportOf(one, two));
			assert.equal(changes, 1);
		});
	});

	describe("exporting", () => {
		beforeEach(async () => {
			await window.book.change(() => [native]);
			await window.relays.save({
				...one,
				allowedModels: ["gpt-*"],
				modelMap: { a: "b" },
				headers: { "X-Title": "t" },
				auth: "api-key",
			});
			await window.relays.save({
				...two,
				baseUrl: "http://two.example",
				allowPlainHttp: true,
				enabled: false,
				priority: -2,
			});
		});
		it("holds the relays alone, and no key unless asked", async () => {
			const text = window.relays.export("leaveOut");
			assert.ok(!text.includes("sk-"));
			assert.deepEqual(
				JSON.parse(text).accounts.map(({ label }: { label: string }) => label),
				["One", "Two"],
			);
		});
		it("brings everything back in an empty window, keys included when asked", async () => {
			const text = window.relays.export("include");
			const before = window.book.accounts.filter(isRelay).map(({ id: _id, addedAt: _addedAt, ...rest }) => rest);
			for (const { id } of window.book.accounts) await window.relays.remove(id);
			assert.deepEqual(await outcomes(text), ["One added", "Two added"]);
			const after = window.book.accounts.filter(isRelay).map(({ id: _id, addedAt: _addedAt, ...rest }) => rest);
			assert.deepEqual(after, before);
			assert.deepEqual(
				window.book.accounts.map(({ id }) => window.vault.apiKeyOf(id)),
				["sk-one", "sk-two"],
			);
		});
		it("changes nothing where it came from", async () => {
			for (const keys of ["leaveOut", "include"] as const) {
				assert.deepEqual(await outcomes(window.relays.export(keys)), ["One unchanged", "Two unchanged"]);
			}
		});
	});
});
