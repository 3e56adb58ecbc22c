import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readText, replaceText } from "../../../src/accounts/fileText.ts";
import type { Disposable } from "../../../src/accounts/listeners.ts";
import type { SecretStore } from "../../../src/accounts/secretVault.ts";

/** Secrets that several processes share, as the windows of a desktop VS Code do; it tells nobody of a change. */
export class FileSecrets implements SecretStore {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	async get(key: string): Promise<string | undefined> {
		return (await readText(this.#pathOf(key))) ?? undefined;
	}

	store(key: string, value: string): Promise<void> {
		return replaceText(this.#pathOf(key), value);
	}

	delete(key: string): Promise<void> {
		return rm(this.#pathOf(key), { force: true });
	}

	onDidChange(): Disposable {
		return { dispose: () => undefined };
	}

	#pathOf(key: string): string {
		return join(this.#folder, createHash("sha256").update(key).digest("hex"));
	}
}
