import assert from "node:assert/strict";
import type { NativeAccount, RelayAccount } from "../../../src/accounts/account.ts";
import type { AccountBook } from "../../../src/accounts/accountBook.ts";
import { Relays, type SaveResult } from "../../../src/accounts/relays.ts";
import { SecretVault } from "../../../src/accounts/secretVault.ts";
import { MemorySecrets } from "../../support/memorySecrets.ts";
import { BookFolder } from "./bookFixture.ts";

export const one = { label: "One", format: "openai", baseUrl: "https://one.example", apiKey: "sk-one" };
export const two = { label: "Two", format: "anthropic", baseUrl: "https://two.example", apiKey: "sk-two" };
export const native: NativeAccount = {
	id: "native-1",
	type: "native",
	label: "Me",
	email: null,
	accountId: null,
	userId: null,
	planType: null,
	format: null,
	baseUrl: null,
	allowedModels: null,
	priority: 0,
	enabled: true,
	addedAt: "2026-01-02T03:04:05.000Z",
};

/** What a window has of the accounts. */
export interface Window {
	readonly book: AccountBook;
	readonly vault: SecretVault;
	readonly relays: Relays;
}

/** Accounts on a disk of their own and secrets, and windows that share both. */
export class Accounts {
	readonly folder: BookFolder;
	readonly secrets = new MemorySecrets();

	private constructor(folder: BookFolder) {
		this.folder = folder;
	}

	static async make(): Promise<Accounts> {
		return new Accounts(await BookFolder.make());
	}

	async openWindow(secrets = this.secrets): Promise<Window> {
		const book = await this.folder.open();
		const vault = new SecretVault(secrets);
		return { book, vault, relays: new Relays(book, vault) };
	}

	close(): Promise<void> {
		return this.folder.close();
	}
}

export function accountOf(result: SaveResult): RelayAccount {
	assert.notEqual(result.kind, "refused", JSON.stringify(result));
	return result.kind === "refused" ? assert.fail() : result.account;
}

export function codesOf(result: SaveResult): readonly string[] {
	return result.kind === "refused" ? result.problems.map(({ code }) => code) : [];
}

/** The JSON of an export. */
export function exportOf(...accounts: readonly unknown[]): string {
	return JSON.stringify({ version: 1, accounts });
}
