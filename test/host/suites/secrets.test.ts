import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands, type QuickPickItem, Uri } from "vscode";
import { startUpstream, type Upstream } from "../../support/upstream.ts";
import { importAccounts, removeAccounts } from "../support/accounts.ts";
import { type Client, client, localKey, untilServing } from "../support/localPort.ts";
import { hearMessages, type Person, withPerson } from "../support/person.ts";
import { filesBelow, followLog, logFiles, savedAccounts, storageFolder } from "../support/storage.ts";
import { until } from "../support/until.ts";

const label = "Keeper of secrets";
const model = "secretive-model";
/** Told apart from anything else that a file may hold. */
const firstKey = "first-key-8d1f6c0e52b94a7f";
const secondKey = "second-key-3ab07e9944d1c6f2";

/** A secret as it may have been written down: as it is, or in what people take for a disguise. */
function spellings(secret: string): readonly string[] {
	const bytes = Buffer.from(secret);
	return [secret, bytes.toString("base64").replace(/=+$/, ""), bytes.toString("hex")];
}

function filesWith(files: readonly string[], words: readonly string[]): readonly string[] {
	return files.filter((file) => {
		const bytes = readFileSync(file);
		return words.some((word) => bytes.includes(word));
	});
}

describe("the keys of accounts", () => {
	let upstream: Upstream;
	let openai: Client;
	let messages: ReturnType<typeof hearMessages>;
	before(async () => {
		await untilServing();
		messages = hearMessages();
		// As careless as a relay can be: it repeats the key that it was shown.
		upstream = await startUpstream(({ headers }, response) => {
			const said = `You came with ${headers.authorization}`;
			response.writeHead(headers.authorization === `Bearer ${secondKey}` ? 401 : 200, {
				"content-type": "application/json",
			});
			response.end(JSON.stringify({ error: { message: said, code: "invalid_api_key" } }));
		});
		await importAccounts([
			{ label, format: "openai", baseUrl: upstream.origin, apiKey: firstKey, allowedModels: [model] },
		]);
		openai = await client("openai");
	});
	after(async () => {
		messages.stop();
		await removeAccounts();
		await upstream.close();
	});

	const node = () => ({ kind: "account", id: savedAccounts().find((saved) => saved.label === label)?.id });

	it("reach the relay with each request, and the local key does not", async () => {
		await openai.chat("hello", model);
		const sent = upstream.requests.at(-1)?.rawHeaders ?? [];
		assert.deepEqual(
			sent.filter(([, value]) => value.includes(firstKey)),
			[["authorization", `Bearer ${firstKey}`]],
		);
		const local = await localKey();
		assert.deepEqual(
			sent.filter(([, value]) => value.includes(local)),
			[],
		);
	});

	it("are replaced by the command that asks for a key, from the next request on", async () => {
		await withPerson({ type: secondKey }, () => commands.executeCommand("relayAccounts.enterKey", node()));
		await until(async () => {
			const { status } = await openai.chat("hello", model);
			return status === 401;
		});
		assert.equal(upstream.requests.at(-1)?.headers.authorization, `Bearer ${secondKey}`);
	});

	it("are in no message, also when the relay repeats them", async () => {
		const log = followLog();
		await commands.executeCommand("relayAccounts.testRelay", node());
		await until(() => log.text().includes(`${label}: `));
		const shown = [...messages.heard, log.text()].join("\n");
		assert.match(shown, /401/);
		for (const spelling of [firstKey, secondKey].flatMap(spellings)) assert.ok(!shown.includes(spelling));
	});

	it("are in no file of the storage folder and in no log; neither is the local key", async () => {
		await openai.chat("hello", model);
		const stored = filesBelow(storageFolder());
		const logs = logFiles();
		const secrets = [firstKey, secondKey, await localKey()].flatMap(spellings);
		assert.deepEqual(filesWith([...stored, ...logs], secrets), []);
		// The search finds what is there.
		assert.equal(filesWith(stored, [label]).length > 0, true);
		assert.equal(filesWith(logs, [label]).length > 0, true);
	});

	it("can be read by no other user where the accounts are kept", async function () {
		if (process.platform === "win32") this.skip();
		for (const path of [storageFolder(), ...filesBelow(storageFolder())]) {
			assert.equal((await stat(path)).mode & 0o077, 0, path);
		}
	});

	describe("in an export", () => {
		let folder: string;
		before(async () => {
			folder = await mkdtemp(join(tmpdir(), "relay-accounts-export-"));
		});
		after(() => rm(folder, { recursive: true, force: true }));

		const choose = (words: RegExp) => (items: readonly QuickPickItem[]) => items.find((item) => words.test(item.label));

		async function exported(person: Omit<Person, "file">): Promise<string | null> {
			const file = join(folder, "accounts.json");
			await rm(file, { force: true });
			await withPerson({ ...person, file: Uri.file(file) }, () =>
				commands.executeCommand("relayAccounts.exportAccounts"),
			);
			return readFile(file, "utf8").catch(() => null);
		}

		it("are left out", async () => {
			const text = await exported({ pick: choose(/^Without keys/), confirm: true });
			assert.ok(text?.includes(label));
			for (const spelling of spellings(secondKey)) assert.ok(!text?.includes(spelling));
		});

		it("are written only after a yes to the question", async () => {
			assert.equal(await exported({ pick: choose(/^With keys/), confirm: false }), null);
			assert.ok((await exported({ pick: choose(/^With keys/), confirm: true }))?.includes(secondKey));
		});
	});
});
