import { isDeepStrictEqual } from "node:util";
import { type Log, messageOf } from "../accounts/accountFile.ts";
import { type Disposable, Listeners } from "../accounts/listeners.ts";
import type { SecretStore } from "../accounts/secretVault.ts";
import { Turns } from "../accounts/turns.ts";
import type { Login } from "./login.ts";
import { loginText, readLogin } from "./loginText.ts";

const prefix = "relayAccounts.login.";

/** Tokens that the store has not taken yet. */
interface Unsaved {
	readonly login: Login;
	/** What the store held before them: while it still does, they are the newer ones. */
	readonly over: Login | null;
}

/** The ChatGPT logins: one secret each, cached, read again when the store says that it changed. */
export class LoginVault implements Disposable {
	readonly #store: SecretStore;
	readonly #log: Log;
	readonly #cached = new Map<string, Login>();
	readonly #unsaved = new Map<string, Unsaved>();
	/** Counts the changes of each entry, so that a slow read cannot bring back what was replaced meanwhile. */
	readonly #generations = new Map<string, number>();
	/** One write at a time, so that a slow one cannot come after the one that replaces it. */
	readonly #writes = new Turns();
	readonly #changes = new Listeners<string>();
	readonly #written = new Listeners<string>();
	readonly #subscription: Disposable;

	constructor(store: SecretStore, log: Log = () => undefined) {
		this.#store = store;
		this.#log = log;
		this.#subscription = store.onDidChange((key) => {
			if (!key.startsWith(prefix)) return;
			const accountId = key.slice(prefix.length);
			this.#advance(accountId);
			void this.load([accountId]);
		});
	}

	/** Reads these entries into the cache. Never rejects: a known login stays where the store cannot be read. */
	async load(accountIds: readonly string[]): Promise<void> {
		await Promise.all(accountIds.map((id) => this.reread(id).catch(() => undefined)));
	}

	/** @returns null when this window has no login for the account, or has not loaded it yet. */
	loginOf(accountId: string): Login | null {
		return this.#cached.get(accountId) ?? null;
	}

	/** Reads the entry again, whatever the cache says. @throws what the store throws. */
	async reread(accountId: string): Promise<Login | null> {
		for (;;) {
			const generation = this.#generations.get(accountId);
			const stored = readLogin(await this.#store.get(prefix + accountId));
			if (this.#generations.get(accountId) === generation) return this.#take(accountId, stored);
		}
	}

	/** Changes nothing when the store does not take it. @throws what the store throws. */
	set(accountId: string, login: Login): Promise<void> {
		return this.#writes.take(async () => {
			await this.#store.store(prefix + accountId, loginText(login));
			this.#unsaved.delete(accountId);
			this.#adopt(accountId, login);
			this.#written.emit(accountId);
		});
	}

	/**
	 * For tokens that cannot be had a second time: this window has them at once, whatever the store says.
	 * @returns false when the store did not take them; `saveAgain` tries it once more.
	 */
	keep(accountId: string, login: Login): Promise<boolean> {
		this.#unsaved.set(accountId, { login, over: this.loginOf(accountId) });
		this.#adopt(accountId, login);
		this.#written.emit(accountId);
		return this.saveAgain(accountId);
	}

	/** @returns whether nothing is left to be saved for this account. */
	saveAgain(accountId: string): Promise<boolean> {
		return this.#writes.take(async () => {
			const unsaved = this.#unsaved.get(accountId);
			if (unsaved === undefined) return true;
			try {
				// What came from elsewhere meanwhile, and has not been told of yet, must not be written over.
				await this.reread(accountId);
				if (this.#unsaved.get(accountId) !== unsaved) return !this.#unsaved.has(accountId);
				await this.#store.store(prefix + accountId, loginText(unsaved.login));
			} catch {
				return false;
			}
			// A read that began before must not take what it finds for a newer login.
			this.#advance(accountId);
			if (this.#unsaved.get(accountId) === unsaved) this.#unsaved.delete(accountId);
			return !this.#unsaved.has(accountId);
		});
	}

	/** @throws what the store throws. */
	delete(accountId: string): Promise<void> {
		return this.#writes.take(async () => {
			await this.#store.delete(prefix + accountId);
			this.#unsaved.delete(accountId);
			this.#adopt(accountId, null);
			this.#written.emit(accountId);
		});
	}

	/** Tells the id of an account whose login was added, changed or removed. */
	onDidChange(listener: (accountId: string) => void): Disposable {
		return this.#changes.add(listener);
	}

	/** Tells the id of an account whose login this window itself has changed or removed; never what another window wrote. */
	onDidWrite(listener: (accountId: string) => void): Disposable {
		return this.#written.add(listener);
	}

	dispose(): void {
		this.#subscription.dispose();
		this.#changes.dispose();
		this.#written.dispose();
		this.#cached.clear();
	}

	#take(accountId: string, stored: Login | null): Login | null {
		const unsaved = this.#unsaved.get(accountId);
		if (unsaved !== undefined) {
			if (isDeepStrictEqual(stored, unsaved.over)) return unsaved.login;
			this.#unsaved.delete(accountId);
		}
		this.#hold(accountId, stored);
		return stored;
	}

	/** What this window wrote itself. */
	#adopt(accountId: string, login: Login | null): void {
		this.#advance(accountId);
		this.#hold(accountId, login);
	}

	#hold(accountId: string, login: Login | null): void {
		if (isDeepStrictEqual(this.loginOf(accountId), login)) return;
		if (login === null) this.#cached.delete(accountId);
		else this.#cached.set(accountId, login);
		try {
			this.#changes.emit(accountId);
		} catch (error) {
			// The login is kept: a listener's fault must not look as if it were not.
			this.#log("error", `A change of a ChatGPT login was not taken in everywhere: ${messageOf(error)}`);
		}
	}

	#advance(accountId: string): void {
		this.#generations.set(accountId, (this.#generations.get(accountId) ?? 0) + 1);
	}
}
