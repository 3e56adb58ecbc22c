import assert from "node:assert/strict";
import { isRelay } from "../../../src/accounts/account.ts";
import { MemorySecrets } from "../../support/memorySecrets.ts";
import { type BookFolder, labelsOf } from "./bookFixture.ts";
import { Accounts, accountOf, exportOf, native, one, two, type Window } from "./relaysFixture.ts";

describe("Relays, to and from a file", () => {
	let accounts: Accounts;
	let folder: BookFolder;
	let secrets: MemorySecrets;
	let window: Window;
	const outcomes = async (text: string) =>
		(await window.relays.import(text)).entries.map(({ label, outcome }) => `${label} ${outcome}`);

	beforeEach(async () => {
		accounts = await Accounts.make();
		({ folder, secrets } = accounts);
		window = await accounts.openWindow();
	});
	afterEach(() => accounts.close());

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
			const other = await accounts.openWindow(new MemorySecrets());
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
