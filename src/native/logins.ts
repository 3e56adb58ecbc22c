import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Account, NativeAccount } from "../accounts/account.ts";
import type { AccountBook } from "../accounts/accountBook.ts";
import { type FieldReading, readAs, refuse } from "../accounts/fieldProblem.ts";
import { readLabel } from "../accounts/labelRules.ts";
import { Turns } from "../accounts/turns.ts";
import type { LedgerEntry } from "./ledgerText.ts";
import type { Login, TokenSet } from "./login.ts";
import { isNative, type LoginResult, type LoginWish, planLogins } from "./loginPlan.ts";
import type { LoginSettings } from "./loginSpellings.ts";
import type { Bound } from "./loginState.ts";
import type { LoginVault } from "./loginVault.ts";
import type { RotationLedger } from "./rotationLedger.ts";

export type { LoginResult } from "./loginPlan.ts";

/** How often a change starts anew because another window changed the same accounts meanwhile. */
const tries = 50;

/** What a sign-in comes to. */
export type AdoptResult = Extract<LoginResult, { readonly kind: "added" | "renewed" | "otherPerson" }>;

/** One login out of a file. */
export interface ImportedLogin {
	readonly tokens: TokenSet;
	readonly label?: string | undefined;
	/** Of an account that is added. */
	readonly settings?: LoginSettings | undefined;
}

/** `refused` says that neither token can be sent. */
export type ImportResult = Exclude<LoginResult, { readonly kind: "otherPerson" }>;

interface LoginsOptions {
	readonly book: AccountBook;
	readonly vault: LoginVault;
	readonly ledger: RotationLedger;
	/** Milliseconds since 1970. */
	readonly now?: () => number;
}

/** What was there before a login was stored. */
interface Before {
	readonly id: string;
	readonly stored: Login;
	readonly login: Login | null;
	readonly entry: LedgerEntry | null;
}

/** What people do to ChatGPT logins: accounts, secrets and the ledger of refresh tokens together. */
export class Logins {
	readonly #book: AccountBook;
	readonly #vault: LoginVault;
	readonly #ledger: RotationLedger;
	readonly #now: () => number;
	readonly #turns = new Turns();

	constructor({ book, vault, ledger, now = Date.now }: LoginsOptions) {
		this.#book = book;
		this.#vault = vault;
		this.#ledger = ledger;
		this.#now = now;
	}

	/**
	 * Takes in the tokens of a sign-in. One account for account id and user id together; an entry without ids is taken
	 * over by whoever has its email. When it is there already, label, priority and enabled stay as they are.
	 * @param wish.accountId the account that is to be signed in again: when somebody else has signed in, nothing is
	 * changed.
	 * @throws when nothing could be saved; all is as it was then.
	 */
	async adopt(
		tokens: TokenSet,
		bound: Bound,
		wish: { readonly label?: string | undefined; readonly accountId?: string | undefined } = {},
	): Promise<AdoptResult> {
		const [result] = await this.#save([{ ...wish, tokens, newId: randomUUID(), isFresh: true }], bound);
		switch (result?.kind) {
			case "added":
			case "renewed":
			case "otherPerson":
				return result;
			case "unchanged":
				return { kind: "renewed", account: result.account };
			default:
				throw new Error("The auth server gave tokens that cannot be used.");
		}
	}

	/**
	 * Takes in logins out of a file, all in one change of the book. Uses up no refresh token, and replaces no login by an
	 * older one.
	 * @returns a result for each.
	 */
	async adoptMany(list: readonly ImportedLogin[], bound: Bound): Promise<readonly ImportResult[]> {
		const wishes = list.map((login) => ({ ...login, newId: randomUUID(), isFresh: false }));
		const results = await this.#save(wishes, bound);
		// Only a wish for a certain account meets another person.
		return results.filter((result) => result.kind !== "otherPerson");
	}

