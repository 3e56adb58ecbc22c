import assert from "node:assert/strict";
import type { RelayAccount } from "../../../src/accounts/account.ts";
import { MemorySecrets } from "../../support/memorySecrets.ts";
import { type BookFolder, labelsOf, told } from "./bookFixture.ts";
import { Accounts, accountOf, codesOf, exportOf, native, one, two, type Window } from "./relaysFixture.ts";

describe("Relays", () => {
	let accounts: Accounts;
	let folder: BookFolder;
	let secrets: MemorySecrets;
	let window: Window;

	beforeEach(async () => {
		accounts = await Accounts.make();
		({ folder, secrets } = accounts);
		window = await accounts.openWindow();
	});
	afterEach(() => accounts.close());

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
		it("tells the relay with the same base URL, format and key, however the URL is written, and leaves it as it is", async () => {
			const first = accountOf(await window.relays.save(one));
			const again = { ...one, label: "oNE", baseUrl: "HTTPS://one.example:443/v1/chat/completions", priority: 3 };
			const before = await folder.text();
			assert.deepEqual(await window.relays.save(again), { kind: "same", account: first });
			assert.equal(await folder.text(), before);
			const updated = await window.relays.save(again, first.id);
			assert.equal(updated.kind, "updated");
			assert.deepEqual(window.book.accounts, [{ ...first, label: "oNE", priority: 3 }]);
		});
		it("tells the same relay also where its label is another's", async () => {
			const first = accountOf(await window.relays.save(one));
			await window.relays.save(two);
			assert.deepEqual(await window.relays.save({ ...one, label: "two" }), { kind: "same", account: first });
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
			const other = await accounts.openWindow(otherSecrets);
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
			assert.deepEqual(codesOf(await window.relays.save(one, "gone")), ["accountGone"]);
			assert.deepEqual(codesOf(await window.relays.save(one, native.id)), ["notRelay"]);
			assert.deepEqual(codesOf(await window.relays.rename(native.id, "x")), ["notRelay"]);
			assert.deepEqual(codesOf(await window.relays.setApiKey("gone", "sk-x")), ["accountGone"]);
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
			const broken = await accounts.openWindow(failing);
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
			const other = await accounts.openWindow();
			const results = await Promise.all([window.relays.save(one), other.relays.save(one)]);
			assert.deepEqual(results.map(({ kind }) => kind).sort(), ["added", "unchanged"]);
			assert.equal(labelsOf((await folder.open()).accounts).length, 1);
			assert.equal(secrets.entries.size, 1);
		});
		it("that import the same file at once end up with one of each", async () => {
			const windows = [window, await accounts.openWindow(), await accounts.openWindow()];
			await Promise.all(windows.map(({ relays }) => relays.import(exportOf(one, two))));
			assert.deepEqual(labelsOf((await folder.open()).accounts), ["One", "Two"]);
			assert.equal(secrets.entries.size, 2);
		});
		it("that give the same label to two relays see the second refused", async () => {
			const other = await accounts.openWindow();
			const results = await Promise.all([window.relays.save(one), other.relays.save({ ...two, label: "one" })]);
			assert.deepEqual(results.map(({ kind }) => kind).sort(), ["added", "refused"]);
			assert.equal(secrets.entries.size, 1);
		});
		it("of which one removes the account while the other enters its key leave no key behind", async () => {
			const account = accountOf(await window.relays.save(one));
			const other = await accounts.openWindow();
			await other.vault.load([account.id]);
			const slow = new MemorySecretsOf(secrets, () => other.relays.remove(account.id));
			const entering = await accounts.openWindow(slow);
			assert.deepEqual(codesOf(await entering.relays.setApiKey(account.id, "sk-new")), ["accountGone"]);
			assert.deepEqual((await accounts.openWindow()).book.accounts, []);
			assert.deepEqual([...secrets.entries], []);
		});
		it("of which one moves the account while the other enters its key give no host the other's key", async () => {
			const account = accountOf(await window.relays.save(one));
			const other = await accounts.openWindow();
			const move = { baseUrl: "https://moved.example", apiKey: "sk-moved" };
			const slow = new MemorySecretsOf(secrets, async () => {
				await other.relays.save(move, account.id);
			});
			const entering = await accounts.openWindow(slow);
			await assert.rejects(entering.relays.setApiKey(account.id, "sk-for-one"), /moved to another host/);
			assert.equal([...secrets.entries.values()].join(), '{"apiKey":"sk-moved","origin":"https://moved.example"}');
			assert.equal(entering.vault.apiKeyOf(account.id), "sk-moved");
		});
	});
});

/** The secrets of another store, in which something else happens just after the first key was stored. */
class MemorySecretsOf extends MemorySecrets {
	readonly #shared: MemorySecrets;
	#meanwhile: (() => Promise<void>) | null;

	constructor(shared: MemorySecrets, meanwhile: () => Promise<void>) {
		super();
		this.#shared = shared;
		this.#meanwhile = meanwhile;
	}

	override get(key: string): Promise<string | undefined> {
		return this.#shared.get(key);
	}

	override async store(key: string, value: string): Promise<void> {
		await this.#shared.store(key, value);
		const meanwhile = this.#meanwhile;
		this.#meanwhile = null;
		await meanwhile?.();
	}

	override delete(key: string): Promise<void> {
		return this.#shared.delete(key);
	}
}
