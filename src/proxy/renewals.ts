import type { RefusedLogin, ServedAccount } from "../bridge/protocol.ts";

/** How long requests wait for a login that is being renewed. Milliseconds. */
const patience = 20_000;

interface Renewal {
	readonly refusedToken: string;
	/** Whether there is a new token. */
	readonly settled: Promise<boolean>;
	readonly settle: (isRenewed: boolean) => void;
	readonly clock: NodeJS.Timeout;
}

/**
 * Logins whose token the backend has refused and that the main thread is renewing. The token itself changes by the next
 * config, like every key.
 */
export class Renewals {
	readonly #ask: (refused: RefusedLogin) => void;
	readonly #open = new Map<string, Renewal>();
	/** The tokens of now, by account. */
	#tokens: ReadonlyMap<string, string> = new Map();

	/** @param ask has the main thread renew a login; told once for each token. */
	constructor(ask: (refused: RefusedLogin) => void) {
		this.#ask = ask;
	}

	refused({ accountId, accessToken }: RefusedLogin): void {
		if (this.isOutdated({ accountId, accessToken })) return;
		const open = this.#open.get(accountId);
		if (open?.refusedToken === accessToken) return;
		open?.settle(false);
		const { promise, resolve } = Promise.withResolvers<boolean>();
		const settle = (isRenewed: boolean) => {
			clearTimeout(clock);
			if (this.#open.get(accountId) === renewal) this.#open.delete(accountId);
			resolve(isRenewed);
		};
		const clock = setTimeout(settle, patience, false);
		clock.unref();
		const renewal: Renewal = { refusedToken: accessToken, settled: promise, settle, clock };
		this.#open.set(accountId, renewal);
		this.#ask({ accountId, accessToken });
	}

	/** The accounts as they are configured now, perhaps with new tokens. */
	configured(accounts: readonly ServedAccount[]): void {
		this.#tokens = new Map(
			accounts.flatMap(({ account, apiKey }) =>
				account.type === "native" && apiKey !== null ? [[account.id, apiKey]] : [],
			),
		);
		for (const [id, { refusedToken, settle }] of this.#open) {
			const served = accounts.find(({ account }) => account.id === id);
			if (served === undefined || served.apiKey === null) settle(false);
			else if (served.apiKey !== refusedToken) settle(true);
		}
	}

	/** Whether another token than the refused one has come since. */
	isOutdated({ accountId, accessToken }: RefusedLogin): boolean {
		const token = this.#tokens.get(accountId);
		return token !== undefined && token !== accessToken;
	}

	notRenewed(accountId: string): void {
		this.#open.get(accountId)?.settle(false);
	}

	isOpen(accountId: string): boolean {
		return this.#open.has(accountId);
	}

	/** The first of these accounts that has been renewed; null where none was, or the caller has left. */
	async first(accountIds: readonly string[], leaving: AbortSignal): Promise<string | null> {
		if (leaving.aborted) return null;
		const left = Promise.withResolvers<null>();
		const leave = () => left.resolve(null);
		leaving.addEventListener("abort", leave, { once: true });
		const outcomes = accountIds.map(async (id) => {
			if (await this.#open.get(id)?.settled) return id;
			throw new Error("not renewed");
		});
		try {
			return await Promise.race([Promise.any(outcomes).catch(() => null), left.promise]);
		} finally {
			leaving.removeEventListener("abort", leave);
		}
	}

	/** Nobody waits any more. */
	close(): void {
		for (const { settle } of [...this.#open.values()]) settle(false);
	}
}