	/** Removes the secret; the account stays. @throws what the secret store throws. */
	signOut(id: string): Promise<void> {
		return this.#turns.take(() =>
			this.#ledger.lock("storing", id, async () => {
				await this.#vault.delete(id);
				await this.#ledger.replace(id, null);
			}),
		);
	}

	/** The secret, then the account, so that no secret is left which nobody can delete. One that is gone is no error. */
	remove(id: string): Promise<void> {
		return this.#turns.take(() => this.#remove(id));
	}

	/**
	 * What was taken in without ids has turned out to be another account's person: that one gets the login, and the first one goes.
	 * @throws when that could not be saved; the login stays where it was then.
	 */
	unite(id: string, intoId: string): Promise<void> {
		return this.#turns.take(async () => {
			const login = await this.#vault.reread(id);
			if (login === null) return;
			// Never may both send the one refresh token.
			const entry = await this.#ledger.replace(id, null);
			const stored: Before[] = [];
			try {
				const before = await this.#vault.reread(intoId);
				if (!(await this.#store(intoId, login, before, stored))) throw new Error("The login has changed meanwhile.");
				const saved = await this.#book.change((accounts) => accounts);
				if (!saved.some((account) => account.id === intoId)) throw new Error("The account is gone.");
			} catch (error) {
				for (const before of stored) await this.#putBack(before);
				await this.#ledger.restore(id, entry);
				throw error;
			}
			await this.#remove(id);
		});
	}

	/** @returns the label as it was saved, or what is wrong with it. */
	async rename(id: string, label: string): Promise<FieldReading<string>> {
		let read: FieldReading<string> = refuse("entry", "accountGone");
		await this.#change(id, (account, others) => {
			read = readLabel(label, others);
			return read.ok ? { ...account, label: read.value } : account;
		});
		return read;
	}

	/** @param priority a whole number; higher answers first. */
	async setPriority(id: string, priority: number): Promise<FieldReading<number>> {
		if (!Number.isSafeInteger(priority)) return refuse("priority", "priorityInvalid");
		let read: FieldReading<number> = refuse("entry", "accountGone");
		await this.#change(id, (account) => {
			read = readAs(priority);
			return { ...account, priority };
		});
		return read;
	}

	async #remove(id: string): Promise<void> {
		await this.#ledger.lock("storing", id, () => this.#vault.delete(id));
		await this.#book.change((accounts) => accounts.filter((account) => account.id !== id));
		await this.#ledger.lock("storing", id, async () => {
			// Of whoever has signed in meanwhile.
			await this.#vault.delete(id);
			await this.#ledger.forget([id]);
		});
	}

	async #change(
		id: string,
		edit: (account: NativeAccount, otherLabels: readonly string[]) => NativeAccount,
	): Promise<void> {
		await this.#book.change((accounts) => {
			const otherLabels = accounts.filter((account) => account.id !== id).map(({ label }) => label);
			return accounts.map((account) => (account.id === id && isNative(account) ? edit(account, otherLabels) : account));
		});
	}

	async #save(wishes: readonly LoginWish[], bound: Bound): Promise<readonly LoginResult[]> {
		return await this.#turns.take(async () => {
			for (let attempt = 0; attempt < tries; attempt += 1) {
				const saved = await this.#tryToSave(wishes, bound, this.#now());
				if (saved !== null) return saved;
			}
			throw new Error("The accounts were being changed elsewhere all the time; try again.");
		});
	}

	/**
	 * Secrets first, then the accounts, so that no account is saved without its login. Under the book's lock the plan is
	 * made again from what the file holds by then.
	 * @returns null when that needs other logins than the ones that were stored; they are put back as they were.
	 */
	async #tryToSave(wishes: readonly LoginWish[], bound: Bound, now: number): Promise<readonly LoginResult[] | null> {
		const { accounts } = this.#book;
		await this.#vault.load(accounts.filter(isNative).map(({ id }) => id));
		const known = new Map(accounts.map(({ id }) => [id, this.#vault.loginOf(id)]));
		const plan = (saved: readonly Account[]) =>
			planLogins({ accounts: saved, loginOf: (id) => known.get(id) ?? null, bound, now }, wishes);
		const { logins, results, accounts: planned } = plan(accounts);
		if (logins.size === 0 && isDeepStrictEqual(planned, accounts)) return results;
		const stored: Before[] = [];
		let saved: readonly LoginResult[] | null = null;
		try {
			for (const [id, login] of logins) {
				if (!(await this.#store(id, login, known.get(id) ?? null, stored))) return null;
			}
			await this.#book.change((fresh) => {
				const again = plan(fresh);
				const fits = isDeepStrictEqual(again.logins, logins);
				saved = fits ? again.results : null;
				return fits ? again.accounts : fresh;
			});
		} catch (error) {
			saved = null;
			throw error;
		} finally {
			if (saved === null) for (const before of stored.reverse()) await this.#putBack(before);
		}
		return saved;
	}

	/**
	 * The ledger first: from then on no window sends what was there before.
	 * @returns false, with nothing changed, when something else is there by now: a renewal's tokens must not be lost.
	 */
	#store(id: string, login: Login, before: Login | null, stored: Before[]): Promise<boolean> {
		return this.#ledger.lock("storing", id, async () => {
			if (!isDeepStrictEqual(await this.#vault.reread(id), before)) return false;
			const isSameToken = login.refreshToken === before?.refreshToken;
			// A copy that is used up must not become current because an access token was added to it.
			const entry = isSameToken ? undefined : await this.#ledger.replace(id, login.refreshToken);
			try {
				await this.#vault.set(id, login);
			} catch (error) {
				if (entry !== undefined) await this.#ledger.restore(id, entry).catch(() => undefined);
				throw error;
			}
			stored.push({ id, stored: login, login: before, entry: entry ?? null });
			return true;
		});
	}

	/** As far as the stores let us: their error must not hide the first one. What was stored since stays. */
	async #putBack({ id, stored, login, entry }: Before): Promise<void> {
		const putBack = async () => {
			if (!isDeepStrictEqual(await this.#vault.reread(id), stored)) return;
			const isKnown = this.#book.accounts.some((account) => account.id === id);
			if (login === null || !isKnown) await this.#vault.delete(id);
			else await this.#vault.set(id, login);
			if (login?.refreshToken !== stored.refreshToken) await this.#ledger.restore(id, entry);
		};
		await this.#ledger.lock("storing", id, putBack).catch(() => undefined);
	}
}
