/** Milliseconds. */
const kept = 60 * 60 * 1000;
const mostConversations = 10_000;

interface Home {
	readonly accountId: string;
	readonly usedAt: number;
}

/** Which conversation stays on which account, so that what a relay has cached of it is of use. */
export class Affinity {
	readonly #most: number;
	/** The longest unused first. */
	readonly #homes = new Map<string, Home>();

	constructor(most = mostConversations) {
		this.#most = most;
	}

	get size(): number {
		return this.#homes.size;
	}

	/** @param now milliseconds since 1970. */
	homeOf(conversation: string, now: number): string | null {
		const home = this.#homes.get(conversation);
		return home === undefined || hasExpired(home, now) ? null : home.accountId;
	}

	settle(conversation: string, accountId: string, now: number): void {
		this.#homes.delete(conversation);
		this.#homes.set(conversation, { accountId, usedAt: now });
		for (const [oldest, home] of this.#homes) {
			if (this.#homes.size <= this.#most && !hasExpired(home, now)) return;
			this.#homes.delete(oldest);
		}
	}
}

function hasExpired({ usedAt }: Home, now: number): boolean {
	return now - usedAt >= kept;
}
