import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { readFile, rm, truncate, unlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type DemoRelay, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoEntry, importAccounts, removeAccounts } from "../support/accounts.ts";
import { type Client, client, untilServing } from "../support/localPort.ts";
import { accountFile, followLog, type SavedAccount, savedAccounts, storageFolder } from "../support/storage.ts";
import { until } from "../support/until.ts";

const label = "Survivor";

describe("an account file that cannot be read", () => {
	let relay: DemoRelay;
	let openai: Client;
	let good: readonly SavedAccount[];
	before(async () => {
		await untilServing();
		relay = await startDemoRelay();
		await importAccounts([demoEntry("openai", relay.origin, { label })]);
		openai = await client("openai");
		good = savedAccounts();
	});
	after(async () => {
		await removeAccounts();
		await relay.close();
	});
	beforeEach(() => {
		asideBefore = new Set(aside());
	});
	afterEach(async () => {
		for (const file of newlyAside()) await rm(file);
	});

	let asideBefore: ReadonlySet<string>;
	const aside = () =>
		readdirSync(storageFolder())
			.filter((name) => name.startsWith(`${basename(accountFile())}.unreadable-`))
			.map((name) => join(storageFolder(), name));
	const newlyAside = () => aside().filter((file) => !asideBefore.has(file));

	async function assertAnswered(): Promise<void> {
		const { status, headers } = await openai.chat("say hi");
		assert.deepEqual([status, headers["x-relay-account"]], [200, label]);
	}

	const damages: readonly (readonly [what: string, bytes: string])[] = [
		["half of what it held", '{ "version": 1, "accounts": [ { "id": "'],
		["other data", "\u0000\u0001 not an account file at all"],
		["valid JSON of another kind", '"accounts"'],
	];
	for (const [what, damage] of damages) {
		it(`is put aside when it holds ${what}, and the last good copy is used`, async () => {
			const log = followLog();
			await writeFile(accountFile(), damage);
			await until(() => savedAccounts().some((saved) => saved.label === label));
			assert.deepEqual(savedAccounts(), good);
			const [file, ...others] = newlyAside();
			assert.ok(file);
			assert.deepEqual(others, []);
			assert.equal(await readFile(file, "utf8"), damage);
			await until(() => log.text().includes("the last good copy is used"));
			assert.match(log.text(), /\[error\] An account file that could not be read was put aside as /);
			await assertAnswered();
		});
	}

	it("is put aside when it is empty", async () => {
		await truncate(accountFile(), 0);
		await until(() => savedAccounts().some((saved) => saved.label === label));
		assert.equal(newlyAside().length, 1);
		await assertAnswered();
	});

	it("is written again when somebody removed it", async () => {
		await unlink(accountFile());
		await until(() => savedAccounts().some((saved) => saved.label === label));
		assert.deepEqual(newlyAside(), []);
		await assertAnswered();
	});

	it("disturbs no request, neither one that is under way nor those that come meanwhile", async () => {
		const open = await openai.stream("[long 40] [slow 20]");
		await until(() => open.text().includes("word2"));
		await writeFile(accountFile(), "damage");
		let asked = 0;
		await until(async () => {
			await assertAnswered();
			asked += 1;
			return savedAccounts().some((saved) => saved.label === label);
		});
		assert.ok(asked > 0);
		assert.equal(await open.ended, "complete");
		assert.match(open.text(), /\[DONE\]/);
	});

	it("stands in no one's way: an account can be added right afterwards", async () => {
		await writeFile(accountFile(), "damage");
		await importAccounts([demoEntry("anthropic", relay.origin, { label: "Newcomer" })]);
		assert.deepEqual(
			savedAccounts()
				.map((saved) => saved.label)
				.filter((name) => name === label || name === "Newcomer"),
			[label, "Newcomer"],
		);
		await assertAnswered();
	});
});
