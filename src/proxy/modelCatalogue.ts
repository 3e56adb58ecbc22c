import type { Dispatcher } from "undici";
import type { Format } from "../accounts/account.ts";
import type { ServedRelay } from "../bridge/protocol.ts";
import type { ListedModel, ModelEntry } from "../formats/modelList.ts";
import { allowsModel, type KeyedRelay } from "../pool/usable.ts";
import { fetchModels } from "./relayModels.ts";

/** Milliseconds. */
const day = 24 * 60 * 60 * 1000;
const failureKept = 60 * 1000;
/** Claude Code gives a model list three seconds; a relay that is slower is in the next answer. */
const patience = 2_500;

const noEntries: ReadonlyMap<string, ModelEntry> = new Map();

type Entries = ReadonlyMap<string, ModelEntry>;

interface CachedList {
	readonly relay: KeyedRelay;
	/** On a clock that nobody sets. */
	readonly askedAt: number;
	readonly list: Promise<Entries>;
	/** The last list that the relay gave; null until it has given one. */
	known: Entries | null;
	failed: boolean;
}

/** Which models the accounts have: what people allowed by name, and the relays' own lists, kept for a day. */
export class ModelCatalogue {
	readonly #transport: Dispatcher;
	readonly #warn: (message: string) => void;
	readonly #lists = new Map<string, CachedList>();
	#relays: readonly ServedRelay[] = [];

	constructor(transport: Dispatcher, warn: (message: string) => void) {
		this.#transport = transport;
		this.#warn = warn;
	}

	/** Lists of accounts that changed in what they call are asked anew. */
	replace(relays: readonly ServedRelay[]): void {
		this.#relays = relays;
		for (const [id, { relay }] of this.#lists) {
			if (!relays.some((now) => sameSource(now, relay))) this.#lists.delete(id);
		}
	}

	/** What clients of these formats can use now, each model once, the higher priority's entry first. */
	async list(formats: readonly Format[]): Promise<readonly ListedModel[]> {
		const relays = this.#relays
			.filter(({ account, apiKey }) => account.enabled && apiKey !== null && formats.includes(account.format))
			.sort((a, b) => b.account.priority - a.account.priority);
		const lists = await Promise.all(relays.map((relay) => this.#servedBy(relay)));
		const byId = new Map<string, ListedModel>();
		for (const model of lists.flat()) if (!byId.has(model.id)) byId.set(model.id, model);
		return [...byId.values()];
	}

	/** Names that accounts of a format are known to have and allow, without asking anybody. */
	knownNames(format: Format): readonly string[] {
		const names = this.#relays
			.filter(({ account }) => account.enabled && account.format === format)
			.flatMap((relay) => {
				const own = [...(this.#lists.get(relay.account.id)?.known?.keys() ?? [])];
				return [...exactNames(relay), ...own.filter((name) => allowsModel(relay.account, name))];
			});
		return [...new Set(names)];
	}

	async #servedBy(relay: ServedRelay): Promise<readonly ListedModel[]> {
		const { account } = relay;
		const since = Math.floor(Date.parse(account.addedAt) / 1000) || 0;
		const isOpen = account.allowedModels === null || account.allowedModels.some((pattern) => pattern.includes("*"));
		const own = isOpen ? await this.#ownList(relay) : noEntries;
		const listed = [...own.keys()].filter((id) => allowsModel(account, id));
		return [...new Set([...listed, ...exactNames(relay)])].map((id) => ({
			id,
			owner: account.label,
			since,
			entry: own.get(id) ?? null,
		}));
	}

	/** An old list is given at once while a new one is asked for. */
	async #ownList({ account, apiKey }: ServedRelay): Promise<Entries> {
		if (apiKey === null) return noEntries;
		const cached = this.#lists.get(account.id);
		const fresh = cached && performance.now() - cached.askedAt < (cached.failed ? failureKept : day);
		const current = fresh ? cached : this.#ask({ account, apiKey }, cached?.known ?? null);
		return current.known ?? (await withinPatience(current.list));
	}

	#ask(relay: KeyedRelay, known: Entries | null): CachedList {
		const { account, apiKey } = relay;
		const asked = fetchModels(this.#transport, { ...account, apiKey }, new AbortController().signal);
		const made: CachedList = {
			relay,
			askedAt: performance.now(),
			known,
			failed: false,
			list: asked.then((report) => {
				if (report.kind === "ok") {
					made.known = report.entries;
				} else {
					made.failed = true;
					this.#warn(`The model list of “${account.label}” could not be fetched (${report.fault.kind}).`);
				}
				return made.known ?? noEntries;
			}),
		};
		this.#lists.set(account.id, made);
		return made;
	}
}

/** Names given by people: allowed without a pattern, or mapped to a name of the relay's. */
function exactNames({ account }: ServedRelay): readonly string[] {
	const allowed = (account.allowedModels ?? []).filter((pattern) => !pattern.includes("*"));
	const mapped = Object.keys(account.modelMap).filter((name) => allowsModel(account, name));
	return [...new Set([...allowed, ...mapped])];
}

function sameSource({ account, apiKey }: ServedRelay, known: KeyedRelay): boolean {
	return (
		account.id === known.account.id &&
		apiKey === known.apiKey &&
		account.format === known.account.format &&
		account.baseUrl === known.account.baseUrl &&
		account.auth === known.account.auth &&
		JSON.stringify(account.headers) === JSON.stringify(known.account.headers)
	);
}

async function withinPatience(list: Promise<Entries>): Promise<Entries> {
	let timer: NodeJS.Timeout | undefined;
	const tooLate = new Promise<Entries>((resolve) => {
		timer = setTimeout(resolve, patience, noEntries);
	});
	try {
		return await Promise.race([list, tooLate]);
	} finally {
		clearTimeout(timer);
	}
}
