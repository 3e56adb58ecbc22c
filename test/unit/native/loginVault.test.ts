import assert from "node:assert/strict";
import { loginText, readLogin } from "../../../src/native/loginText.ts";
import { LoginVault } from "../../../src/native/loginVault.ts";
import { MemorySecrets } from "../../support/memorySecrets.ts";
import { loginOf, StubbornSecrets } from "./loginFixture.ts";

const entryOf = (id: string) => `relayAccounts.login.${id}`;
const [first, second] = [loginOf(), loginOf({ accessToken: "access-2", refreshToken: "refresh-2" })];

/** Resolves when the vault tells of this account. */
function told(vault: LoginVault, accountId: string): Promise<void> {
	return new Promise((resolve) => {
		const subscription = vault.onDidChange((id) => {
			if (id !== accountId) return;
			subscription.dispose();
			resolve();
		});
	});
}

describe("the text of a login", () => {
	it("gives back what was written", () => {
		for (const login of [first, loginOf({ refreshToken: null, expiresAt: null, renewedAt: null })]) {
			assert.deepEqual(readLogin(loginText(login)), login);
		}
	});

	it("holds nothing but the login", () => {
		const more = { ...first, identity: { email: "me@example.com" } };
		assert.deepEqual(Object.keys(JSON.parse(loginText(more))).sort(), Object.keys(first).sort());
	});

	it("is read with patience where a wrong type can be left out", () => {
		const read = (changes: object) => readLogin(JSON.stringify({ ...first, ...changes }));
		assert.deepEqual(read({ refreshToken: 5, expiresAt: "soon", renewedAt: {} }), {
			...first,
			refreshToken: null,
			expiresAt: null,
			renewedAt: null,
		});
		assert.equal(read({ refreshToken: "" })?.refreshToken, null);
		assert.equal(read({ accessToken: "a\nb" })?.accessToken, "");
		assert.equal(read({ issuer: "https://AUTH.example:443/path" })?.issuer, "https://auth.example");
	});

	it("is no login where the rest would be of no use", () => {
		const useless = [{ accessToken: null, refreshToken: null }, { issuer: null }, { backend: "nowhere" }];
		for (const changes of useless) assert.equal(readLogin(JSON.stringify({ ...first, ...changes })), null);
		for (const text of [undefined, "", "sk-secret", "null", "[]", "5", "{}"]) assert.equal(readLogin(text), null);
	});
});

