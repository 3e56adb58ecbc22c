import type { Disposable } from "../../src/accounts/listeners.ts";
import type { SecretStore } from "../../src/accounts/secretVault.ts";

/**
 * Secrets in memory that behave as VS Code's SecretStorage does: everything answers later, and whoever listens hears of
 * each store and delete, the writer included. Several windows are several users of one.
 */
export class MemorySecrets implements SecretStore {
	readonly #entries = new Map<string, string>();
	readonly #listeners = new Set<(key: string) => void>();

	/** What is stored now. */
	get entries(): ReadonlyMap<string, string> {
		return this.#entries;
	}

	async get(key: string): Promise<string | undefined> {
		await Promise.resolve();
		return this.#entries.get(key);
	}

	async store(key: string, value: string): Promise<void> {
		await Promise.resolve();
		this.#entries.set(key, value);
		this.#tell(key);
	}

	async delete(key: string): Promise<void> {
		await Promise.resolve();
		if (this.#entries.delete(key)) this.#tell(key);
	}

	onDidChange(listener: (key: string) => void): Disposable {
		this.#listeners.add(listener);
		return { dispose: () => this.#listeners.delete(listener) };
	}

	#tell(key: string): void {
		queueMicrotask(() => {
			for (const listener of this.#listeners) listener(key);
		});
	}
}
