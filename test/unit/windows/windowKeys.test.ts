import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SecretStorage } from "vscode";
import { isRelay } from "../../../src/accounts/account.ts";
import { type AccountBook, openAccountBook } from "../../../src/accounts/accountBook.ts";
import type { Disposable } from "../../../src/accounts/listeners.ts";
import { Relays } from "../../../src/accounts/relays.ts";
import { SecretVault } from "../../../src/accounts/secretVault.ts";
import type { ProxyState } from "../../../src/bridge/protocol.ts";
import { WorkerProxy } from "../../../src/bridge/workerProxy.ts";
import { LocalKey } from "../../../src/vscode/localKey.ts";
import { shareKeys } from "../../../src/vscode/windowKeys.ts";
import { MemorySecrets } from "../../support/memorySecrets.ts";
import { freePort } from "../../support/proxyUnderTest.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";
import { windowConfig } from "../../support/windowUnderTest.ts";

const script = fileURLToPath(new URL("../../../src/worker.ts", import.meta.url));

function storageOf(secrets: MemorySecrets): SecretStorage {
	return {
		get: (key) => secrets.get(key),
		store: (key, value) => secrets.store(key, value),
		delete: (key) => secrets.delete(key),
		keys: async () => [...secrets.entries.keys()],
		onDidChange: (listener) => secrets.onDidChange((key) => listener({ key })),
	};
}

/** All of a window but what is VS Code's. */
class WholeWindow {
	readonly #owned: Disposable[] = [];
	readonly proxy: WorkerProxy;
	readonly book: AccountBook;
	readonly relays: Relays;
	readonly vault: SecretVault;
	readonly localKey: LocalKey;
	#changed = Promise.withResolvers<void>();

	private constructor(proxy: WorkerProxy, book: AccountBook, vault: SecretVault, localKey: LocalKey) {
		this.proxy = proxy;
		this.book = book;
		this.relays = new Relays(book, vault);
		this.vault = vault;
		this.localKey = localKey;
	}

