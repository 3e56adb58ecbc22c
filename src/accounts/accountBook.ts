import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { LogLevel } from "../bridge/protocol.ts";
import type { Account } from "./account.ts";
import { AccountFile, accountFileName, type Edit, type Log, messageOf } from "./accountFile.ts";
import { FileTrouble } from "./fileTrouble.ts";
import { FileWatch } from "./fileWatch.ts";
import { type Disposable, Listeners } from "./listeners.ts";
import { Turns } from "./turns.ts";

/** The accounts as saved, the same in every window; knows no secret. */
export interface AccountBook extends Disposable {
	readonly accounts: readonly Account[];
	/** Once for each change, whoever made it. */
	onDidChange(listener: (accounts: readonly Account[]) => void): Disposable;
	/**
	 * Locks the file, reads it again, edits, writes in one step, unlocks.
	 * @param edit may run more than once, on what the file holds by then; what it throws is passed on and nothing is written.
	 * @returns the accounts as they are saved now.
	 * @throws NewerFileError when the file is of a newer release, LockTimeout, and what the file system throws.
	 */
	change(edit: Edit): Promise<readonly Account[]>;
}

interface AccountBookOptions {
	/** Is made when missing; belongs to the book alone. */
	readonly folder: string;
	readonly log: (level: LogLevel, message: string) => void;
}

/** Never rejects: what cannot be read is logged, and the book is empty until it can. */
export async function openAccountBook({ folder, log }: AccountBookOptions): Promise<AccountBook> {
	try {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		// VS Code makes the folder with the mode of any other.
		await chmod(folder, 0o700);
	} catch (error) {
		log("warn", `The folder of the accounts could not be prepared: ${messageOf(error)}`);
	}
	const book = new FileAccountBook(folder, log);
	await book.open();
	return book;
}

/** Milliseconds; a save is several events. */
const debounce = 50;

class FileAccountBook implements AccountBook {
	readonly #folder: string;
	readonly #log: Log;
	readonly #file: AccountFile;
	readonly #changes = new Listeners<readonly Account[]>();
	#accounts: readonly Account[] = [];
	/** One reading or change at a time: an older reading must not replace what was saved after it began. */
	readonly #turns = new Turns();
	#watch: FileWatch | null = null;
	#timer: NodeJS.Timeout | null = null;
	readonly #trouble: FileTrouble;
	#disposed = false;

	constructor(folder: string, log: Log) {
		this.#folder = folder;
		this.#log = log;
		this.#trouble = new FileTrouble(log, "error", "The accounts");
		this.#file = new AccountFile(folder, log);
	}

	get accounts(): readonly Account[] {
		return this.#accounts;
	}

	async open(): Promise<void> {
		// First, so that nothing is missed between reading and watching.
		this.#watch = new FileWatch(
			join(this.#folder, accountFileName),
			() => this.#reloadSoon(),
			(reason) =>
				this.#log("warn", `The account file cannot be watched (${messageOf(reason)}); it is looked at now and then.`),
		);
		await this.#turns.take(() => this.#reload());
	}

	onDidChange(listener: (accounts: readonly Account[]) => void): Disposable {
		return this.#changes.add(listener);
	}

	change(edit: Edit): Promise<readonly Account[]> {
		return this.#turns.take(async () => {
			this.#adopt(await this.#file.update(edit));
			return this.#accounts;
		});
	}

	dispose(): void {
		this.#disposed = true;
		this.#watch?.dispose();
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#changes.dispose();
	}

	async #reload(): Promise<void> {
		if (this.#disposed) return;
		try {
			this.#adopt(await this.#file.load());
			this.#trouble.over();
		} catch (error) {
			this.#trouble.found("read", error);
		}
	}

	#adopt(accounts: readonly Account[]): void {
		if (isDeepStrictEqual(accounts, this.#accounts)) return;
		this.#accounts = accounts;
		try {
			this.#changes.emit(accounts);
		} catch (error) {
			// The accounts are saved: a listener's fault must not look like a failed save.
			this.#log("error", `A change of the accounts was not taken in everywhere: ${messageOf(error)}`);
		}
	}

	#reloadSoon(): void {
		if (this.#disposed) return;
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.#timer = null;
			void this.#turns.take(() => this.#reload());
		}, debounce);
	}
}
