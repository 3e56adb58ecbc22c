import type { ServedRelay } from "../bridge/protocol.ts";
import type { ModelEntry } from "../formats/modelList.ts";
import type { KeyedRelay } from "../pool/usable.ts";
import { fetchModels } from "./relayModels.ts";
import type { Transport } from "./transport.ts";

/** A relay's models by name. */
export type Entries = ReadonlyMap<string, ModelEntry>;

/** Milliseconds. */
const day = 24 * 60 * 60 * 1000;
const failureKept = 60 * 1000;
/** Claude Code gives a model list three seconds; a relay that is slower is in the next answer. */
const patience = 2_500;

const noEntries: Entries = new Map();

interface CachedList {
	readonly relay: KeyedRelay;
	/** On a clock that nobody sets. */
	readonly askedAt: number;
	readonly list: Promise<Entries>;
	/** The last list that the relay gave; null until it has given one. */
	known: Entries | null;
	failed: boolean;
}

/** The relays' own model lists, kept for a day. */
export class RelayLists {
	readonly #transport: Pick<Transport, "to">;
	readonly #warn: (message: string) => void;
	readonly #lists = new Map<string, CachedList>();

	constructor(transport: Pick<Transport, "to">, warn: (message: string) => void) {
		this.#transport = transport;
		this.#warn = warn;
	}

	/** Forgets the lists of accounts that are gone, or changed in what they call: these are asked anew. */
	keep(relays: readonly ServedRelay[]): void {
		for (const [id, { relay }] of this.#lists) {
			if (!relays.some((now) => sameSource(now, relay))) this.#lists.delete(id);
		}
	}

	/** What a relay is known to list, without asking it. */
	known(accountId: string): Entries {
		return this.#lists.get(accountId)?.known ?? noEntries;
	}

	/** A relay's list; empty where it has none. An old one is given at once while a new one is asked for. */
	async of(relay: KeyedRelay): Promise<Entries> {
		const cached = this.#lists.get(relay.account.id);
		const fresh = cached && performance.now() - cached.askedAt < (cached.failed ? failureKept : day);
		const current = fresh ? cached : this.#ask(relay, cached?.known ?? null);
		return current.known ?? (await withinPatience(current.list, noEntries));
	}

	#ask(relay: KeyedRelay, known: Entries | null): CachedList {
		const { account, apiKey } = relay;
		const way = this.#transport.to(new URL(account.baseUrl).origin, account.outboundProxy);
		const asked = fetchModels(way, { ...account, apiKey }, new AbortController().signal);
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

function sameSource({ account, apiKey }: ServedRelay, known: KeyedRelay): boolean {
	return (
		account.id === known.account.id &&
		apiKey === known.apiKey &&
		account.format === known.account.format &&
		account.baseUrl === known.account.baseUrl &&
		account.auth === known.account.auth &&
		account.outboundProxy === known.account.outboundProxy &&
		JSON.stringify(account.headers) === JSON.stringify(known.account.headers)
	);
}

/** What comes of something within the time that clients give a model list. */
export async function withinPatience<T>(coming: Promise<T>, otherwise: T): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const tooLate = new Promise<T>((resolve) => {
		timer = setTimeout(resolve, patience, otherwise);
	});
	try {
		return await Promise.race([coming, tooLate]);
	} finally {
		clearTimeout(timer);
	}
}
