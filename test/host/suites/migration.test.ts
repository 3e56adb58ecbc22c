import assert from "node:assert/strict";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { commands, type QuickPickItem } from "vscode";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoEntry, importAccounts, removeAccounts } from "../support/accounts.ts";
import { type Client, client, untilServing } from "../support/localPort.ts";
import { withPerson } from "../support/person.ts";
import { accountFile, followLog, savedAccounts } from "../support/storage.ts";
import { until } from "../support/until.ts";

const oldRelay = "Old relay";
const oldLogin = "Old login";
const odd = { type: "relay", label: "Odd one", format: "smoke signals", baseUrl: "https://relay.example/v1" };

describe("an account file of an old release", () => {
	let relay: DemoRelay;
	let codex: Client;
	let textBefore: string;
	before(async () => {
		await untilServing();
		relay = await startDemoRelay();
		await importAccounts([demoEntry("openai", relay.origin, { label: "There before" })]);
		textBefore = await readFile(accountFile(), "utf8");
		codex = await client("codex");
	});
	after(async () => {
		await replaceAccountFile(textBefore);
		await until(() => savedAccounts().every(({ label }) => label !== oldRelay));
		await removeAccounts();
		await relay.close();
	});

	/** In one step, as an editor or a sync program does. */
	async function replaceAccountFile(text: string): Promise<void> {
		const beside = `${accountFile()}.of-this-test`;
		await writeFile(beside, text, { mode: 0o600 });
		await rename(beside, accountFile());
	}

	/** The accounts as a command offers them to a person. */
	async function offered(command: string): Promise<readonly QuickPickItem[]> {
		let seen: readonly QuickPickItem[] = [];
		const pick = (items: readonly QuickPickItem[]) => {
			seen = items;
			return undefined;
		};
		await withPerson({ pick }, () => commands.executeCommand(command));
		return seen;
	}

	const saved = (label: string) => savedAccounts().find((account) => account.label === label);

	it("is read while VS Code runs, and written as this release writes it", async () => {
		const log = followLog();
		await replaceAccountFile(
			JSON.stringify({
				accounts: [
					...savedAccounts(),
					{ id: "old-login", label: oldLogin, email: "someone@example.com", accountId: "acct", planType: "plus" },
					{ id: "old-relay", type: "relay", label: oldRelay, baseUrl: `${relay.origin}/backend-api/` },
					odd,
				],
			}),
		);
		await until(() => saved(oldRelay)?.format);
		assert.equal(JSON.parse(await readFile(accountFile(), "utf8")).version, 1);
		const said = /An entry of accounts\.json is left as it is because its format cannot be understood/;
		await until(() => said.test(log.text()));
	});

	it("gives a relay without a format the format codex", () => {
		const { format, baseUrl, allowedModels, enabled } = saved(oldRelay) ?? {};
		assert.deepEqual(
			{ format, baseUrl, allowedModels, enabled },
			{ format: "codex", baseUrl: `${relay.origin}/backend-api`, allowedModels: null, enabled: true },
		);
	});

	it("makes an entry without a type a ChatGPT login without format, address and models", () => {
		const { type, format, baseUrl, allowedModels } = saved(oldLogin) ?? {};
		assert.deepEqual(
			{ type, format, baseUrl, allowedModels },
			{ type: "native", format: null, baseUrl: null, allowedModels: null },
		);
	});

	it("keeps an entry that cannot be understood as it was", () => {
		assert.deepEqual(saved(odd.label), odd);
	});

	it("is readable by its user alone afterwards", async function () {
		if (process.platform === "win32") this.skip();
		assert.equal((await stat(accountFile())).mode & 0o777, 0o600);
	});

	it("is what commands offer from then on", async () => {
		await until(async () => (await offered("relayAccounts.renameAccount")).some(({ label }) => label === oldLogin));
		const relays = await offered("relayAccounts.enterKey");
		assert.deepEqual(
			relays.map(({ label }) => label),
			["There before", oldRelay],
		);
		assert.match(relays[1]?.description ?? "", /key missing here.*Codex.*127\.0\.0\.1/);
	});

	it("is what requests go by: first without a key, then with the one that is entered", async () => {
		const refused = await codex.chat("say hi");
		assert.equal(refused.status, 503);
		assert.match(refused.text, /“Old relay” has no key in this VS Code window/);
		await withPerson({ type: demoKeys.codex }, () =>
			commands.executeCommand("relayAccounts.enterKey", { kind: "account", id: "old-relay" }),
		);
		await until(async () => (await codex.models()).includes("demo-codex-large"));
		const reply = await codex.chat("say hi");
		assert.equal(reply.status, 200);
		assert.equal(reply.headers["x-relay-account"], encodeURIComponent(oldRelay));
		assert.equal(relay.requests.at(-1)?.url, "/backend-api/codex/responses");
	});
});
