import { isDeepStrictEqual } from "node:util";
import type { Account, NativeAccount } from "../accounts/account.ts";
import { cleanLabel, cutLabel, labelKey, notText } from "../accounts/labelRules.ts";
import type { Identity, Login, TokenSet } from "./login.ts";
import type { LoginSettings } from "./loginSpellings.ts";
import { type Bound, isBoundTo } from "./loginState.ts";
import { isToken } from "./loginText.ts";
import { isExpired } from "./renewalSchedule.ts";
import { samenessOf, withIdentity } from "./samePerson.ts";

/** Characters of an id, an email or a plan's name; an email has no more. */
const longestName = 320;

/** Tokens that are to become an account's login. */
export interface LoginWish {
	readonly tokens: TokenSet;
	/** The id of the account, should there be none for this person yet. */
	readonly newId: string;
	/** What a new account is called; by default after its email. */
	readonly label?: string | undefined;
	/** Of a new account. */
	readonly settings?: LoginSettings | undefined;
	/** The account that somebody wants to sign in again. */
	readonly accountId?: string | undefined;
	/** From a sign-in of just now; false: out of a file, which may be older than what is there. */
	readonly isFresh: boolean;
}

export type LoginResult =
	| { readonly kind: "added" | "renewed"; readonly account: NativeAccount }
	/** The account has this login, or a newer one. */
	| { readonly kind: "unchanged"; readonly account: NativeAccount }
	/** An earlier wish was for the same person. */
	| { readonly kind: "repeated"; readonly account: NativeAccount }
	/** Signed in as somebody else than the account that was to be signed in again. */
	| { readonly kind: "otherPerson"; readonly expected: NativeAccount; readonly identity: Identity }
	/** Neither token can be sent. */
	| { readonly kind: "refused" };

interface LoginPlan {
	readonly accounts: readonly Account[];
	/** To be stored, by account id. */
	readonly logins: ReadonlyMap<string, Login>;
	/** One for each wish. */
	readonly results: readonly LoginResult[];
}

interface Saved {
	readonly accounts: readonly Account[];
	readonly loginOf: (accountId: string) => Login | null;
	/** Where the tokens may go. */
	readonly bound: Bound;
	/** Milliseconds since 1970. */
	readonly now: number;
}

/** Decides what becomes of accounts and logins when these wishes come true, one after the other. Pure. */
export function planLogins({ accounts, loginOf, bound, now }: Saved, wishes: readonly LoginWish[]): LoginPlan {
	const planned = [...accounts];
	const logins = new Map<string, Login>();
	const touched = new Set<string>();
	const results = wishes.map((wish): LoginResult => {
		const tokens = cleanTokens(wish.tokens);
		if (tokens === null) return { kind: "refused" };
		const { identity } = tokens;
		// What has ended before it came was not given just now.
		const isNewlyGiven = wish.isFresh && (tokens.expiresAt === null || tokens.expiresAt > now);
		const renewedAt = isNewlyGiven ? now : null;
		const loginNow = (id: string) => logins.get(id) ?? loginOf(id);
		const owner = ownerOf(planned.filter(isNative), tokens, loginNow);
		const expected = planned.filter(isNative).find(({ id }) => id === wish.accountId);
		if (expected !== undefined && isSomebodyElse(expected, owner, identity)) {
			return { kind: "otherPerson", expected, identity };
		}
		const before = owner ?? expected;
		if (before === undefined) {
			const account = newAccount(planned, wish, identity, now);
			planned.push(account);
			touched.add(account.id);
			logins.set(account.id, loginFrom(tokens, bound, null, renewedAt));
			return { kind: "added", account };
		}
		const first = touched.has(before.id) ? logins.get(before.id) : undefined;
		if (first !== undefined) {
			if (isNewer(tokens, first, bound, now)) logins.set(before.id, loginFrom(tokens, bound, first, null));
			return { kind: "repeated", account: before };
		}
		const saved = loginOf(before.id);
		if (!wish.isFresh && saved !== null && !isNewer(tokens, saved, bound, now)) {
			return { kind: "unchanged", account: before };
		}
		touched.add(before.id);
		const account = withIdentity(before, identity);
		planned[planned.indexOf(before)] = account;
		const login = loginFrom(tokens, bound, saved, renewedAt);
		if (isDeepStrictEqual(login, saved) && isDeepStrictEqual(account, before)) return { kind: "unchanged", account };
		logins.set(account.id, login);
		return { kind: "renewed", account };
	});
	return { accounts: planned, logins, results };
}