	static async open(folder: string, secrets: MemorySecrets, port: number): Promise<WholeWindow> {
		const book = await openAccountBook({ folder, log: () => undefined });
		const vault = new SecretVault(secrets);
		const localKey = await LocalKey.open(storageOf(secrets));
		await vault.load(book.accounts.map(({ id }) => id));
		const proxy = new WorkerProxy({
			script,
			log: () => undefined,
			savedRests: () => [],
			fetchHere: (_, reply) => reply.close(),
		});
		const window = new WholeWindow(proxy, book, vault, localKey);
		const feed = () => {
			const relays = book.accounts.filter(isRelay);
			proxy.configure(
				windowConfig(port, {
					localKey: localKey.own,
					accounts: relays.map((account) => ({ account, apiKey: vault.apiKeyOf(account.id) })),
				}),
			);
			window.#tell();
		};
		feed();
		window.#owned.push(
			book.onDidChange(feed),
			vault.onDidChange(feed),
			localKey.onDidChange(feed),
			proxy.onDidChangeState(() => window.#tell()),
			proxy.onDidChangeLive(() => window.#tell()),
			shareKeys({ book, vault, localKey, proxy, log: () => undefined }),
			...[book, vault, localKey],
		);
		proxy.serve(true);
		return window;
	}

	/** Settles after the first change of anything that makes it true. */
	async until(condition: () => boolean): Promise<void> {
		while (!condition()) await this.#changed.promise;
	}

	is(kind: ProxyState["kind"]): Promise<void> {
		return this.until(() => this.proxy.state.kind === kind);
	}

	close(): void {
		this.proxy.dispose();
		for (const part of this.#owned) part.dispose();
	}

	#tell(): void {
		this.#changed.resolve();
		this.#changed = Promise.withResolvers();
	}
}

for (const [name, isShared] of [
	["windows that share their secrets", true],
	["pages with secrets of their own", false],
] as const) {
	describe(name, () => {
		let folder: string;
		let upstream: Upstream;
		let port: number;
		let owner: WholeWindow;
		let attached: WholeWindow;
		let secrets: readonly [MemorySecrets, MemorySecrets];
		before(async () => {
			upstream = await startUpstream((_, response) => {
				response.writeHead(200, { "content-type": "application/json" }).end('{"choices":[]}');
			});
		});
		after(() => upstream.close());
		beforeEach(async () => {
			folder = await mkdtemp(join(tmpdir(), "windows-"));
			port = await freePort();
			const first = new MemorySecrets();
			secrets = [first, isShared ? first : new MemorySecrets()];
			owner = await WholeWindow.open(folder, secrets[0], port);
			await owner.is("listening");
			attached = await WholeWindow.open(folder, secrets[1], port);
			await attached.is("otherWindow");
		});
		afterEach(async () => {
			owner.close();
			attached.close();
			await rm(folder, { recursive: true, maxRetries: 5 });
		});

		const input = (label: string, apiKey: string) => ({
			label,
			format: "openai",
			baseUrl: upstream.origin,
			apiKey,
			allowPlainHttp: true,
		});
		async function add(window: WholeWindow, label: string, apiKey: string): Promise<string> {
			const result = await window.relays.save(input(label, apiKey));
			assert.ok(result.kind === "added" || result.kind === "updated", JSON.stringify(result));
			return result.account.id;
		}
		/** The key that the upstream was shown. */
		async function usedKey(window: WholeWindow): Promise<unknown> {
			const reply = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
				method: "POST",
				headers: { authorization: `Bearer ${window.localKey.own}`, "content-type": "application/json" },
				body: '{"model":"m","messages":[]}',
			});
			return reply.status === 200 ? upstream.requests.at(-1)?.headers["authorization"] : reply.status;
		}
		/** Settles when the window knows the account, and that the owner has its key. */
		const has = (window: WholeWindow, id: string) =>
			window.until(
				() => window.book.accounts.some((account) => account.id === id) && window.proxy.live.get(id)?.hasKey === true,
			);
		async function changeKey(window: WholeWindow, id: string, apiKey: string): Promise<void> {
			assert.equal((await window.relays.setApiKey(id, apiKey)).kind, "updated");
		}

		it("use an account that was added in the owner", async () => {
			const id = await add(owner, "one", "its-key");
			await has(attached, id);
			assert.equal(await usedKey(attached), "Bearer its-key");
		});

		it("use an account that was added in the attached one, and keep its key in the owner", async () => {
			const id = await add(attached, "one", "its-key");
			await has(attached, id);
			assert.equal(await usedKey(attached), "Bearer its-key");
			await owner.until(() => owner.vault.apiKeyOf(id) === "its-key");
			assert.equal(owner.vault.boundKeyOf(id)?.origin, upstream.origin);
		});

		it("use a key that was changed in the attached one, and then one that was changed in the owner", async () => {
			const id = await add(owner, "one", "first");
			await has(attached, id);
			await changeKey(attached, id, "second");
			await owner.until(() => owner.vault.apiKeyOf(id) === "second");
			assert.equal(await usedKey(owner), "Bearer second");
			await changeKey(owner, id, "third");
			assert.equal(await usedKey(owner), "Bearer third");
		});

		it("use a key that was changed while the proxy was off", async () => {
			const id = await add(owner, "one", "first");
			await has(attached, id);
			owner.proxy.serve(false);
			await attached.is("off");
			await changeKey(attached, id, "second");
			owner.proxy.serve(true);
			await attached.is("otherWindow");
			await owner.until(() => owner.vault.apiKeyOf(id) === "second");
			assert.equal(await usedKey(owner), "Bearer second");
		});

		it("come to have one local key, which goes on when the owner closes", async () => {
			await attached.until(() => attached.localKey.own === owner.localKey.own);
			await add(attached, "one", "its-key");
			owner.close();
			await attached.is("listening");
			assert.equal(await usedKey(attached), "Bearer its-key");
			const kept = await LocalKey.open(storageOf(secrets[1]));
			assert.equal(kept.own, attached.localKey.own);
			kept.dispose();
		});
	});
}
