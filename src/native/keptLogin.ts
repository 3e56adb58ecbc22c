import { isDeepStrictEqual } from "node:util";
import type { NativeAccount } from "../accounts/account.ts";
import type { AuthFailure, Login } from "./login.ts";
import { type Bound, isBoundTo, type LoginState, type SignInReason } from "./loginState.ts";
import { type Clock, LongTimer } from "./longTimer.ts";
import type { RenewalResult } from "./renewal.ts";
import { backoff, isExpired, type Random, renewalMoment } from "./renewalSchedule.ts";

/** Milliseconds in which a token counts as fresh: when it is refused then, another one would be too. */
const freshFor = 60_000;

/** What tells one login from another. */
type LoginMark = Pick<Login, "accessToken" | "refreshToken">;

/** What this window remembers of one account's login: nothing of it is secret but the tokens it is compared with. */
export class KeptLogin {
	account: NativeAccount;
	/** When to renew, or to try again. */
	readonly renewalTimer: LongTimer;
	/** When the access token ends without a new one. */
	readonly expiryTimer: LongTimer;
	/** When to save once more what could not be saved. */
	readonly savingTimer: LongTimer;
	/** Several who want a new token at once share one renewal. */
	running: Promise<void> | null = null;
	/** What was told last, so that the same is not told twice. */
	told: unknown = null;
	#failures = 0;
	#waiting: Extract<LoginState, { readonly kind: "waiting" }> | null = null;
	/** This very login is no good any more; another one is a new start. */
	#condemned: { readonly mark: LoginMark; readonly why: SignInReason } | null = null;
	/** The access token that this window was given last, and when by `Clock.elapsed`. */
	#fresh: { readonly accessToken: string; readonly at: number } | null = null;
	/** The jitter is drawn once for each login. */
	#planned: { readonly login: Login; readonly at: number | null } | null = null;

	constructor(
		account: NativeAccount,
		clock: Clock,
		ring: (kept: KeptLogin, what: "renew" | "expire" | "save") => void,
	) {
		this.account = account;
		this.renewalTimer = new LongTimer(clock, () => ring(this, "renew"));
		this.expiryTimer = new LongTimer(clock, () => ring(this, "expire"));
		this.savingTimer = new LongTimer(clock, () => ring(this, "save"));
	}

	stateOf(login: Login | null, bound: Bound, now: number): LoginState {
		if (login === null) return { kind: "signedOut" };
		if (!isBoundTo(login, bound)) return { kind: "signInAgain", why: "otherServer" };
		if (this.running !== null) return { kind: "renewing" };
		const why = this.#verdictOn(login);
		if (why !== null) return { kind: "signInAgain", why };
		if (login.refreshToken === null && isExpired(login, now)) return { kind: "signInAgain", why: "noRefreshToken" };
		return this.#waiting ?? { kind: "good" };
	}

	/** When to renew this login by itself, in milliseconds since 1970; null for never. */
	momentFor(login: Login | null, bound: Bound, now: number, random: Random): number | null {
		if (login === null || !this.account.enabled || !isBoundTo(login, bound)) return null;
		if (this.#verdictOn(login) !== null || login.refreshToken === null) return null;
		if (this.#waiting !== null) return this.#waiting.until;
		if (this.#planned === null || !isDeepStrictEqual(this.#planned.login, login)) {
			this.#planned = { login, at: renewalMoment(login, now, random) };
		}
		return this.#planned.at;
	}

	/** Whether it may be renewed now because it was refused. */
	mayRenew(login: Login, now: number): boolean {
		return this.#verdictOn(login) === null && (this.#waiting === null || now >= this.#waiting.until);
	}

	isFresh({ accessToken }: Login, elapsed: number): boolean {
		return this.#fresh?.accessToken === accessToken && elapsed - this.#fresh.at < freshFor;
	}

	condemn(login: Login, why: SignInReason): void {
		const { accessToken, refreshToken } = login;
		this.#condemned = { mark: { accessToken, refreshToken }, why };
		this.#waiting = null;
	}

	/** A login that came from elsewhere, or none: what was known of the one before counts no more. */
	startAnew(): void {
		this.#failures = 0;
		this.#waiting = null;
	}

	/** Takes in what came of a renewal. */
	conclude(result: RenewalResult, clock: Clock, random: Random): void {
		switch (result.kind) {
			case "renewed":
				this.startAnew();
				this.#fresh = { accessToken: result.login.accessToken, at: clock.elapsed() };
				return;
			case "adopted":
			case "signedOut":
				this.startAnew();
				return;
			case "signInAgain":
				// These two can be seen at any time, and may pass.
				if (result.why !== "otherServer" && result.why !== "noRefreshToken") this.condemn(result.login, result.why);
				return;
			case "failed":
				this.#wait(result.why, result.notBefore, result.asked, clock.now(), random);
		}
	}

	dispose(): void {
		for (const timer of [this.renewalTimer, this.expiryTimer, this.savingTimer]) timer.clear();
	}

	/** A wait for somebody else's question is no failure of ours. */
	#wait(why: AuthFailure, notBefore: number | null, asked: boolean, now: number, random: Random): void {
		if (asked || notBefore === null) this.#failures += 1;
		const seconds = why.kind === "unavailable" ? why.seconds : null;
		const wait = backoff(Math.max(this.#failures, 1), seconds, random);
		this.#waiting = { kind: "waiting", until: Math.max(now + wait, notBefore ?? 0), why };
	}

	#verdictOn({ accessToken, refreshToken }: Login): SignInReason | null {
		if (this.#condemned === null) return null;
		const { mark, why } = this.#condemned;
		return mark.accessToken === accessToken && mark.refreshToken === refreshToken ? why : null;
	}
}
