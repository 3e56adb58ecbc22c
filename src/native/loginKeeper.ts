import { isDeepStrictEqual } from "node:util";
import type { Account, NativeAccount } from "../accounts/account.ts";
import type { AccountBook } from "../accounts/accountBook.ts";
import { type Log, messageOf } from "../accounts/accountFile.ts";
import { type Disposable, Listeners } from "../accounts/listeners.ts";
import { KeptLogin } from "./keptLogin.ts";
import type { Identity, Login } from "./login.ts";
import { isNative } from "./loginPlan.ts";
import { type Bound, isBoundTo, type LoginState, reasonText, type SignInReason } from "./loginState.ts";
import type { LoginVault } from "./loginVault.ts";
import { type Clock, systemClock } from "./longTimer.ts";
import { type Refresh, Renewal, type RenewalResult } from "./renewal.ts";
import { isExpired, type Random } from "./renewalSchedule.ts";
import type { RotationLedger } from "./rotationLedger.ts";
import { twinOf, withIdentity } from "./samePerson.ts";
import { Slots } from "./slots.ts";

export type { LoginState, SignInReason } from "./loginState.ts";

/** Renewals at once in this window. */
const mostAtOnce = 2;
/** Between those at the start that are not urgent, in milliseconds. */
const stagger = 2_000;
/** Before what could not be saved is saved again, in milliseconds. */
const savingAgain = 15_000;

export interface LoginKeeperOptions {
	readonly book: AccountBook;
	readonly vault: LoginVault;
	readonly ledger: RotationLedger;
	readonly refresh: Refresh;
	/** The origins of the auth server and of the backend that the settings name now. */
	readonly boundTo: () => Bound;
	/** Gives the login of one account to another one of the same person. */
	readonly unite: (accountId: string, intoId: string) => Promise<void>;
	readonly log: Log;
	readonly clock?: Clock;
	readonly random?: Random;
}

/** Keeps every ChatGPT account of the book signed in. Relays are none of its business. */
export class LoginKeeper implements Disposable {
	readonly #options: LoginKeeperOptions;
	readonly #clock: Clock;
	readonly #random: Random;
	readonly #renewal: Renewal;
	readonly #slots = new Slots(mostAtOnce);
	readonly #kept = new Map<string, KeptLogin>();
	readonly #changes = new Listeners<string>();
	readonly #subscriptions: readonly Disposable[];
	#sweeping: Promise<void> = Promise.resolve();
	#started = false;
	#disposed = false;

