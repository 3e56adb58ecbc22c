import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isRelay } from "./account.ts";
import type { AccountBook } from "./accountBook.ts";
import { readApiKey } from "./relayInput.ts";
import { originOf, planSaves, type SaveResult, type Wish } from "./savePlan.ts";
import type { BoundKey, SecretVault } from "./secretVault.ts";
import { type ImportReport, labelOfEntry, readTransfer, writeTransfer } from "./transfer.ts";
import { Turns } from "./turns.ts";

export type { SaveResult } from "./savePlan.ts";

/** How often a save starts anew because another window changed the same accounts meanwhile. */
const saveTries = 50;

/** What people do to relays: the book and the vault together. */
export class Relays {
	readonly #book: AccountBook;
	readonly #vault: SecretVault;
	/** One save at a time: what one puts back must not be another's key. */
	readonly #turns = new Turns();

	constructor(book: AccountBook, vault: SecretVault) {
		this.#book = book;
		this.#vault = vault;
		vault.followOrigins((id) => {
			const account = book.accounts.find((known) => known.id === id);
			return account === undefined ? null : originOf(account);
		});
	}

	/**
	 * Adds a relay, or updates the relay `id`; fields that an update does not have stay as they are. Adding what has the
	 * same normalised base URL, format and key as another writes nothing: the answer is that other one, as `unchanged`
	 * when nothing differs, else as `same`, to be updated under its id if that is wanted.
	 * @param value input for `readRelayInput`.
	 */
	save(value: unknown, id?: string): Promise<SaveResult> {
		return this.#saveOne(id === undefined ? { kind: "add", newId: randomUUID(), value } : { kind: "edit", id, value });
	}

	rename(id: string, label: string): Promise<SaveResult> {
		return this.#saveOne({ kind: "edit", id, value: { label } });
	}

	/** Of any account; one that is gone is no error. */
	async setEnabled(id: string, enabled: boolean): Promise<void> {
		await this.#book.change((accounts) =>
			accounts.map((account) => (account.id === id ? { ...account, enabled } : account)),
		);
	}

	async setApiKey(id: string, key: string): Promise<SaveResult> {
		const read = readApiKey(key, "required");
		if (!read.ok) return { kind: "refused", problems: read.problems };
		return this.#saveOne({ kind: "edit", id, value: { apiKey: read.value } });
	}

	/** Of any account: from the book, then its key. One that is gone is no error. */
	remove(id: string): Promise<void> {
		return this.#turns.take(async () => {
			await this.#book.change((accounts) => accounts.filter((account) => account.id !== id));
			await this.#vault.deleteApiKey(id);
		});
	}

	/** Adds or updates what an export or a hand-written file holds; all of it in one change of the book. */
	async import(text: string): Promise<ImportReport> {
		const transfer = readTransfer(text);
		if (!transfer.ok) return { entries: [], fileProblem: transfer.problem };
		const results = await this.#saveAll(
			transfer.entries.map((value) => ({ kind: "import", newId: randomUUID(), value })),
		);
		return {
			entries: results.map((result, index) => ({
				label: labelOfEntry(transfer.entries[index]),
				// An import updates what is the same, so that `same` does not come of it.
				outcome: result.kind === "same" ? "unchanged" : result.kind,
				problems: result.kind === "refused" ? result.problems : [],
			})),
			fileProblem: null,
		};
	}

	/** The relays as JSON that `import` reads. Keys only when they are asked for; never any other secret. */
	export(keys: "leaveOut" | "include"): string {
		const apiKeyOf = keys === "include" ? (id: string) => this.#vault.apiKeyOf(id) : null;
		return writeTransfer(this.#book.accounts.filter(isRelay), apiKeyOf);
	}

	async #saveOne(wish: Wish): Promise<SaveResult> {
		const [result] = await this.#saveAll([wish]);
		if (result === undefined) throw new Error("A wish without a result");
		return result;
	}

	#saveAll(wishes: readonly Wish[]): Promise<readonly SaveResult[]> {
		return this.#turns.take(async () => {
			const now = new Date().toISOString();
			const origins = new Map<string, string>();
			for (let tries = 0; tries < saveTries; tries += 1) {
				const results = await this.#tryToSave(wishes, now, origins);
				if (results !== null) return results;
			}
			throw new Error("The accounts were being changed elsewhere all the time; try again.");
		});
	}

	/**
	 * Keys first, then the accounts, so that no account is saved without its key. Under the lock the plan is made again
	 * from what the file holds by then.
	 * @param origins where each key was to go at the first try. A key is never given to a host that the account was moved
	 * to meanwhile: nobody has said yes to that.
	 * @returns null when that needs other keys than the ones that were stored; they are put back as they were.
	 */
	async #tryToSave(
		wishes: readonly Wish[],
		now: string,
		origins: Map<string, string>,
	): Promise<readonly SaveResult[] | null> {
		const { accounts } = this.#book;
		await this.#vault.load(accounts.map(({ id }) => id).filter((id) => this.#vault.apiKeyOf(id) === null));
		const plan = planSaves({ accounts, apiKeyOf: (id) => this.#vault.apiKeyOf(id), now }, wishes);
		if (plan.keys.size === 0 && isDeepStrictEqual(plan.accounts, accounts)) return plan.results;
		for (const [id, { origin }] of plan.keys) {
			if ((origins.get(id) ?? origin) !== origin) {
				throw new Error("The account was moved to another host meanwhile. Look at it and try again.");
			}
			origins.set(id, origin);
		}
		const ids = [...plan.keys.keys()];
		const known = new Map(ids.map((id) => [id, this.#vault.apiKeyOf(id)]));
		const before = new Map(ids.map((id) => [id, this.#vault.boundKeyOf(id)]));
		const apiKeyOf = (id: string) => (known.has(id) ? (known.get(id) ?? null) : this.#vault.apiKeyOf(id));
		let results: readonly SaveResult[] | null = null;
		try {
			for (const [id, { apiKey, origin }] of plan.keys) await this.#vault.setApiKey(id, apiKey, origin);
			await this.#book.change((fresh) => {
				const again = planSaves({ accounts: fresh, apiKeyOf, now }, wishes);
				const fits = isDeepStrictEqual(again.keys, plan.keys);
				results = fits ? again.results : null;
				return fits ? again.accounts : fresh;
			});
		} catch (error) {
			results = null;
			throw error;
		} finally {
			if (results === null) await this.#putBack(before, plan.keys);
		}
		return results;
	}

	/**
	 * As far as the store lets us: its error must not hide the first one. What another window wrote meanwhile stays, and
	 * an account that it removed gets no key again.
	 */
	async #putBack(keys: ReadonlyMap<string, BoundKey | null>, stored: ReadonlyMap<string, BoundKey>): Promise<void> {
		await this.#vault.load([...keys.keys()]);
		for (const [id, bound] of keys) {
			const now = this.#vault.boundKeyOf(id);
			if (now !== null && !isDeepStrictEqual(now, stored.get(id)) && !isDeepStrictEqual(now, bound)) continue;
			const isKnown = this.#book.accounts.some((account) => account.id === id);
			const putBack =
				bound === null || !isKnown
					? this.#vault.deleteApiKey(id)
					: this.#vault.setApiKey(id, bound.apiKey, bound.origin);
			await putBack.catch(() => undefined);
		}
	}
}
