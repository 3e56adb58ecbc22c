import { randomBytes } from "node:crypto";
import type * as vscode from "vscode";
import { type Disposable, Listeners } from "../accounts/listeners.ts";
import type { ProxyControl } from "../bridge/proxyControl.ts";

const entry = "relayAccounts.localKey";

/** A key as long as 256 random bits; the prefix tells people and secret scanners what it is. */
function makeKey(): string {
	return `ra-${randomBytes(32).toString("base64url")}`;
}

/** The key that clients show to the local port: made at first start and kept in SecretStorage. */
export class LocalKey implements Disposable {
	readonly #secrets: vscode.SecretStorage;
	readonly #changes = new Listeners<void>();
	readonly #subscription: vscode.Disposable;
	#own: string;

	private constructor(secrets: vscode.SecretStorage, own: string) {
		this.#secrets = secrets;
		this.#own = own;
		this.#subscription = secrets.onDidChange(async ({ key }) => {
			if (key !== entry) return;
			try {
				this.#adopt((await secrets.get(entry)) ?? this.#own);
			} catch {
				// A keychain that is locked for a moment: the key at hand goes on.
			}
		});
	}

	static async open(secrets: vscode.SecretStorage): Promise<LocalKey> {
		const saved = await secrets.get(entry);
		if (saved) return new LocalKey(secrets, saved);
		const made = makeKey();
		await secrets.store(entry, made);
		return new LocalKey(secrets, made);
	}

	/** The key this window's proxy asks for. */
	get own(): string {
		return this.#own;
	}

	/** The key that the port asks for right now: another window's, when that window holds the port. */
	current(proxy: ProxyControl): string {
		return proxy.state.kind === "otherWindow" ? proxy.state.localKey : this.#own;
	}

	/** Clients that still show the old key are refused from the next request on. */
	async renew(): Promise<void> {
		const made = makeKey();
		await this.#secrets.store(entry, made);
		this.#adopt(made);
	}

	/**
	 * Takes the key of the window that holds the port: clients show that one, and go on doing so when this window has the
	 * port. Where windows share no secrets it is kept here too.
	 */
	async take(key: string): Promise<void> {
		if (key === this.#own) return;
		this.#adopt(key);
		try {
			await this.#secrets.store(entry, key);
		} catch {
			// A keychain that is locked for a moment: it is known until this window is reloaded, and told again then.
		}
	}

	onDidChange(listener: () => void): Disposable {
		return this.#changes.add(listener);
	}

	dispose(): void {
		this.#subscription.dispose();
		this.#changes.dispose();
	}

	#adopt(key: string): void {
		if (key === this.#own) return;
		this.#own = key;
		this.#changes.emit();
	}
}