	constructor(options: LoginKeeperOptions) {
		const { book, vault, clock = systemClock, random = Math.random } = options;
		this.#options = options;
		this.#clock = clock;
		this.#random = random;
		this.#renewal = new Renewal({ ...options, now: () => clock.now() });
		this.#subscriptions = [
			book.onDidChange((accounts) => this.#follow(accounts)),
			vault.onDidChange((id) => this.#onLogin(id)),
		];
	}

	/** Reads the logins, and renews what has ended: at once, since the proxy needs it. The rest follows bit by bit. */
	async start(): Promise<void> {
		const natives = this.#options.book.accounts.filter(isNative);
		await this.#options.vault.load(natives.map(({ id }) => id));
		if (this.#disposed) return;
		this.#started = true;
		this.#follow(this.#options.book.accounts);
		this.#sweeping = this.#sweep();
	}

	/** How this window's login of an account stands. */
	stateOf(accountId: string): LoginState {
		const kept = this.#kept.get(accountId);
		const login = this.#options.vault.loginOf(accountId);
		return kept?.stateOf(login, this.#options.boundTo(), this.#clock.now()) ?? { kind: "signedOut" };
	}

	/** @returns null where this window has none that is good for the servers of the settings. */
	accessTokenFor(accountId: string): string | null {
		const login = this.#options.vault.loginOf(accountId);
		if (login === null || !isBoundTo(login, this.#options.boundTo())) return null;
		return isExpired(login, this.#clock.now()) ? null : login.accessToken;
	}

	/**
	 * The backend has refused this access token.
	 * @returns whether there is another one now. Never rejects.
	 */
	async refused(accountId: string, accessToken: string): Promise<boolean> {
		const kept = this.#kept.get(accountId);
		const login = this.#options.vault.loginOf(accountId);
		if (kept === undefined || login === null) return false;
		const hasAnother = () => {
			const token = this.accessTokenFor(accountId);
			return token !== null && token !== accessToken;
		};
		if (hasAnother()) return true;
		if (kept.running === null) {
			if (!kept.mayRenew(login, this.#clock.now())) return false;
			const isFresh = kept.isFresh(login, this.#clock.elapsed());
			if (login.accessToken === accessToken && (isFresh || login.refreshToken === null)) {
				this.#condemn(kept, login, isFresh ? "refusedWhileFresh" : "noRefreshToken");
				return false;
			}
		}
		await this.#renew(kept);
		return hasAnother();
	}

	/** A person wants it now, whatever was the matter before. A token whose last answer was lost still has its wait. */
	async renewNow(accountId: string): Promise<LoginState> {
		const kept = this.#kept.get(accountId);
		if (kept !== undefined) await this.#renew(kept);
		return this.stateOf(accountId);
	}

	/** The settings may name other servers now. */
	settingsChanged(): void {
		for (const kept of this.#kept.values()) this.#review(kept);
	}

	/** Tells the id of an account whose state or access token has changed. */
	onDidChange(listener: (accountId: string) => void): Disposable {
		return this.#changes.add(listener);
	}

	/** Resolves when no renewal runs any more, so that a window that closes neither loses its answer nor leaves a lock behind. */
	async settled(): Promise<void> {
		await Promise.all([this.#sweeping, ...[...this.#kept.values()].map(({ running }) => running)]);
	}

	/** A renewal that runs goes on: its token is used up, and the new one must be stored. */
	dispose(): void {
		this.#disposed = true;
		for (const subscription of this.#subscriptions) subscription.dispose();
		for (const kept of this.#kept.values()) kept.dispose();
		this.#changes.dispose();
	}

	#follow(accounts: readonly Account[]): void {
		if (!this.#started || this.#disposed) return;
		const { vault } = this.#options;
		const natives = accounts.filter(isNative);
		for (const [id, kept] of this.#kept) {
			if (natives.some((account) => account.id === id)) continue;
			kept.dispose();
			this.#kept.delete(id);
			this.#tell(id);
		}
		const added = natives.filter(({ id }) => !this.#kept.has(id));
		for (const account of natives) {
			const kept = this.#kept.get(account.id);
			if (kept === undefined) continue;
			kept.account = account;
			this.#review(kept);
		}
		this.#add(added);
		// Of accounts that another window has added.
		void vault.load(added.map(({ id }) => id).filter((id) => vault.loginOf(id) === null));
	}

	/** Those that answer first come first. */
	#add(accounts: readonly NativeAccount[]): void {
		let waits = 0;
		for (const account of accounts.toSorted((one, other) => other.priority - one.priority)) {
			const kept = new KeptLogin(account, this.#clock, (which, what) => this.#onTimer(which, what));
			this.#kept.set(account.id, kept);
			const login = this.#options.vault.loginOf(account.id);
			const isUrgent = login !== null && isExpired(login, this.#clock.now());
			const moment = this.#review(kept);
			if (moment === null || moment > this.#clock.now() || isUrgent) continue;
			waits += stagger * (0.5 + this.#random());
			kept.renewalTimer.set(this.#clock.now() + waits);
		}
	}

	#onLogin(accountId: string): void {
		const kept = this.#kept.get(accountId);
		if (kept === undefined) return;
		kept.startAnew();
		this.#review(kept);
	}

	#onTimer(kept: KeptLogin, what: "renew" | "expire" | "save"): void {
		if (what === "renew") void this.#renew(kept);
		else if (what === "save") void this.#save(kept);
		else this.#review(kept);
	}

	/** Sets the timers by what is known now, and tells of what has changed. @returns when it is renewed. */
	#review(kept: KeptLogin): number | null {
		if (this.#disposed || this.#kept.get(kept.account.id) !== kept) return null;
		const { id } = kept.account;
		const now = this.#clock.now();
		const bound = this.#options.boundTo();
		const login = this.#options.vault.loginOf(id);
		const moment = kept.running === null ? kept.momentFor(login, bound, now, this.#random) : null;
		kept.renewalTimer.set(moment);
		const ends = login?.expiresAt ?? null;
		kept.expiryTimer.set(ends !== null && ends > now ? ends : null);
		const telling = { state: kept.stateOf(login, bound, now), token: this.accessTokenFor(id) };
		if (!isDeepStrictEqual(telling, kept.told)) {
			kept.told = telling;
			this.#tell(id);
		}
		return moment;
	}

	#tell(accountId: string): void {
		try {
			this.#changes.emit(accountId);
		} catch (error) {
			this.#options.log("error", `A change of a ChatGPT login was not taken in everywhere: ${messageOf(error)}`);
		}
	}

	#renew(kept: KeptLogin): Promise<void> {
		if (this.#disposed) return Promise.resolve();
		if (kept.running !== null) return kept.running;
		// By the time of its turn another window may have put a new one in its place.
		const stale = this.#options.vault.loginOf(kept.account.id)?.accessToken ?? "";
		const running = this.#slots
			.take(() => this.#renewInTurn(kept, stale))
			.finally(() => {
				kept.running = null;
				this.#review(kept);
			});
		kept.running = running;
		this.#review(kept);
		return running;
	}

	async #renewInTurn(kept: KeptLogin, stale: string): Promise<void> {
		// A window that closes must not send a token whose answer it will not live to store.
		if (this.#disposed) return;
		const { account } = kept;
		const result = await this.#renewal.renew(account, stale);
		kept.conclude(result, this.#clock, this.#random);
		this.#report(account, result);
		if (result.kind !== "renewed") return;
		// Nobody who waits for the token waits for these.
		void this.#keepIdentity(account, result.identity);
		void this.#save(kept);
	}

	#condemn(kept: KeptLogin, login: Login, why: SignInReason): void {
		this.#options.log("warn", `${kept.account.label} has to be signed in again: ${reasonText(why)}`);
		kept.condemn(login, why);
		this.#review(kept);
	}

	#report({ label }: NativeAccount, result: RenewalResult): void {
		const { log } = this.#options;
		if (result.kind === "renewed") log("info", `The ChatGPT login of ${label} was renewed.`);
		if (result.kind === "adopted") log("debug", `The ChatGPT login of ${label} had been renewed elsewhere.`);
		if (result.kind === "signInAgain") log("warn", `${label} has to be signed in again: ${reasonText(result.why)}`);
	}

	/** A plan or an email may have changed since the last time; whose a login is may only be known now. */
	async #keepIdentity(account: NativeAccount, identity: Identity): Promise<void> {
		const { id, label } = account;
		const { book, unite, log } = this.#options;
		const twin = twinOf(account, identity, book.accounts);
		const updated = (account: Account) =>
			account.id === id && isNative(account) ? withIdentity(account, identity) : account;
		if (twin === undefined && isDeepStrictEqual(book.accounts.map(updated), book.accounts)) return;
		try {
			if (twin !== undefined) {
				log("info", `${label} is the same ChatGPT account as ${twin.label}, which gets its login.`);
				return await unite(id, twin.id);
			}
			await book.change((accounts) => accounts.map(updated));
		} catch (error) {
			log("warn", `What the new ChatGPT login says of its account could not be saved: ${messageOf(error)}`);
		}
	}

	async #save(kept: KeptLogin): Promise<void> {
		const { id } = kept.account;
		const isSaved = await this.#renewal.settle(id);
		const isKept = !this.#disposed && this.#kept.get(id) === kept;
		if (!isSaved && isKept) kept.savingTimer.set(this.#clock.now() + savingAgain);
	}

	async #sweep(): Promise<void> {
		const { book, ledger, log } = this.#options;
		try {
			await ledger.sweep(book.accounts.map(({ id }) => id));
		} catch (error) {
			log("debug", `The ledger of the ChatGPT logins could not be looked through: ${messageOf(error)}`);
		}
	}
}
