import type { NativeAccount } from "../accounts/account.ts";
import { type Log, messageOf } from "../accounts/accountFile.ts";
import type { AuthFailure, AuthResult, Identity, Login, TokenSet } from "./login.ts";
import { type Bound, isBoundTo, reasonText, type SignInReason } from "./loginState.ts";
import { isToken } from "./loginText.ts";
import type { LoginVault } from "./loginVault.ts";
import { isExpiring } from "./renewalSchedule.ts";
import { doubtfulWait, type RotationLedger } from "./rotationLedger.ts";
import { hasOtherIds } from "./samePerson.ts";

/**
 * Asks the auth server. A rejection counts as an answer that was lost.
 * @param issuer the only origin that may be asked, whatever the settings name by now.
 */
export type Refresh = (refreshToken: string, signal: AbortSignal, issuer: string) => Promise<AuthResult>;

export type RenewalResult =
	| { readonly kind: "renewed"; readonly login: Login; readonly identity: Identity }
	/** Another window has done it, or somebody has signed in meanwhile: nothing was asked for, or it was not needed. */
	| { readonly kind: "adopted"; readonly login: Login }
	/** There is no login, or there was none any more when the answer came. */
	| { readonly kind: "signedOut" }
	| {
			readonly kind: "failed";
			readonly why: AuthFailure;
			/** Before that the token must not be sent again, in milliseconds since 1970; null: only backing off is needed. */
			readonly notBefore: number | null;
			/** Whether the auth server was asked. */
			readonly asked: boolean;
	  }
	| { readonly kind: "signInAgain"; readonly why: SignInReason /** The one that is no good. */; readonly login: Login };

export interface RenewalOptions {
	readonly vault: LoginVault;
	readonly ledger: RotationLedger;
	readonly refresh: Refresh;
	/** The hosts that the settings name now. */
	readonly boundTo: () => Bound;
	readonly log: Log;
	/** Milliseconds since 1970. */
	readonly now: () => number;
}

/** What the windows could not be told yet. */
interface Rotation {
	readonly from: string;
	readonly to: string | null;
}

/** Milliseconds. Whoever asks has a shorter clock of its own; this one frees the lock should that fail. */
const longestAsking = 45_000;

/** Statuses of an answer without tokens that leave the refresh token as good as it was. 0 is a redirect that fetch hides. */
const notLookedAt = (status: number) => status === 0 || status === 503 || (status >= 300 && status < 500);

/**
 * Renews one login, one window at a time. Whoever comes second finds the tokens of the first one and asks for none.
 * A refresh token is good for one use: it is sent only where the ledger grants it, and never twice in haste.
 */
export class Renewal {
	readonly #options: RenewalOptions;
	readonly #untold = new Map<string, Rotation>();

	constructor(options: RenewalOptions) {
		this.#options = options;
	}

	/** @param stale the access token that is no good any more. Never rejects. */
	async renew(account: NativeAccount, stale: string): Promise<RenewalResult> {
		try {
			return await this.#options.ledger.lock("renewing", account.id, () => this.#renewLocked(account, stale));
		} catch (error) {
			// Another window may have held the lock all the time because it has just done this.
			const login = await this.#options.vault.reread(account.id).catch(() => null);
			if (login !== null && this.#isGood(login, stale)) return { kind: "adopted", login };
			return notAsked(unavailable(messageOf(error)));
		}
	}

	/** Saves what could not be saved after a renewal. @returns whether nothing is left to be saved. */
	async settle(accountId: string): Promise<boolean> {
		const { vault, ledger } = this.#options;
		const rotation = this.#untold.get(accountId);
		if (rotation !== undefined) {
			try {
				await ledger.rotated(accountId, rotation.from, rotation.to);
				if (this.#untold.get(accountId) === rotation) this.#untold.delete(accountId);
			} catch {
				// Said when it happened; the caller comes again.
			}
		}
		return (await vault.saveAgain(accountId)) && !this.#untold.has(accountId);
	}

	async #renewLocked(account: NativeAccount, stale: string): Promise<RenewalResult> {
		const { vault, ledger, boundTo } = this.#options;
		await this.settle(account.id);
		const login = await vault.reread(account.id);
		if (login === null) return { kind: "signedOut" };
		if (!isBoundTo(login, boundTo())) return { kind: "signInAgain", why: "otherServer", login };
		if (this.#isGood(login, stale)) return { kind: "adopted", login };
		const { refreshToken } = login;
		if (refreshToken === null) return { kind: "signInAgain", why: "noRefreshToken", login };
		const permission = await ledger.askToSend(account.id, refreshToken);
		if (permission.kind === "outdated") return { kind: "signInAgain", why: "copyOutdated", login };
		if (permission.kind === "doubtful") {
			const why: AuthFailure = { kind: "brokenOff", host: new URL(login.issuer).host, code: "UNANSWERED" };
			return { kind: "failed", why, notBefore: permission.until, asked: false };
		}
		const result = await this.#ask(refreshToken, login.issuer);
		if (result.kind === "ok") return this.#take(account, login, refreshToken, result.tokens);
		return this.#giveUp(account, login, refreshToken, result);
	}

	/** Whether these tokens make a renewal needless. */
	#isGood(login: Login, stale: string): boolean {
		const { boundTo, now } = this.#options;
		return isBoundTo(login, boundTo()) && login.accessToken !== stale && !isExpiring(login, now());
	}

	/** What was certainly not sent is tried once more at once: the next address, or a connection made anew, may do. */
	async #ask(refreshToken: string, issuer: string): Promise<AuthResult> {
		const ask = async (): Promise<AuthResult> => {
			try {
				return await this.#options.refresh(refreshToken, AbortSignal.timeout(longestAsking), issuer);
			} catch {
				return { kind: "brokenOff", host: new URL(issuer).host, code: "UNKNOWN" };
			}
		};
		const first = await ask();
		return first.kind === "notSent" ? ask() : first;
	}

