import { isDeepStrictEqual } from "node:util";
import { type Account, isRelay, type RelayAccount } from "./account.ts";
import { type FieldProblem, isRecord } from "./fieldProblem.ts";
import { isSameLabel } from "./labelRules.ts";
import { type InputContext, type RelayInput, readRelayInput } from "./relayInput.ts";

export type SaveResult =
	| { readonly kind: "added" | "updated" | "unchanged"; readonly account: RelayAccount }
	/** Nothing was written: what was to be added is this relay, with other settings. */
	| { readonly kind: "same"; readonly account: RelayAccount }
	| { readonly kind: "refused"; readonly problems: readonly FieldProblem[] };

/** What someone wants to be saved; `value` is unknown input for `readRelayInput`. */
export type Wish =
	| { readonly kind: "edit"; readonly id: string; readonly value: unknown }
	/** Added under `newId`, unless there is a relay with the same base URL, format and key: that one is left as it is. */
	| { readonly kind: "add"; readonly newId: string; readonly value: unknown }
	/** As `add`, but updates what is the same. The same label, base URL and format are too, and the key may be missing. */
	| { readonly kind: "import"; readonly newId: string; readonly value: unknown };

interface KeyToStore {
	readonly apiKey: string;
	/** The only one that the key is for. */
	readonly origin: string;
}

/** What saving comes to. */
interface SavePlan {
	readonly accounts: readonly Account[];
	/** Keys to be stored, by account id. */
	readonly keys: ReadonlyMap<string, KeyToStore>;
	/** One for each wish. */
	readonly results: readonly SaveResult[];
}

interface Saved {
	readonly accounts: readonly Account[];
	readonly apiKeyOf: (accountId: string) => string | null;
	/** ISO 8601; when what is new was added. */
	readonly now: string;
}

/** Decides what saving these wishes, one after the other, does to what is saved. Pure. */
export function planSaves({ accounts, apiKeyOf, now }: Saved, wishes: readonly Wish[]): SavePlan {
	const planned = [...accounts];
	const keys = new Map<string, KeyToStore>();
	const keyNow = (id: string) => keys.get(id)?.apiKey ?? apiKeyOf(id);
	const results = wishes.map((wish): SaveResult => {
		const decision = decide({ accounts: planned, apiKeyOf: keyNow, now }, wish);
		if ("problems" in decision) return { kind: "refused", problems: decision.problems };
		if ("same" in decision) return { kind: "same", account: decision.same };
		const { account } = decision;
		const index = planned.findIndex(({ id }) => id === account.id);
		const before = planned[index];
		const apiKey = decision.apiKey ?? keyNow(account.id);
		const origin = new URL(account.baseUrl).origin;
		// A relay that moves takes its key along: saving it is the yes to that.
		const moves = before !== undefined && originOf(before) !== origin;
		const keyChanges = apiKey !== null && (moves || apiKey !== keyNow(account.id));
		const changes = keyChanges || !isDeepStrictEqual(before, account);
		if (keyChanges) keys.set(account.id, { apiKey, origin });
		if (before === undefined) {
			planned.push(account);
			return { kind: "added", account };
		}
		planned[index] = account;
		return { kind: changes ? "updated" : "unchanged", account };
	});
	return { accounts: planned, keys, results };
}

/** Where an account's requests go; null for one without a URL of its own. */
export function originOf(account: Account): string | null {
	return isRelay(account) ? new URL(account.baseUrl).origin : null;
}

type Decision =
	| { readonly account: RelayAccount; readonly apiKey: string | null }
	| { readonly same: RelayAccount }
	| { readonly problems: readonly FieldProblem[] };

function decide(saved: Saved, wish: Wish): Decision {
	if (wish.kind === "edit") {
		const account = saved.accounts.find(({ id }) => id === wish.id);
		if (account === undefined) return refusal("accountGone");
		return isRelay(account) ? updateOf(saved, account, wish) : refusal("notRelay");
	}
	const key = wish.kind === "import" ? "keepIfEmpty" : "required";
	// The label of the relay that is updated is not taken, so that relay has to be found first.
	const unlabelled = readRelayInput(wish.value, { takenLabels: [], key });
	const same = unlabelled.ok ? sameRelay(saved, wish, unlabelled.input) : undefined;
	if (same !== undefined) {
		const update = updateOf(saved, same, wish);
		const changesNothing = "account" in update && isDeepStrictEqual(update.account, same);
		return wish.kind === "import" || changesNothing ? update : { same };
	}
	const read = readRelayInput(wish.value, { takenLabels: saved.accounts.map(({ label }) => label), key });
	if (!read.ok) return { problems: read.problems };
	const { apiKey, ...fields } = read.input;
	return {
		account: {
			...fields,
			id: wish.newId,
			type: "relay",
			addedAt: saved.now,
		},
		apiKey,
	};
}

function sameRelay(saved: Saved, wish: Wish, input: RelayInput): RelayAccount | undefined {
	const sameUrl = saved.accounts
		.filter(isRelay)
		.filter(({ baseUrl, format }) => baseUrl === input.baseUrl && format === input.format);
	const sameKey = sameUrl.find(({ id }) => input.apiKey !== null && saved.apiKeyOf(id) === input.apiKey);
	if (sameKey !== undefined || wish.kind !== "import") return sameKey;
	return sameUrl.find(({ label }) => isSameLabel(label, input.label));
}

/** Fields that the input does not have stay as they are saved: an import need not repeat what was set by hand. */
function updateOf(saved: Saved, account: RelayAccount, { kind, value }: Wish): Decision {
	const context: InputContext = {
		takenLabels: saved.accounts.filter(({ id }) => id !== account.id).map(({ label }) => label),
		key: kind === "add" ? "required" : "keepIfEmpty",
		savedBaseUrl: kind === "edit" ? account.baseUrl : undefined,
	};
	const read = readRelayInput(isRecord(value) ? { ...account, ...givenIn(value) } : value, context);
	if (!read.ok) return { problems: read.problems };
	const { apiKey, ...fields } = read.input;
	return { account: { ...account, ...fields }, apiKey };
}

function givenIn(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
	return Object.fromEntries(Object.entries(value).filter(([, given]) => given !== undefined));
}

function refusal(code: "accountGone" | "notRelay"): Decision {
	return { problems: [{ field: "entry", code, detail: "" }] };
}
