import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "../../../src/accounts/account.ts";
import { type AccountBook, openAccountBook } from "../../../src/accounts/accountBook.ts";
import type { LogLevel } from "../../../src/bridge/protocol.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

/** A folder of accounts and the books that are open on it, as windows have them. */
export class BookFolder {
	readonly path: string;
	readonly logged: (readonly [level: LogLevel, message: string])[] = [];
	readonly #books: AccountBook[] = [];
	readonly #remove: () => Promise<void>;

	private constructor(path: string, remove: () => Promise<void>) {
		this.path = path;
		this.#remove = remove;
	}

	static async make(): Promise<BookFolder> {
		const folder = await temporaryFolder();
		return new BookFolder(folder.path, folder.remove);
	}

	async open(): Promise<AccountBook> {
		const book = await openAccountBook({
			folder: this.path,
			log: (level, message) => this.logged.push([level, message]),
		});
		this.#books.push(book);
		return book;
	}

	file(name = "accounts.json"): string {
		return join(this.path, name);
	}

	text(name?: string): Promise<string> {
		return readFile(this.file(name), "utf8");
	}

	async json(name?: string): Promise<unknown> {
		return JSON.parse(await this.text(name));
	}

	/** In place, as an editor or another program writes. */
	async write(content: unknown, name?: string): Promise<void> {
		await writeFile(this.file(name), typeof content === "string" ? content : JSON.stringify(content));
	}

	async close(): Promise<void> {
		for (const book of this.#books) book.dispose();
		// Changes wait for a reading that is under way, which would else make the folder again while it is removed.
		await Promise.allSettled(this.#books.map((book) => book.change((accounts) => accounts)));
		await this.#remove();
	}
}

/** Resolves when the book tells of accounts that fit. */
export function told(book: AccountBook, fits: (accounts: readonly Account[]) => boolean): Promise<readonly Account[]> {
	return new Promise((resolve) => {
		const subscription = book.onDidChange((accounts) => {
			if (!fits(accounts)) return;
			subscription.dispose();
			resolve(accounts);
		});
	});
}

export function labelsOf(accounts: readonly Account[]): readonly string[] {
	return accounts.map(({ label }) => label);
}

export function assertLogged(folder: BookFolder, level: LogLevel, pattern: RegExp): void {
	assert.ok(
		folder.logged.some(([at, message]) => at === level && pattern.test(message)),
		JSON.stringify(folder.logged),
	);
}
