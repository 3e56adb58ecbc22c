import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Quota } from "../bridge/quota.ts";
import { mergeQuota, saysTheSame } from "../bridge/quotaRules.ts";
import type { Log } from "./accountFile.ts";
import { Debounce } from "./debounce.ts";
import { FileTrouble } from "./fileTrouble.ts";
import { FileWatch } from "./fileWatch.ts";
import { GoneAccounts } from "./goneAccounts.ts";
import { type Disposable, Listeners } from "./listeners.ts";
import { type Quotas, quotaText } from "./quotaText.ts";
import { SharedFile } from "./sharedFile.ts";
import { Turns } from "./turns.ts";

const quotaFileName = "quotas.json";

/** Milliseconds. */
const writing = { quiet: 2_000, longest: 10_000 };
const reading = { quiet: 200, longest: 1_000 };
/** What says the same as before is news again after this time: people are shown how old it is. */
const sameAgain = 60_000;

interface QuotaBookOptions {
	/** Where the accounts are. */
	readonly folder: string;
	readonly log: Log;
	/** Milliseconds since 1970. */
	readonly now?: () => number;
}

/** What was last known of each account's plan, the same in every window, also after a restart. The newer of two wins. */
export class QuotaBook implements Disposable {
	readonly #now: () => number;
	readonly #file: SharedFile<Quotas>;
	readonly #watch: FileWatch;
	readonly #changes = new Listeners<readonly string[]>();
	readonly #turns = new Turns();
	readonly #writeSoon = new Debounce(() => void this.flush(), writing);
	readonly #readSoon = new Debounce(() => void this.#turns.take(() => this.#reload()), reading);
	#saved: Quotas = new Map();
	/** Not in the file yet; what the file says is merged in. */
	readonly #noted = new Map<string, Quota>();
	readonly #gone = new GoneAccounts();
	readonly #trouble: FileTrouble;
	#disposed = false;

	private constructor({ folder, log, now = Date.now }: QuotaBookOptions) {
		this.#trouble = new FileTrouble(log, "warn", "What is left of the ChatGPT plans");
		this.#now = now;
		const path = join(folder, quotaFileName);
		this.#file = new SharedFile(path, quotaText, log);
		this.#watch = new FileWatch(
			path,
			() => this.#readSoon.start(),
			// The account book watches the same folder and says so.
			() => undefined,
		);
	}

	/** Never rejects: what cannot be read is logged and counts as empty. */
	static async open(options: QuotaBookOptions): Promise<QuotaBook> {
		const book = new QuotaBook(options);
		await book.#turns.take(() => book.#reload());
		return book;
	}

	/** Null: nothing known. */
	of(accountId: string): Quota | null {
		return this.#noted.get(accountId) ?? this.#saved.get(accountId) ?? null;
	}

	/** Takes in what was told of an account's plan; what is older than what is known changes nothing of it. */
	note(accountId: string, told: Quota): void {
		if (this.#gone.has(accountId)) return;
		const known = this.of(accountId);
		const quota = mergeQuota(known, told, this.#now());
		if (known !== null && saysTheSame(known, quota) && Math.abs(quota.at - known.at) < sameAgain) return;
		this.#noted.set(accountId, quota);
		this.#writeSoon.start();
		this.#changes.emit([accountId]);
	}

	/** Told of all accounts, first at the start and then at each change: what is known of one that goes is forgotten. */
	follow(accountIds: readonly string[]): void {
		this.#gone.follow(accountIds);
		for (const id of this.#gone.ids) this.#noted.delete(id);
		if (this.#gone.ids.some((id) => this.#saved.has(id))) this.#writeSoon.start();
	}

	/** Tells the ids of accounts of which something else is known. */
	onDidChange(listener: (accountIds: readonly string[]) => void): Disposable {
		return this.#changes.add(listener);
	}

	/** Writes what is not in the file yet. Never rejects: what cannot be written is tried again. */
	flush(): Promise<void> {
		this.#writeSoon.cancel();
		return this.#turns.take(() => this.#write());
	}

	/** Writes what is left on its own time; `flush` before is what waits for it. */
	dispose(): void {
		this.#disposed = true;
		this.#watch.dispose();
		this.#readSoon.cancel();
		this.#changes.dispose();
		if (this.#writeSoon.isDue) void this.flush();
	}

	async #write(): Promise<void> {
		const noted = new Map(this.#noted);
		const gone = this.#gone.ids;
		if (noted.size === 0 && !gone.some((id) => this.#saved.has(id))) return;
		const before = this.#all();
		try {
			const saved = await this.#file.update((quotas) => {
				const merged = new Map(quotas);
				for (const [id, quota] of noted) merged.set(id, mergeQuota(quotas.get(id) ?? null, quota, this.#now()));
				for (const id of gone) merged.delete(id);
				return merged;
			});
			for (const [id, quota] of noted) if (this.#noted.get(id) === quota) this.#noted.delete(id);
			this.#adopt(saved);
			this.#trouble.over();
		} catch (error) {
			if (!this.#disposed) this.#writeSoon.start();
			this.#trouble.found("written", error);
			return;
		}
		// What other windows have written by then.
		this.#tellChanges(before);
	}

	async #reload(): Promise<void> {
		const before = this.#all();
		try {
			this.#adopt(await this.#file.load());
		} catch (error) {
			this.#trouble.found("read", error);
			return;
		}
		this.#tellChanges(before);
	}

	#adopt(saved: Quotas): void {
		this.#saved = saved;
		const now = this.#now();
		for (const [id, quota] of this.#noted) this.#noted.set(id, mergeQuota(saved.get(id) ?? null, quota, now));
	}

	#all(): Quotas {
		return new Map([...this.#saved, ...this.#noted]);
	}

	#tellChanges(before: Quotas): void {
		const now = this.#all();
		const ids = [...new Set([...before.keys(), ...now.keys()])];
		const changed = ids.filter((id) => !isDeepStrictEqual(before.get(id), now.get(id)));
		if (changed.length > 0) this.#changes.emit(changed);
	}
}
