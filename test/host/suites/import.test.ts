import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { commands, Uri } from "vscode";
import { type DemoRelay, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoEntry, importAccounts, removeAccounts, writeImportFile } from "../support/accounts.ts";
import { client, untilServing } from "../support/localPort.ts";
import { hearMessages, withPerson } from "../support/person.ts";
import { changeSetting } from "../support/settings.ts";
import { followLog, savedAccounts } from "../support/storage.ts";
import { until } from "../support/until.ts";

describe("importing accounts", () => {
	let relay: DemoRelay;
	let messages: ReturnType<typeof hearMessages>;
	before(async () => {
		await untilServing();
		relay = await startDemoRelay();
		messages = hearMessages();
		await importAccounts([demoEntry("openai", relay.origin, { label: "First import" })]);
	});
	after(async () => {
		messages.stop();
		await removeAccounts(["Second import", "Third import", "By dialog"]);
		await relay.close();
	});

	const saved = (label: string) => savedAccounts().find((account) => account.label === label);
	const summaries = () => messages.heard.filter((message) => message.includes("Accounts: "));

	it("takes the file that the setting names as soon as the setting changes", async () => {
		const { chat } = await client("openai");
		assert.equal((await chat("say hi")).status, 200);
	});

	it("is not stopped by a bad entry, and says what is wrong with it", async () => {
		const log = followLog();
		const bad = { label: "Bad import", format: "openai", baseUrl: "relay.example/v1", apiKey: "unused" };
		const file = await writeImportFile([
			bad,
			"no entry at all",
			demoEntry("anthropic", relay.origin, { label: "Second import" }),
		]);
		await changeSetting("importFile", file);
		await until(() => log.text().includes("Second import: added."));
		assert.match(log.text(), /\[warning\] Bad import was refused: .*https:\/\/relay\.example/);
		assert.match(log.text(), /\[warning\] Account without a label was refused: /);
		assert.equal(saved("Second import")?.format, "anthropic");
		assert.equal(saved("Bad import"), undefined);
		await until(() => summaries().some((message) => message.includes("1 added, 0 updated, 0 unchanged, 2 refused")));
		const { chat } = await client("anthropic");
		assert.equal((await chat("say hi")).status, 200);
	});

	it("changes nothing the second time", async () => {
		const before = savedAccounts();
		const log = followLog();
		await changeSetting(
			"importFile",
			await writeImportFile([demoEntry("openai", relay.origin, { label: "First import" })]),
		);
		await until(() => log.text().includes("First import: unchanged."));
		assert.deepEqual(savedAccounts(), before);
	});

	it("updates the account that has the same address, format and key", async () => {
		const id = saved("First import")?.id;
		const log = followLog();
		const entry = demoEntry("openai", relay.origin, { label: "Third import", allowedModels: ["demo-openai-small"] });
		await changeSetting("importFile", await writeImportFile([entry]));
		await until(() => log.text().includes("Third import: updated."));
		assert.equal(saved("Third import")?.id, id);
		assert.equal(saved("First import"), undefined);
		const { chat } = await client("openai");
		assert.equal((await chat("say hi", "demo-openai-small")).status, 200);
	});

	it("warns of a file that others can read, on the screen and in the log", async function () {
		if (process.platform === "win32") this.skip();
		const log = followLog();
		const file = await writeImportFile([]);
		await chmod(file, 0o644);
		await changeSetting("importFile", file);
		const warning = `Other users have access to the import file ${file}`;
		await until(() => log.text().includes(warning));
		await until(() => messages.heard.some((message) => message.startsWith(warning)));
	});

	it("does not warn of a file that only its user can read", async () => {
		const log = followLog();
		const entry = demoEntry("openai", relay.origin, { label: "Third import" });
		await changeSetting("importFile", await writeImportFile([entry]));
		await until(() => log.text().includes("Third import: "));
		// The warning would come before whatever a later import says.
		await changeSetting("importFile", "not/absolute.json");
		await until(() => log.text().includes("not/absolute.json is not used"));
		assert.doesNotMatch(log.text(), /Other users/);
	});

	it("says of a file that is missing, and of one that is no export, what is wrong", async () => {
		const log = followLog();
		const file = await writeImportFile([]);
		await changeSetting("importFile", `${file}.gone`);
		await until(() => log.text().includes(`The import file ${file}.gone does not exist.`));
		await writeFile(file, "{ this is no JSON");
		await changeSetting("importFile", file);
		await until(() => log.text().includes("Nothing was imported: the file is not valid JSON."));
	});

	it("takes a file that was chosen in the dialog", async () => {
		const file = await writeImportFile([demoEntry("gemini", relay.origin, { label: "By dialog" })]);
		await withPerson({ file: Uri.file(file) }, () => commands.executeCommand("relayAccounts.importAccounts"));
		assert.equal(saved("By dialog")?.format, "gemini");
		await until(() => summaries().at(-1)?.includes("1 added"));
		assert.equal((await (await client("gemini")).chat("say hi")).status, 200);
	});

	it("does nothing when the dialog is cancelled", async () => {
		const before = savedAccounts();
		const count = messages.heard.length;
		await withPerson({}, () => commands.executeCommand("relayAccounts.importAccounts"));
		assert.deepEqual(savedAccounts(), before);
		assert.equal(messages.heard.length, count);
	});
});
