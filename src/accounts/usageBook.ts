import { join } from "node:path";
import type { CallRecord, RequestRecord } from "../bridge/protocol.ts";
import type { Log } from "./accountFile.ts";
import { DayWatch } from "./dayWatch.ts";
import { Debounce } from "./debounce.ts";
import { FileTrouble } from "./fileTrouble.ts";
import { FileWatch } from "./fileWatch.ts";
import { GoneAccounts } from "./goneAccounts.ts";
import { type Disposable, Listeners } from "./listeners.ts";
import { SharedFile } from "./sharedFile.ts";
import { Turns } from "./turns.ts";
import { type Counts, dayBefore, dayOf, noCounts, sumOf, type UsageRow, UsageTable } from "./usageTable.ts";
import { usageText } from "./usageText.ts";

const usageFileName = "usage.json";

/** How long counts are kept. */
const keptDays = 90;

/** Milliseconds. */
const writing = { quiet: 2_000, longest: 10_000 };
const reading = { quiet: 200, longest: 1_000 };

/** What an account was used for in a span of days. */
export interface UsageSpan {
	readonly total: Counts;
	/** Those with most tokens first. */
	readonly models: readonly { readonly model: string; readonly counts: Counts }[];
}

interface UsageBookOptions {
	/** Where the accounts are. */
	readonly folder: string;
	readonly log: Log;
	/** Milliseconds since 1970. */
	readonly now?: () => number;
}

/**
 * Requests and tokens of each account, model and day, the same in every window. What this window counts is added to what
 * the file holds by then, so that windows that write at the same time lose nothing.
 */
export class UsageBook implements Disposable {
	readonly #now: () => number;
	readonly #file: SharedFile<UsageTable>;
	readonly #watch: FileWatch;
	readonly #days: DayWatch;
	readonly #changes = new Listeners<readonly string[]>();
	readonly #turns = new Turns();
	readonly #writeSoon = new Debounce(() => void this.flush(), writing);
	readonly #readSoon = new Debounce(() => void this.#turns.take(() => this.#reload()), reading);
	#saved = new UsageTable();
	/** Counted here and not in the file yet; the second part while it is being written. */
	#pending = new UsageTable();
	#onTheWay = new UsageTable();
	readonly #gone = new GoneAccounts();
	readonly #trouble: FileTrouble;
	#disposed = false;

	private constructor({ folder, log, now = Date.now }: UsageBookOptions) {
		this.#trouble = new FileTrouble(log, "warn", "The usage of the accounts");
		this.#now = now;
		const path = join(folder, usageFileName);
		this.#file = new SharedFile(path, usageText, log);
		this.#watch = new FileWatch(
			path,
			() => this.#readSoon.start(),
			// The account book watches the same folder and says so.
			() => undefined,
		);
		// Today's counts are those of another day.
		this.#days = new DayWatch(now, () => this.#changes.emit(this.#countedAccounts()));
	}

	/** Never rejects: what cannot be read is logged and counts as empty. */
	static async open(options: UsageBookOptions): Promise<UsageBook> {
		const book = new UsageBook(options);
		await book.#turns.take(() => book.#reload());
		return book;
	}

	/** Counts each call of a request. */
	note({ at, calls }: Pick<RequestRecord, "at" | "calls">): void {
		const kept = calls.filter(({ accountId }) => !this.#gone.has(accountId));
		if (kept.length === 0) return;
		for (const call of kept) this.#pending.add(rowOf(call, dayOf(at)));
		this.#writeSoon.start();
		this.#changes.emit([...new Set(kept.map(({ accountId }) => accountId))]);
	}

	/** Told of all accounts, first at the start and then at each change: the counts of one that goes are dropped. */
	follow(accountIds: readonly string[]): void {
		this.#gone.follow(accountIds);
		if (this.#gone.ids.some((id) => this.#saved.has(id) || this.#pending.has(id))) this.#writeSoon.start();
	}

	/** @param days today is one of them. */
	usageOf(accountId: string, days: number): UsageSpan {
		const now = this.#now();
		const [firstDay, today] = [dayBefore(now, days - 1), dayOf(now)];
		const models = new Map<string, Counts>();
		let total = noCounts;
		for (const table of [this.#saved, this.#onTheWay, this.#pending]) {
			for (const { day, model, counts } of table.rowsOf(accountId)) {
				// A clock that was ahead has left days that are still to come.
				if (day < firstDay || day > today) continue;
				total = sumOf(total, counts);
				models.set(model, sumOf(models.get(model) ?? noCounts, counts));
			}
		}
		const weight = ({ input, output }: Counts) => input + output;
		const sorted = [...models].sort(([, a], [, b]) => weight(b) - weight(a) || b.requests - a.requests);
		return { total, models: sorted.map(([model, counts]) => ({ model, counts })) };
	}

	/** Tells the ids of accounts whose counts changed. */
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
		this.#days.dispose();
		this.#readSoon.cancel();
		this.#changes.dispose();
		if (this.#writeSoon.isDue) void this.flush();
	}

	#countedAccounts(): readonly string[] {
		const rows = [this.#saved, this.#onTheWay, this.#pending].flatMap((table) => [...table.rows()]);
		return [...new Set(rows.map(({ accountId }) => accountId))];
	}

	async #write(): Promise<void> {
		const gone = this.#gone.ids;
		if (this.#pending.isEmpty && !gone.some((id) => this.#saved.has(id))) return;
		this.#onTheWay = this.#pending;
		this.#pending = new UsageTable();
		const known = this.#saved.copy();
		known.addAll(this.#onTheWay);
		try {
			const firstDay = dayBefore(this.#now(), keptDays - 1);
			this.#saved = await this.#file.update((table) => {
				const merged = table.copy();
				merged.addAll(this.#onTheWay);
				for (const id of gone) merged.remove(id);
				merged.dropBefore(firstDay);
				return merged;
			});
			this.#trouble.over();
		} catch (error) {
			this.#pending.addAll(this.#onTheWay);
			if (!this.#disposed) this.#writeSoon.start();
			this.#trouble.found("written", error);
			return;
		} finally {
			this.#onTheWay = new UsageTable();
		}
		// What other windows have written by then.
		this.#tellChanges(known);
	}

	async #reload(): Promise<void> {
		try {
			const before = this.#saved;
			this.#saved = await this.#file.load();
			this.#tellChanges(before);
		} catch (error) {
			this.#trouble.found("read", error);
		}
	}

	#tellChanges(before: UsageTable): void {
		const changed = changedAccounts(before, this.#saved);
		if (changed.length > 0) this.#changes.emit(changed);
	}
}

function rowOf({ accountId, model, status, error, usage }: CallRecord, day: string): UsageRow {
	// A call that was turned away, or got no reply at all, has used nothing; any other whose tokens are not told has.
	const turnedAway = error !== null && (status === null || status >= 400);
	const untold = usage === null || usage.input === null || usage.output === null;
	const counts = {
		requests: 1,
		failures: error === null ? 0 : 1,
		unknown: untold && !(turnedAway && usage === null) ? 1 : 0,
		input: usage?.input ?? 0,
		output: usage?.output ?? 0,
		cached: usage?.cached ?? 0,
		reasoning: usage?.reasoning ?? 0,
	};
	return { accountId, day, model, counts };
}

function changedAccounts(before: UsageTable, now: UsageTable): readonly string[] {
	const textOf = (table: UsageTable, id: string) => JSON.stringify([...table.rowsOf(id)]);
	const ids = new Set([...before.rows(), ...now.rows()].map(({ accountId }) => accountId));
	return [...ids].filter((id) => textOf(before, id) !== textOf(now, id));
}
