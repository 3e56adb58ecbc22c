import { isDeepStrictEqual } from "node:util";
import type { ServedNative } from "../bridge/protocol.ts";
import type { ModelEntry } from "../formats/modelList.ts";
import type { KeyedNative } from "../pool/usable.ts";
import { type BackendModel, type FetchedBackendModels, fetchBackendModels } from "./backendModels.ts";
import { type Entries, withinPatience } from "./relayLists.ts";
import type { Transport } from "./transport.ts";

/** Milliseconds. */
const hour = 60 * 60 * 1000;
const failureKept = 60 * 1000;

const noEntries: Entries = new Map();

interface NativeListsParts {
	readonly transport: Pick<Transport, "to">;
	readonly warn: (message: string) => void;
	/** The list of an account is another one now, or forgotten. */
	readonly onDidChange: (accountId: string) => void;
	/** Milliseconds, on a clock that nobody sets. */
	readonly now?: () => number;
}

/** What came of the last question. */
type Last =
	| { readonly kind: "none" }
	| { readonly kind: "ok"; readonly at: number }
	/** `refusedToken`: the one that was refused; null where something else was wrong. */
	| { readonly kind: "failed"; readonly at: number; readonly refusedToken: string | null };

interface Known {
	/** As it was served last. */
	keyed: KeyedNative;
	/** The last list that the backend gave; null until it has given one. */
	models: readonly BackendModel[] | null;
	/** The same as a picker shows it. */
	listed: Entries;
	last: Last;
	/** The question that is under way; null while there is none. */
	asking: { readonly done: Promise<void>; readonly stop: AbortController } | null;
}

/**
 * The model lists of ChatGPT accounts, as their backend gives them: asked for while an account is in use and at no other time,
 * once an hour, one question at a time. An old list stays while a new one is asked for, and when that fails.
 */
export class NativeLists {
	readonly #transport: Pick<Transport, "to">;
	readonly #warn: (message: string) => void;
	readonly #onDidChange: (accountId: string) => void;
	readonly #now: () => number;
	readonly #known = new Map<string, Known>();

	constructor({ transport, warn, onDidChange, now = () => performance.now() }: NativeListsParts) {
		this.#transport = transport;
		this.#warn = warn;
		this.#onDidChange = onDidChange;
		this.#now = now;
	}

	/** The account is in use: asks for its list where that is missing or old. */
	touch(keyed: KeyedNative): void {
		this.#upToDate(keyed);
	}

	/** The account was passed over for a model that its list lacks. Else a new model would be turned away for ever. */
	doubt(accountId: string): void {
		const known = this.#known.get(accountId);
		if (known !== undefined) this.#upToDate(known.keyed);
	}

	/** What a picker shows; an old list at once, a first one as soon as it comes, within a picker's patience. */
	async entriesOf(keyed: KeyedNative): Promise<Entries> {
		const known = this.#upToDate(keyed);
		if (known.models === null && known.asking !== null) await withinPatience(known.asking.done, undefined);
		return known.listed;
	}

	/** What a picker shows, as far as it is known without asking. */
	knownEntries(accountId: string): Entries {
		return this.#known.get(accountId)?.listed ?? noEntries;
	}

	/** Every name that the account can be asked for; null: not known yet. */
	known(accountId: string): readonly string[] | null {
		return this.#known.get(accountId)?.models?.map(({ slug }) => slug) ?? null;
	}

	/** Told of all accounts. Forgets the lists of those that are gone, or are somebody else's, or another backend's now. */
	keep(accounts: readonly ServedNative[]): void {
		for (const [id, known] of this.#known) {
			const served = accounts.find((one) => sameSource(one, known.keyed));
			if (served === undefined) {
				known.asking?.stop.abort();
				this.#known.delete(id);
				if (known.models !== null) this.#onDidChange(id);
			} else if (served.apiKey !== null) {
				known.keyed = { ...served, apiKey: served.apiKey };
				// Somebody wanted the list, and the token was all that was wrong.
				if (hasNewToken(known)) this.#ask(known);
			}
		}
	}

	/** Ends what is under way, and tells nobody. */
	close(): void {
		for (const { asking } of this.#known.values()) asking?.stop.abort();
		this.#known.clear();
	}

	#upToDate(keyed: KeyedNative): Known {
		const known = this.#recordOf(keyed);
		known.keyed = keyed;
		if (hasNewToken(known) || !this.#isFresh(known.last)) this.#ask(known);
		return known;
	}

	#recordOf(keyed: KeyedNative): Known {
		const { id } = keyed.account;
		const known = this.#known.get(id);
		if (known !== undefined && sameSource(keyed, known.keyed)) return known;
		known?.asking?.stop.abort();
		const made: Known = { keyed, models: null, listed: noEntries, last: { kind: "none" }, asking: null };
		this.#known.set(id, made);
		return made;
	}

	#isFresh(last: Last): boolean {
		if (last.kind === "none") return false;
		return this.#now() - last.at < (last.kind === "ok" ? hour : failureKept);
	}

	#ask(known: Known): void {
		if (known.asking !== null) return;
		const { keyed } = known;
		const stop = new AbortController();
		const way = this.#transport.to(new URL(keyed.backend.baseUrl).origin, null);
		const done = fetchBackendModels(way, keyed, stop.signal).then((fetched) => {
			known.asking = null;
			if (this.#known.get(keyed.account.id) !== known) return;
			this.#take(known, fetched, keyed.apiKey);
			// The token was renewed while this was on its way.
			if (hasNewToken(known)) this.#ask(known);
		});
		known.asking = { done, stop };
	}

	#take(known: Known, fetched: FetchedBackendModels, token: string): void {
		const { id, label } = known.keyed.account;
		const at = this.#now();
		if (fetched.kind === "fault") {
			const { fault } = fetched;
			const isRefused = fault.kind === "keyRefused" && fault.status === 401;
			// Once for each spell: while the account is in use, it is asked for every minute.
			if (known.last.kind !== "failed") {
				this.#warn(`The model list of “${label}” could not be fetched (${fault.kind}).`);
			}
			known.last = { kind: "failed", at, refusedToken: isRefused ? token : null };
			return;
		}
		known.last = { kind: "ok", at };
		if (isDeepStrictEqual(fetched.models, known.models)) return;
		known.models = fetched.models;
		known.listed = listedOf(fetched.models);
		this.#onDidChange(id);
	}
}

function listedOf(models: readonly BackendModel[]): Entries {
	const listed = models.filter(({ isListed }) => isListed);
	return new Map(listed.map(({ slug, entry }): readonly [string, ModelEntry] => [slug, entry]));
}

function hasNewToken({ last, keyed }: Known): boolean {
	return last.kind === "failed" && last.refusedToken !== null && last.refusedToken !== keyed.apiKey;
}

/** Whether both are one login at one backend, whichever token it has by now. */
function sameSource(one: ServedNative, other: KeyedNative): boolean {
	return (
		one.account.id === other.account.id &&
		one.account.accountId === other.account.accountId &&
		one.account.userId === other.account.userId &&
		one.backend.baseUrl === other.backend.baseUrl &&
		one.backend.clientVersion === other.backend.clientVersion
	);
}
