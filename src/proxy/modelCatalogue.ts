import { type Format, formatOf, formats } from "../accounts/account.ts";
import type { AccountLive } from "../bridge/accountLive.ts";
import type { PoolSettings, ServedAccount } from "../bridge/protocol.ts";
import { allowsModel, standingOf } from "../bridge/standing.ts";
import type { ListedModel, ModelEntry } from "../formats/modelList.ts";
import { type Taker, takerOf } from "../pool/groups.ts";
import { resolveModel } from "../pool/modelNames.ts";
import { isKeyedRelay, type KeyedAccount, keyedAccount } from "../pool/usable.ts";
import type { NativeLists } from "./nativeLists.ts";
import { type Entries, RelayLists } from "./relayLists.ts";
import type { Transport } from "./transport.ts";

/** An account that can answer now or will by itself, and what it lists. */
interface Serving {
	readonly keyed: KeyedAccount;
	readonly own: Entries;
	/** Names that can be asked for beside those; null: not known, or a relay. */
	readonly callable: readonly string[] | null;
	/** Names that it does not know after all, whatever it lists. */
	readonly isUnknown: (model: string) => boolean;
}

const everybody: readonly Taker[] = [...formats, "native"];

/** Which models the accounts have: what people allowed by name, the accounts' own lists, and the global aliases. */
export class ModelCatalogue {
	readonly #lists: RelayLists;
	readonly #nativeLists: Pick<NativeLists, "entriesOf" | "knownEntries">;
	readonly #live: (accountId: string) => AccountLive | undefined;
	#accounts: readonly ServedAccount[] = [];
	#aliases: PoolSettings["modelAliases"] = {};
	#crossFormat = false;
	#idOfLabel: ReadonlyMap<string, string> = new Map();

	/** @param live how an account stands in the pool. */
	constructor(
		transport: Pick<Transport, "to">,
		nativeLists: Pick<NativeLists, "entriesOf" | "knownEntries">,
		live: (accountId: string) => AccountLive | undefined,
		warn: (message: string) => void,
	) {
		this.#lists = new RelayLists(transport, warn);
		this.#nativeLists = nativeLists;
		this.#live = live;
	}

	/** Lists of accounts that changed in what they call are asked anew. */
	replace(
		accounts: readonly ServedAccount[],
		{ modelAliases, crossFormat }: Pick<PoolSettings, "modelAliases" | "crossFormat">,
	): void {
		this.#accounts = accounts;
		this.#aliases = modelAliases;
		this.#crossFormat = crossFormat;
		this.#idOfLabel = new Map(accounts.map(({ account }) => [account.label, account.id]));
		this.#lists.keep(accounts.flatMap((served) => ("backend" in served ? [] : [served])));
	}

	/**
	 * What clients that speak these formats can use, each model once: relays of their own formats first, then the higher
	 * priority's, aliases last.
	 */
	async list(spoken: readonly Format[]): Promise<readonly ListedModel[]> {
		const serving = await Promise.all(
			this.#lasting(spoken, everybody).map(async (keyed) => this.#serving(keyed, await this.#listOf(keyed))),
		);
		return this.#merged(serving);
	}

	/** The names of that list as far as they are known without asking anybody. @param takers accounts that count. */
	knownNames(spoken: readonly Format[], takers: readonly Taker[]): readonly string[] {
		const serving = this.#lasting(spoken, takers).map((keyed) => this.#serving(keyed, this.#known(keyed)));
		return this.#merged(serving).map(({ id }) => id);
	}

