import { type Format, formats } from "../accounts/account.ts";
import type { AccountLive } from "../bridge/accountLive.ts";
import type { PoolSettings, ServedRelay } from "../bridge/protocol.ts";
import { allowsModel, standingOf } from "../bridge/standing.ts";
import type { ListedModel, ModelEntry } from "../formats/modelList.ts";
import { resolveModel } from "../pool/modelNames.ts";
import { type KeyedRelay, keyedRelay } from "../pool/usable.ts";
import { type Entries, RelayLists } from "./relayLists.ts";
import type { Transport } from "./transport.ts";

/** A relay that can answer now or will by itself, and what it lists. */
interface Serving {
	readonly relay: KeyedRelay;
	readonly own: Entries;
	/** Names that it does not know after all, whatever it lists. */
	readonly isUnknown: (model: string) => boolean;
}

/** Which models the accounts have: what people allowed by name, the relays' own lists, and the global aliases. */
export class ModelCatalogue {
	readonly #lists: RelayLists;
	readonly #live: (accountId: string) => AccountLive | undefined;
	#relays: readonly ServedRelay[] = [];
	#aliases: PoolSettings["modelAliases"] = {};
	#crossFormat = false;
	#idOfLabel: ReadonlyMap<string, string> = new Map();

	/** @param live how an account stands in the pool. */
	constructor(
		transport: Pick<Transport, "to">,
		live: (accountId: string) => AccountLive | undefined,
		warn: (message: string) => void,
	) {
		this.#lists = new RelayLists(transport, warn);
		this.#live = live;
	}

	/** Lists of accounts that changed in what they call are asked anew. */
	replace(
		relays: readonly ServedRelay[],
		{ modelAliases, crossFormat }: Pick<PoolSettings, "modelAliases" | "crossFormat">,
	): void {
		this.#relays = relays;
		this.#aliases = modelAliases;
		this.#crossFormat = crossFormat;
		this.#idOfLabel = new Map(relays.map(({ account }) => [account.label, account.id]));
		this.#lists.keep(relays);
	}

	/**
	 * What clients that speak these formats can use, each model once: relays of their own formats first, then the higher
	 * priority's, aliases last.
	 */
	async list(spoken: readonly Format[]): Promise<readonly ListedModel[]> {
		const serving = await Promise.all(
			this.#lasting(spoken, formats).map(async (relay) =>
				this.#serving(relay, isOpen(relay) ? await this.#lists.of(relay) : this.#lists.known(relay.account.id)),
			),
		);
		return this.#merged(serving);
	}

	/** The names of that list as far as they are known without asking anybody. @param takers formats of accounts that count. */
	knownNames(spoken: readonly Format[], takers: readonly Format[]): readonly string[] {
		const serving = this.#lasting(spoken, takers).map((relay) =>
			this.#serving(relay, this.#lists.known(relay.account.id)),
		);
		return this.#merged(serving).map(({ id }) => id);
	}

	/**
	 * Relays that need nobody to mend them, by priority. Those that rest or are busy stay: a picker would flicker, and forget
	 * what was picked.
	 */
	#lasting(spoken: readonly Format[], takers: readonly Format[]): readonly KeyedRelay[] {
		const now = Date.now();
		const place = ({ account }: KeyedRelay) => {
			const own = spoken.indexOf(account.format);
			return own < 0 ? spoken.length : own;
		};
		const reached = (format: Format) =>
			spoken.includes(format) || (takers.includes(format) && (this.#crossFormat || format === "codex"));
		return this.#relays
			.flatMap((served) => {
				const { account, apiKey } = served;
				const relay = keyedRelay(served);
				if (relay === null || !reached(account.format)) return [];
				const standing = standingOf(account, apiKey !== null, this.#live(account.id) ?? null, null, now);
				const needsMending = standing.kind === "resting" && standing.rest.until === null;
				return standing.kind === "disabled" || standing.kind === "keyMissing" || needsMending ? [] : [relay];
			})
			.sort((a, b) => place(a) - place(b) || b.account.priority - a.account.priority);
	}

	#serving(relay: KeyedRelay, own: Entries): Serving {
		const modelRests = this.#live(relay.account.id)?.modelRests ?? [];
		// Whatever else is the matter with the account hides a model's rest.
		const asIfWell = { inFlight: 0, rest: null, probing: false, modelRests };
		const now = Date.now();
		const isUnknown = (model: string): boolean => {
			const standing = standingOf(relay.account, true, asIfWell, model, now);
			return standing.kind === "modelResting" && standing.rest.reason === "modelUnknown";
		};
		return { relay, own, isUnknown };
	}

	#merged(serving: readonly Serving[]): readonly ListedModel[] {
		const byId = new Map<string, ListedModel>();
		for (const one of serving) {
			for (const id of namesOf(one)) {
				// An alias hides a model of the same name: requests for it go to the alias's target.
				if (!byId.has(id) && !Object.hasOwn(this.#aliases, id)) byId.set(id, listed(one, id, id));
			}
		}
		return [...byId.values(), ...this.#servedAliases(serving)];
	}

	#servedAliases(serving: readonly Serving[]): readonly ListedModel[] {
		return Object.keys(this.#aliases).flatMap((alias) => {
			const { model, named } = resolveModel(alias, this.#aliases, this.#idOfLabel);
			const target = serving.find(
				(one) => (named === null || named === one.relay.account.id) && servesByName(one, model),
			);
			return target ? [listed(target, alias, model)] : [];
		});
	}
}

/** What a relay allows can only be known from its own list. */
function isOpen({ account }: KeyedRelay): boolean {
	return account.allowedModels === null || account.allowedModels.some((pattern) => pattern.includes("*"));
}

/** Names given by people: allowed without a pattern, or mapped to a name of the relay's. */
function exactNames({ account }: KeyedRelay): readonly string[] {
	const allowed = (account.allowedModels ?? []).filter((pattern) => !pattern.includes("*"));
	const mapped = Object.keys(account.modelMap).filter((name) => allowsModel(account, name));
	return [...allowed, ...mapped];
}

function namesOf({ relay, own, isUnknown }: Serving): readonly string[] {
	const { account } = relay;
	const names = isOpen(relay) ? [...own.keys()].filter((id) => allowsModel(account, id)) : [];
	return [...new Set([...names, ...exactNames(relay)])].filter((id) => !isUnknown(id));
}

/** A name that a person wrote down; a relay without a list is believed to have it. */
function servesByName(one: Serving, model: string): boolean {
	if (namesOf(one).includes(model)) return true;
	const { relay, own, isUnknown } = one;
	return own.size === 0 && allowsModel(relay.account, model) && !isUnknown(model);
}

/** @param model the name under which the relay lists it. */
function listed({ relay, own }: Serving, id: string, model: string): ListedModel {
	const { account } = relay;
	const since = Math.floor(Date.parse(account.addedAt) / 1000) || 0;
	const entry = own.get(model) ?? null;
	return { id, owner: account.label, since, entry: entry && id !== model ? withoutName(entry) : entry };
}

/** A picker would show two models of one name. */
function withoutName(entry: ModelEntry): ModelEntry {
	const { display_name: _, displayName: __, ...rest } = entry;
	return rest;
}
