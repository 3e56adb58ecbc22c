import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Log } from "../accounts/accountFile.ts";
import { SharedFile } from "../accounts/sharedFile.ts";
import { type Ledger, type LedgerEntry, ledgerForm } from "./ledgerText.ts";
import { type LockLogin, loginLocksIn } from "./loginLocks.ts";

const ledgerFileName = "logins.json";

/**
 * How long a token that was sent without a stored answer is left alone, in milliseconds: twice as long as any window
 * waits for an answer, so that one that was only suspended can still store it.
 */
export const doubtfulWait = 60_000;

/** How long the entry of an account that is gone is kept, in milliseconds: the file of the accounts may come back. */
const keptFor = 30 * 86_400_000;

/** Whether a refresh token may be sent. */
type Permission =
	/** It has been noted as sent. */
	| { readonly kind: "granted" }
	/** Another one has taken its place: this one is used up. */
	| { readonly kind: "outdated" }
	/** It was sent, and nobody knows what came of it. */
	| { readonly kind: "doubtful"; readonly until: number };

/**
 * What all windows know about refresh tokens, by salted digests in a file: a token is good for one use, and in a browser
 * each page has secrets of its own, so that a page's copy may be used up without its knowing.
 *
 * A token is noted as sent before it is, and the note goes when what came back is stored, or when it was certainly not
 * used. A note that stays (the window died, or the answer was lost) makes the token doubtful: after `doubtfulWait` it is
 * sent again, each time with the same wait. If the auth server never heard it, it is still good; if it did, the login is
 * lost anyway.
 */
export class RotationLedger {
	/** Keeps other windows away from one login. */
	readonly lock: LockLogin;
	readonly #file: SharedFile<Ledger>;
	readonly #now: () => number;

	/** @param now milliseconds since 1970. */
	constructor(folder: string, log: Log, now: () => number = Date.now, lock = loginLocksIn(folder)) {
		this.lock = lock;
		this.#file = new SharedFile(join(folder, ledgerFileName), ledgerForm(), log);
		this.#now = now;
	}

	/** Asks to send a token, and notes that it is being sent where that is granted. One without an entry is taken for current. */
	async askToSend(accountId: string, refreshToken: string): Promise<Permission> {
		let permission: Permission = { kind: "outdated" };
		await this.#change(accountId, (entry, digestOf) => {
			const now = this.#now();
			const digest = digestOf(refreshToken);
			const known = entry ?? { current: digest, rotatedAt: now, sentAt: null };
			permission = permissionOf(known, digest, now);
			return permission.kind === "granted" ? { ...known, sentAt: now } : entry;
		});
		return permission;
	}

	/** The token that was sent is certainly as good as before. */
	async notUsed(accountId: string, refreshToken: string): Promise<void> {
		await this.#change(accountId, (entry, digestOf) =>
			entry?.current === digestOf(refreshToken) ? { ...entry, sentAt: null } : entry,
		);
	}

	/** No answer came: the wait counts from now on. */
	async unanswered(accountId: string, refreshToken: string): Promise<void> {
		await this.#change(accountId, (entry, digestOf) =>
			entry?.current === digestOf(refreshToken) ? { ...entry, sentAt: this.#now() } : entry,
		);
	}

	/**
	 * One token has been exchanged for another; null: for none that may be sent.
	 * @returns false, with nothing changed, when the old one was not current any more: somebody has signed in or out.
	 */
	async rotated(accountId: string, from: string, to: string | null): Promise<boolean> {
		let isDone = false;
		await this.#change(accountId, (entry, digestOf) => {
			const next = to === null ? null : digestOf(to);
			// A second try finds its own work done.
			isDone = entry !== null && (entry.current === digestOf(from) || entry.current === next);
			return isDone ? { current: next, rotatedAt: this.#now(), sentAt: null } : entry;
		});
		return isDone;
	}

	/**
	 * From a sign-in: whatever was current is no more. Null also signs out: no copy in any page may be sent.
	 * @returns what the entry was, for `restore`.
	 */
	async replace(accountId: string, refreshToken: string | null): Promise<LedgerEntry | null> {
		let before: LedgerEntry | null = null;
		await this.#change(accountId, (entry, digestOf) => {
			before = entry;
			const current = refreshToken === null ? null : digestOf(refreshToken);
			return entry?.current === current ? entry : { current, rotatedAt: this.#now(), sentAt: null };
		});
		return before;
	}

	async restore(accountId: string, entry: LedgerEntry | null): Promise<void> {
		await this.#change(accountId, () => entry);
	}

	/** Of accounts that are gone for good. */
	async forget(accountIds: readonly string[]): Promise<void> {
		await this.#file.update((ledger) => without(ledger, (id) => accountIds.includes(id)));
	}

	/** Clears away old entries of accounts that are not among these. */
	async sweep(knownIds: readonly string[]): Promise<void> {
		const oldest = this.#now() - keptFor;
		await this.#file.update((ledger) =>
			without(ledger, (id, { rotatedAt }) => rotatedAt < oldest && !knownIds.includes(id)),
		);
	}

	async #change(
		accountId: string,
		edit: (entry: LedgerEntry | null, digestOf: (token: string) => string) => LedgerEntry | null,
	): Promise<void> {
		await this.#file.update((ledger) => {
			const entry = edit(ledger.entries.get(accountId) ?? null, (token) => digest(ledger.salt, token));
			if (entry === null) return without(ledger, (id) => id === accountId);
			return { ...ledger, entries: new Map([...ledger.entries, [accountId, entry]]) };
		});
	}
}

function permissionOf({ current, sentAt }: LedgerEntry, digest: string, now: number): Permission {
	if (current !== digest) return { kind: "outdated" };
	// A note from the future was made before the clock was set back: it must not hold the login up for ever.
	if (sentAt === null || sentAt > now || now >= sentAt + doubtfulWait) return { kind: "granted" };
	return { kind: "doubtful", until: sentAt + doubtfulWait };
}

function digest(salt: string, token: string): string {
	return createHash("sha256").update(salt).update(token).digest("hex");
}

function without(ledger: Ledger, isGone: (accountId: string, entry: LedgerEntry) => boolean): Ledger {
	return { ...ledger, entries: new Map([...ledger.entries].filter(([id, entry]) => !isGone(id, entry))) };
}