	async #listOf(keyed: KeyedAccount): Promise<Entries> {
		if (!isKeyedRelay(keyed)) return await this.#nativeLists.entriesOf(keyed);
		return isOpen(keyed) ? await this.#lists.of(keyed) : this.#known(keyed);
	}

	#known(keyed: KeyedAccount): Entries {
		const { id } = keyed.account;
		return isKeyedRelay(keyed) ? this.#lists.known(id) : this.#nativeLists.knownEntries(id);
	}

	/**
	 * Accounts that need nobody to mend them, by priority. Those that rest or are busy stay: a picker would flicker, and forget
	 * what was picked.
	 */
	#lasting(spoken: readonly Format[], takers: readonly Taker[]): readonly KeyedAccount[] {
		const now = Date.now();
		const place = ({ account }: KeyedAccount) => {
			const own = spoken.indexOf(formatOf(account));
			return own < 0 ? spoken.length : own;
		};
		const reached = (account: KeyedAccount["account"]) => {
			const format = formatOf(account);
			return (
				spoken.includes(format) || (takers.includes(takerOf(account)) && (this.#crossFormat || format === "codex"))
			);
		};
		return this.#accounts
			.flatMap((served) => {
				const { account, apiKey } = served;
				const keyed = keyedAccount(served);
				if (keyed === null || !reached(account)) return [];
				const standing = standingOf(account, apiKey !== null, this.#live(account.id) ?? null, null, now);
				const needsMending = standing.kind === "resting" && standing.rest.until === null;
				return standing.kind === "disabled" || standing.kind === "keyMissing" || needsMending ? [] : [keyed];
			})
			.sort((a, b) => place(a) - place(b) || b.account.priority - a.account.priority);
	}

	#serving(keyed: KeyedAccount, own: Entries): Serving {
		const live = this.#live(keyed.account.id);
		const modelRests = live?.modelRests ?? [];
		const callable = live?.models ?? null;
		// Whatever else is the matter with the account hides a model's rest.
		const asIfWell = { inFlight: 0, rest: null, probing: false, modelRests, models: callable };
		const now = Date.now();
		const isUnknown = (model: string): boolean => {
			const standing = standingOf(keyed.account, true, asIfWell, model, now);
			return standing.kind === "modelResting" && standing.rest.reason === "modelUnknown";
		};
		return { keyed, own, callable, isUnknown };
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
				(one) => (named === null || named === one.keyed.account.id) && servesByName(one, model),
			);
			return target ? [listed(target, alias, model)] : [];
		});
	}
}

/** What an account allows can only be known from its own list. */
function isOpen({ account }: KeyedAccount): boolean {
	return account.allowedModels === null || account.allowedModels.some((pattern) => pattern.includes("*"));
}

/** Names given by people: allowed without a pattern, or mapped to a name of the relay's. */
function exactNames({ account }: KeyedAccount): readonly string[] {
	if (account.type === "native") return [];
	const allowed = (account.allowedModels ?? []).filter((pattern) => !pattern.includes("*"));
	const mapped = Object.keys(account.modelMap).filter((name) => allowsModel(account, name));
	return [...allowed, ...mapped];
}

function namesOf({ keyed, own, isUnknown }: Serving): readonly string[] {
	const { account } = keyed;
	const names = isOpen(keyed) ? [...own.keys()].filter((id) => allowsModel(account, id)) : [];
	return [...new Set([...names, ...exactNames(keyed)])].filter((id) => !isUnknown(id));
}

/** A name that a person wrote down; a relay without a list is believed to have it. */
function servesByName(one: Serving, model: string): boolean {
	if (namesOf(one).includes(model)) return true;
	const { keyed, own, callable, isUnknown } = one;
	// A name with an effort or a tier is listed nowhere.
	return (own.size === 0 || callable !== null) && allowsModel(keyed.account, model, callable) && !isUnknown(model);
}

/** @param model the name under which the relay lists it. */
function listed({ keyed, own }: Serving, id: string, model: string): ListedModel {
	const { account } = keyed;
	const since = Math.floor(Date.parse(account.addedAt) / 1000) || 0;
	const entry = own.get(model) ?? null;
	return { id, owner: account.label, since, entry: entry && id !== model ? withoutName(entry) : entry };
}

/** A picker would show two models of one name. */
function withoutName(entry: ModelEntry): ModelEntry {
	const { display_name: _, displayName: __, ...rest } = entry;
	return rest;
}