/** The first label of its kind that no account has. */
export function freeLabel(accounts: readonly Account[], wished: string): string {
	// Looked at once: a file may hold a thousand logins of one name.
	const taken = new Set(accounts.map(({ label }) => labelKey(label)));
	let label = wished;
	for (let count = 2; taken.has(labelKey(label)); count += 1) label = cutLabel(wished, ` (${count})`);
	return label;
}

export function isNative(account: Account): account is NativeAccount {
	return account.type === "native";
}

/** The account that these tokens are for: by the person's ids, else by the very token. */
function ownerOf(
	accounts: readonly NativeAccount[],
	{ identity, refreshToken }: TokenSet,
	loginOf: (accountId: string) => Login | null,
): NativeAccount | undefined {
	const people = accounts.map((account) => ({ account, sameness: samenessOf(account, identity) }));
	const found =
		people.find(({ sameness }) => sameness === "sure") ??
		people.find(({ sameness }) => sameness === "likely") ??
		// Of an account whose person is not known yet. Two accounts would use up the one token twice.
		people.find(
			({ account, sameness }) =>
				sameness !== "other" && refreshToken !== null && loginOf(account.id)?.refreshToken === refreshToken,
		);
	return found?.account;
}

function isSomebodyElse(expected: NativeAccount, owner: NativeAccount | undefined, identity: Identity): boolean {
	return owner === undefined ? samenessOf(expected, identity) === "other" : owner.id !== expected.id;
}

function newAccount(accounts: readonly Account[], wish: LoginWish, identity: Identity, now: number): NativeAccount {
	const wished = cleanLabel(wish.label ?? "") ?? cleanLabel(identity.email ?? "") ?? "ChatGPT";
	return {
		id: wish.newId,
		type: "native",
		label: freeLabel(accounts, wished),
		email: identity.email,
		accountId: identity.accountId,
		userId: identity.userId,
		planType: identity.planType,
		format: null,
		baseUrl: null,
		allowedModels: null,
		priority: wish.settings?.priority ?? 0,
		enabled: wish.settings?.enabled ?? true,
		addedAt: new Date(now).toISOString(),
	};
}

/** @returns null where nothing of it can be sent. */
function cleanTokens({ accessToken, refreshToken, expiresAt, identity }: TokenSet): TokenSet | null {
	const access = isToken(accessToken) ? accessToken : "";
	const refresh = isToken(refreshToken) ? refreshToken : null;
	if (access === "" && refresh === null) return null;
	const { accountId, userId, email, planType } = identity;
	return {
		...{ accessToken: access, refreshToken: refresh, expiresAt: access === "" ? null : expiresAt },
		identity: {
			...{ accountId: cleanName(accountId), userId: cleanName(userId) },
			...{ email: cleanName(email), planType: cleanName(planType) },
		},
	};
}

/** What a file says of somebody is saved and shown: null for what no id, email or plan can be. */
function cleanName(name: string | null): string | null {
	return name === null || name.length > longestName || notText.test(name) || !name.isWellFormed() ? null : name;
}

/** A file may hold tokens that have been renewed since: such a refresh token is used up. */
function isNewer(tokens: TokenSet, saved: Login, bound: Bound, now: number): boolean {
	if (!isBoundTo(saved, bound)) return true;
	const isSame = tokens.refreshToken === null || tokens.refreshToken === saved.refreshToken;
	if (isSame && (tokens.accessToken === "" || tokens.accessToken === saved.accessToken)) return false;
	if (isExpired(saved, now)) return true;
	return tokens.expiresAt !== null && (saved.expiresAt === null || tokens.expiresAt > saved.expiresAt);
}

/** A refresh token is never replaced by none. */
function loginFrom(tokens: TokenSet, bound: Bound, saved: Login | null, renewedAt: number | null): Login {
	const old = saved !== null && isBoundTo(saved, bound) ? saved.refreshToken : null;
	return {
		accessToken: tokens.accessToken,
		refreshToken: tokens.refreshToken ?? old,
		expiresAt: tokens.expiresAt,
		...bound,
		renewedAt,
	};
}