	async #take(account: NativeAccount, old: Login, sent: string, tokens: TokenSet): Promise<RenewalResult> {
		const { ledger, log, now } = this.#options;
		if (!isToken(tokens.accessToken)) {
			return this.#giveUp(account, old, sent, unavailable("Its answer has no access token."));
		}
		if (hasOtherIds(account, tokens.identity)) {
			log("error", `The ChatGPT login of ${account.label} got the tokens of somebody else; they were not kept.`);
			await this.#tellRotation(account, { from: sent, to: null });
			return { kind: "signInAgain", why: "otherPerson", login: old };
		}
		const at = now();
		const login: Login = {
			accessToken: tokens.accessToken,
			refreshToken: isToken(tokens.refreshToken) ? tokens.refreshToken : sent,
			// A token that ended before it came says that one of the clocks is wrong: only a refusal will tell.
			expiresAt: tokens.expiresAt !== null && tokens.expiresAt <= at ? null : tokens.expiresAt,
			issuer: old.issuer,
			backend: old.backend,
			renewedAt: at,
		};
		const store = () => this.#store(account, login, sent, tokens.identity);
		// These tokens cannot be had a second time: not to get the lock is no reason to lose them.
		return ledger.lock("storing", account.id, store).catch(store);
	}

	async #store(account: NativeAccount, login: Login, sent: string, identity: Identity): Promise<RenewalResult> {
		const { vault, log } = this.#options;
		const stored = await vault.reread(account.id).catch(() => vault.loginOf(account.id));
		if (stored === null) return { kind: "signedOut" };
		// Somebody has signed in while the auth server was asked.
		if (stored.refreshToken !== sent) return { kind: "adopted", login: stored };
		await this.#tellRotation(account, { from: sent, to: login.refreshToken });
		if (!(await vault.keep(account.id, login))) {
			log("error", `The new ChatGPT login of ${account.label} could not be saved yet; it is tried again.`);
		}
		return { kind: "renewed", login, identity };
	}

	async #tellRotation(account: NativeAccount, rotation: Rotation): Promise<void> {
		try {
			await this.#options.ledger.rotated(account.id, rotation.from, rotation.to);
		} catch (error) {
			this.#untold.set(account.id, rotation);
			this.#options.log("error", `The ledger of the ChatGPT logins could not be written: ${messageOf(error)}`);
		}
	}

	async #giveUp(account: NativeAccount, login: Login, sent: string, why: AuthFailure): Promise<RenewalResult> {
		const { ledger, vault, log, now } = this.#options;
		log("warn", `The ChatGPT login of ${account.label} could not be renewed: ${reasonText(why)}`);
		const isUsed = mayBeUsed(why);
		try {
			await (isUsed ? ledger.unanswered(account.id, sent) : ledger.notUsed(account.id, sent));
		} catch (error) {
			log("warn", `The ledger of the ChatGPT logins could not be written: ${messageOf(error)}`);
		}
		if (!isFinal(why)) {
			return { kind: "failed", why, notBefore: isUsed ? now() + doubtfulWait : null, asked: true };
		}
		// A window whose lock was taken over, because it was suspended, may have been the first.
		const later = await vault.reread(account.id).catch(() => login);
		if (later === null) return { kind: "signedOut" };
		return later.refreshToken === sent ? { kind: "signInAgain", why, login: later } : { kind: "adopted", login: later };
	}
}

/** Whether the server may have used the token up without an answer that could be read. */
function mayBeUsed(why: AuthFailure): boolean {
	if (why.kind === "unavailable") return why.status === null || !notLookedAt(why.status);
	return why.kind === "brokenOff" || why.kind === "cancelled" || why.kind === "timedOut";
}

/** Whether asking again would get the same answer. */
function isFinal({ kind }: AuthFailure): boolean {
	return kind === "spent" || kind === "denied" || kind === "deactivated" || kind === "wrongCallback";
}

function unavailable(detail: string): AuthFailure {
	return { kind: "unavailable", status: null, seconds: null, detail };
}

function notAsked(why: AuthFailure): RenewalResult {
	return { kind: "failed", why, notBefore: null, asked: false };
}
