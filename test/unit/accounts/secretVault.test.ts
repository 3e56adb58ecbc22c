import assert from "node:assert/strict";
import { SecretVault } from "../../../src/accounts/secretVault.ts";
import { MemorySecrets } from "../../support/memorySecrets.ts";

const entryOf = (id: string) => `relayAccounts.account.${id}`;

/** Resolves when the vault tells of this account. */
function told(vault: SecretVault, accountId: string): Promise<void> {
	return new Promise((resolve) => {
		const subscription = vault.onDidChange((id) => {
			if (id !== accountId) return;
			subscription.dispose();
			resolve();
		});
	});
}

describe("SecretVault", () => {
	it("stores one JSON entry for each account and gives the key back at once", async () => {
		const secrets = new MemorySecrets();
		const vault = new SecretVault(secrets);
		await vault.setApiKey("a", "sk-a");
		await vault.setApiKey("b", "sk-b");
		assert.deepEqual(
			[...secrets.entries],
			[
				[entryOf("a"), '{"apiKey":"sk-a"}'],
				[entryOf("b"), '{"apiKey":"sk-b"}'],
			],
		);
		assert.equal(vault.apiKeyOf("a"), "sk-a");
		assert.equal(vault.apiKeyOf("c"), null);
	});
	it("loads what was stored before", async () => {
		const secrets = new MemorySecrets();
		await secrets.store(entryOf("a"), '{"apiKey":"sk-a"}');
		const vault = new SecretVault(secrets);
		assert.equal(vault.apiKeyOf("a"), null);
		await vault.load(["a", "b"]);
		assert.equal(vault.apiKeyOf("a"), "sk-a");
		assert.equal(vault.apiKeyOf("b"), null);
	});
	it("takes an entry that is not its own kind for a missing key", async () => {
		const secrets = new MemorySecrets();
		const entries = [
			"sk-plain",
			"null",
			"[]",
			"{}",
			'{"apiKey":5}',
			'{"apiKey":""}',
			'{"apiKey":"a\\nb"}',
			'{"apiKey":"a","origin":5}',
		];
		await Promise.all(entries.map((entry, index) => secrets.store(entryOf(`${index}`), entry)));
		const vault = new SecretVault(secrets);
		const ids = entries.map((_, index) => `${index}`);
		await vault.load(ids);
		assert.deepEqual(
			ids.map((id) => vault.apiKeyOf(id)),
			entries.map(() => null),
		);
	});
	it("follows what another window stores and deletes, and tells once of each change", async () => {
		const secrets = new MemorySecrets();
		const [here, there] = [new SecretVault(secrets), new SecretVault(secrets)];
		const heard: string[] = [];
		here.onDidChange((id) => heard.push(`${id} ${here.apiKeyOf(id)}`));
		for (const key of ["sk-1", "sk-2"]) {
			const arrived = told(here, "a");
			await there.setApiKey("a", key);
			await arrived;
		}
		const gone = told(here, "a");
		await there.deleteApiKey("a");
		await gone;
		assert.deepEqual(heard, ["a sk-1", "a sk-2", "a null"]);
	});
	it("tells of its own change once, and not at all when nothing changed", async () => {
		const secrets = new MemorySecrets();
		const vault = new SecretVault(secrets);
		const heard: string[] = [];
		vault.onDidChange((id) => heard.push(id));
		await vault.setApiKey("a", "sk-a");
		await vault.setApiKey("a", "sk-a");
		await vault.load(["a"]);
		await secrets.store("somebody.else", "x");
		const marker = told(vault, "b");
		await secrets.store(entryOf("b"), '{"apiKey":"sk-b"}');
		await marker;
		assert.deepEqual(heard, ["a", "b"]);
	});
	it("does not let a slow read bring back a key that was replaced meanwhile", async () => {
		const slow = new MemorySecrets();
		await slow.store(entryOf("a"), '{"apiKey":"sk-old"}');
		const answers: (() => void)[] = [];
		const vault = new SecretVault({
			get: async (key) => {
				const value = await slow.get(key);
				await new Promise<void>((resolve) => {
					answers.push(resolve);
					if (answers.length > 1) resolve();
				});
				return value;
			},
			store: (key, value) => slow.store(key, value),
			delete: (key) => slow.delete(key),
			onDidChange: () => ({ dispose: () => undefined }),
		});
		const loading = vault.load(["a"]);
		await vault.setApiKey("a", "sk-new");
		answers[0]?.();
		await loading;
		assert.equal(vault.apiKeyOf("a"), "sk-new");
	});
	it("keeps a known key when the store fails for a moment", async () => {
		const secrets = new MemorySecrets();
		let locked = false;
		const vault = new SecretVault({
			get: async (key) => {
				if (locked) throw new Error("the keychain is locked");
				return secrets.get(key);
			},
			store: (key, value) => secrets.store(key, value),
			delete: (key) => secrets.delete(key),
			onDidChange: (listener) => secrets.onDidChange(listener),
		});
		await vault.setApiKey("a", "sk-a");
		locked = true;
		await vault.load(["a", "b"]);
		assert.equal(vault.apiKeyOf("a"), "sk-a");
		assert.equal(vault.apiKeyOf("b"), null);
	});
	it("gives a key for the origin alone that it was saved for", async () => {
		const secrets = new MemorySecrets();
		const origins = new Map([["a", "https://one.example"]]);
		const vault = new SecretVault(secrets);
		vault.followOrigins((id) => origins.get(id) ?? null);
		await vault.setApiKey("a", "sk-one");
		assert.equal(secrets.entries.get(entryOf("a")), '{"apiKey":"sk-one","origin":"https://one.example"}');
		origins.set("a", "https://two.example");
		assert.equal(vault.apiKeyOf("a"), null);
		const later = new SecretVault(secrets);
		later.followOrigins((id) => origins.get(id) ?? null);
		await later.load(["a"]);
		assert.equal(later.apiKeyOf("a"), null);
		origins.set("a", "https://one.example");
		assert.equal(later.apiKeyOf("a"), "sk-one");
	});
	it("forgets everything when it is disposed of", async () => {
		const secrets = new MemorySecrets();
		const vault = new SecretVault(secrets);
		await vault.setApiKey("a", "sk-a");
		vault.dispose();
		assert.equal(vault.apiKeyOf("a"), null);
		assert.equal(secrets.entries.size, 1);
	});
	it("tells what this window has written, and not what another has", async () => {
		const secrets = new MemorySecrets();
		const [here, there] = [new SecretVault(secrets), new SecretVault(secrets)];
		const written: unknown[] = [];
		here.onDidWrite((key) => written.push(key));
		await here.setApiKey("a", "sk-a", "https://relay.example");
		await here.setApiKey("a", "sk-a", "https://relay.example");
		const heard = told(here, "b");
		await there.setApiKey("b", "sk-b");
		await heard;
		const key = { accountId: "a", apiKey: "sk-a", origin: "https://relay.example" };
		assert.deepEqual(written, [key, key]);
	});
});
