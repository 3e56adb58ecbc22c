import type { Format } from "../accounts/account.ts";
import type { ServedRelay } from "../bridge/protocol.ts";
import { judgeRelay, type KeyedRelay, type Unusable } from "./usable.ts";

/** The right to send one request to one account; ended exactly once, however the request ends. */
export interface Lease {
	readonly relay: KeyedRelay;
	end(): void;
}

export type Choice =
	| { readonly kind: "lease"; readonly lease: Lease }
	/** There is no account at all. */
	| { readonly kind: "noAccount" }
	/** Nobody serves the request; why each account of its format was passed over. */
	| { readonly kind: "noneUsable"; readonly passedOver: readonly PassedOver[] };

export interface PassedOver {
	readonly label: string;
	readonly reason: Unusable;
}

interface Load {
	inFlight: number;
	/** When this account was last chosen, as a count of choices. */
	lastChosen: number;
}

/** Picks the account that answers a request: highest priority, then fewest in flight, then longest not chosen. */
export class AccountPool {
	#relays: readonly ServedRelay[] = [];
	readonly #loads = new Map<string, Load>();
	#choices = 0;

	/** Requests in flight keep the account they have. */
	replace(relays: readonly ServedRelay[]): void {
		this.#relays = relays;
		const ids = new Set(relays.map(({ account }) => account.id));
		for (const [id, load] of this.#loads) if (!ids.has(id) && load.inFlight === 0) this.#loads.delete(id);
	}

	choose(format: Format, model: string): Choice {
		if (this.#relays.length === 0) return { kind: "noAccount" };
		const passedOver: PassedOver[] = [];
		let best: { readonly relay: KeyedRelay; readonly load: Load } | null = null;
		for (const candidate of this.#relays) {
			if (candidate.account.format !== format) continue;
			const relay = judgeRelay(candidate, model);
			if (typeof relay === "string") {
				passedOver.push({ label: candidate.account.label, reason: relay });
				continue;
			}
			const load = this.#loadOf(relay.account.id);
			if (best === null || precedes(relay, load, best.relay, best.load)) best = { relay, load };
		}
		return best === null
			? { kind: "noneUsable", passedOver }
			: { kind: "lease", lease: this.#lease(best.relay, best.load) };
	}

	#loadOf(id: string): Load {
		const known = this.#loads.get(id);
		if (known) return known;
		const made = { inFlight: 0, lastChosen: 0 };
		this.#loads.set(id, made);
		return made;
	}

	#lease(relay: KeyedRelay, load: Load): Lease {
		load.inFlight += 1;
		this.#choices += 1;
		load.lastChosen = this.#choices;
		let ended = false;
		return {
			relay,
			end() {
				if (ended) return;
				ended = true;
				load.inFlight -= 1;
			},
		};
	}
}

function precedes(a: KeyedRelay, aLoad: Load, b: KeyedRelay, bLoad: Load): boolean {
	if (a.account.priority !== b.account.priority) return a.account.priority > b.account.priority;
	if (aLoad.inFlight !== bLoad.inFlight) return aLoad.inFlight < bLoad.inFlight;
	return aLoad.lastChosen < bLoad.lastChosen;
}