describe("LoginVault", () => {
	it("stores one entry for each account and has the login at once", async () => {
		const secrets = new MemorySecrets();
		const vault = new LoginVault(secrets);
		await vault.set("a", first);
		assert.deepEqual([...secrets.entries], [[entryOf("a"), loginText(first)]]);
		assert.deepEqual(vault.loginOf("a"), first);
		assert.equal(vault.loginOf("b"), null);
	});

	it("loads what was stored before, and follows what another window does", async () => {
		const secrets = new MemorySecrets();
		const [here, there] = [new LoginVault(secrets), new LoginVault(secrets)];
		await there.set("a", first);
		await here.load(["a", "b"]);
		assert.deepEqual(here.loginOf("a"), first);
		const heard: string[] = [];
		here.onDidChange((id) => heard.push(id));
		const changed = told(here, "a");
		await there.set("a", second);
		await changed;
		assert.deepEqual(here.loginOf("a"), second);
		const gone = told(here, "a");
		await there.delete("a");
		await gone;
		assert.equal(here.loginOf("a"), null);
		assert.deepEqual(heard, ["a", "a"]);
	});

	it("reads again when asked, though nothing was told", async () => {
		const secrets = new StubbornSecrets();
		secrets.tells = false;
		const [here, there] = [new LoginVault(secrets), new LoginVault(secrets)];
		await there.set("a", first);
		assert.equal(here.loginOf("a"), null);
		assert.deepEqual(await here.reread("a"), first);
		assert.deepEqual(here.loginOf("a"), first);
	});

	it("does not let a slow read bring back a login that was replaced meanwhile", async () => {
		const slow = new MemorySecrets();
		await slow.store(entryOf("a"), loginText(first));
		const { promise, resolve } = Promise.withResolvers<void>();
		let reads = 0;
		const vault = new LoginVault({
			get: async (key) => {
				const value = await slow.get(key);
				reads += 1;
				if (reads === 1) await promise;
				return value;
			},
			store: (key, value) => slow.store(key, value),
			delete: (key) => slow.delete(key),
			onDidChange: () => ({ dispose: () => undefined }),
		});
		const reading = vault.reread("a");
		await vault.set("a", second);
		resolve();
		assert.deepEqual(await reading, second);
		assert.deepEqual(vault.loginOf("a"), second);
	});

	it("keeps a known login while the store cannot be read, and says so only to who asks for it", async () => {
		const secrets = new StubbornSecrets();
		const vault = new LoginVault(secrets);
		await vault.set("a", first);
		secrets.gives = false;
		await vault.load(["a"]);
		assert.deepEqual(vault.loginOf("a"), first);
		await assert.rejects(vault.reread("a"), /locked/);
	});

	it("changes nothing when the store does not take a login", async () => {
		const secrets = new StubbornSecrets();
		const vault = new LoginVault(secrets);
		await vault.set("a", first);
		secrets.takes = false;
		await assert.rejects(vault.set("a", second), /locked/);
		assert.deepEqual(vault.loginOf("a"), first);
	});

	it("keeps tokens that cannot be had again, and saves them when the store takes them", async () => {
		const secrets = new StubbornSecrets();
		const vault = new LoginVault(secrets);
		await vault.set("a", first);
		secrets.takes = false;
		assert.equal(await vault.keep("a", second), false);
		assert.deepEqual(vault.loginOf("a"), second);
		// The store still has the old one, which must not come back.
		assert.deepEqual(await vault.reread("a"), second);
		assert.equal(await vault.saveAgain("a"), false);
		secrets.takes = true;
		assert.equal(await vault.saveAgain("a"), true);
		assert.equal(secrets.entries.get(entryOf("a")), loginText(second));
		assert.equal(await vault.saveAgain("a"), true);
	});

	it("lets a login that came from elsewhere take the place of one that could not be saved", async () => {
		const secrets = new StubbornSecrets();
		const [here, there] = [new LoginVault(secrets), new LoginVault(secrets)];
		await here.set("a", first);
		secrets.takes = false;
		await here.keep("a", second);
		secrets.takes = true;
		const third = loginOf({ accessToken: "access-3", refreshToken: "refresh-3" });
		const changed = told(here, "a");
		await there.set("a", third);
		await changed;
		assert.deepEqual(here.loginOf("a"), third);
		await here.saveAgain("a");
		assert.equal(secrets.entries.get(entryOf("a")), loginText(third));
	});

	it("does not save over a login that came from elsewhere and was not told of yet", async () => {
		const secrets = new StubbornSecrets();
		const [here, there] = [new LoginVault(secrets), new LoginVault(secrets)];
		await here.set("a", first);
		secrets.takes = false;
		await here.keep("a", second);
		secrets.takes = true;
		secrets.tells = false;
		const third = loginOf({ accessToken: "access-3", refreshToken: "refresh-3" });
		await there.set("a", third);
		assert.equal(await here.saveAgain("a"), true);
		assert.equal(secrets.entries.get(entryOf("a")), loginText(third));
		assert.deepEqual(here.loginOf("a"), third);
	});

	it("does not save what was signed out meanwhile", async () => {
		const secrets = new StubbornSecrets();
		const vault = new LoginVault(secrets);
		await vault.set("a", first);
		secrets.takes = false;
		await vault.keep("a", second);
		await vault.delete("a");
		secrets.takes = true;
		assert.equal(await vault.saveAgain("a"), true);
		assert.deepEqual([...secrets.entries], []);
		assert.equal(vault.loginOf("a"), null);
	});

	it("keeps what is new though a listener fails, and says so without the login", async () => {
		const logged: string[] = [];
		const vault = new LoginVault(new MemorySecrets(), (_level, message) => logged.push(message));
		vault.onDidChange(() => {
			throw new Error("broken");
		});
		await vault.keep("a", first);
		await vault.set("a", second);
		assert.deepEqual(vault.loginOf("a"), second);
		assert.equal(logged.length, 2);
		assert.doesNotMatch(logged.join(), /access-|refresh-/);
	});

	it("tells nothing when nothing changed, and nothing once it is disposed of", async () => {
		const secrets = new MemorySecrets();
		const vault = new LoginVault(secrets);
		const heard: string[] = [];
		vault.onDidChange((id) => heard.push(id));
		await vault.set("a", first);
		await vault.set("a", first);
		await vault.load(["a"]);
		assert.deepEqual(heard, ["a"]);
		vault.dispose();
		await secrets.delete(entryOf("a"));
		assert.deepEqual(heard, ["a"]);
		assert.equal(vault.loginOf("a"), null);
	});
});
