import type { NativeAccount } from "../accounts/account.ts";
import { isRecord } from "../accounts/fieldProblem.ts";
import type { Login } from "./login.ts";
import { type LoginEntry, readLogin } from "./loginSpellings.ts";

const exportType = "relay-accounts-logins";
const exportVersion = 1;

export type LoginFileProblem =
	| "empty"
	/** It begins like JSON and is none, or is cut off. */
	| "notJson"
	/** Nothing in it looks like a login. */
	| "noLogins"
	/** A later version of our own export. */
	| "newerVersion"
	/** More logins than anybody has: nothing of it is looked at. */
	| "tooMany";

const mostEntries = 1000;

export interface LoginReading {
	/** In the text's order; none where the text as a whole cannot be read. */
	readonly entries: readonly LoginEntry[];
	readonly fileProblem: LoginFileProblem | null;
}

/** An account with its secret, to be written down. */
export interface LoginToWrite {
	readonly account: Pick<
		NativeAccount,
		"label" | "email" | "accountId" | "userId" | "planType" | "priority" | "enabled"
	>;
	readonly login: Pick<Login, "accessToken" | "refreshToken" | "renewedAt">;
}

/**
 * Reads logins from whatever programs write: an object, a list, `{accounts: […]}`, JSON lines, or lines of bare tokens.
 * Comments are not understood. Of two entries for one login the better one is taken.
 * @param now milliseconds since 1970
 */
export function readLogins(text: string, now: number = Date.now()): LoginReading {
	// A byte order mark counts as white space.
	const bare = text.trim();
	if (bare === "") return fileProblem("empty");
	const json = parsed(bare);
	if (json === undefined) return readLines(bare, now);
	const isOwn = isRecord(json) && json["type"] === exportType;
	if (isOwn && json["version"] !== exportVersion) return fileProblem("newerVersion");
	const values = isRecord(json) && Array.isArray(json["accounts"]) ? json["accounts"] : json;
	return readValues(Array.isArray(values) ? values : [values], isOwn, now);
}

/** Our own export. Each account has the shape of Codex CLI's login file, without an identity token. */
export function writeLogins(accounts: readonly LoginToWrite[]): string {
	const entries = accounts.map(({ account, login }) => ({
		label: account.label,
		email: account.email,
		account_id: account.accountId,
		user_id: account.userId,
		plan_type: account.planType,
		priority: account.priority,
		enabled: account.enabled,
		tokens: {
			access_token: login.accessToken,
			refresh_token: login.refreshToken,
			account_id: account.accountId,
		},
		last_refresh: login.renewedAt === null ? null : new Date(login.renewedAt).toISOString(),
	}));
	return `${JSON.stringify({ type: exportType, version: exportVersion, accounts: entries }, null, 2)}\n`;
}

function fileProblem(problem: LoginFileProblem): LoginReading {
	return { entries: [], fileProblem: problem };
}

/** @returns undefined for what is no JSON. The parser's message is not kept: it quotes the text. */
function parsed(text: string): unknown {
	try {
		const json: unknown = JSON.parse(text);
		return json;
	} catch {
		return undefined;
	}
}

function readValues(values: readonly unknown[], isOwn: boolean, now: number): LoginReading {
	if (values.length > mostEntries) return fileProblem("tooMany");
	const entries = values.flatMap((value) => {
		const read = readLogin(value, now);
		return isOwn ? read.map((entry) => withSettings(entry, value)) : read;
	});
	const isEmpty = entries.every((entry) => entry.kind === "refused" && entry.code === "noToken");
	return isEmpty ? fileProblem("noLogins") : { entries: withoutDuplicates(entries), fileProblem: null };
}

/** Other programs count priorities in ways of their own. */
function withSettings(entry: LoginEntry, value: unknown): LoginEntry {
	if ((entry.kind !== "tokens" && entry.kind !== "refreshOnly") || !isRecord(value)) return entry;
	const { priority, enabled } = value;
	const isPriority = typeof priority === "number" && Number.isSafeInteger(priority);
	return { ...entry, settings: { priority: isPriority ? priority : 0, enabled: enabled !== false } };
}

/** Long enough that no word of a sentence is taken for a token. */
const bareToken = /^(?:bearer\s+)?[\w.~+/=-]{20,}$/i;
const beginsLikeJson = /^[[{"]/;

function readLines(text: string, now: number): LoginReading {
	const lines = text
		.split(/[\r\n]+/)
		.map((line) => line.trim())
		.filter((line) => line !== "");
	if (lines.length > mostEntries) return fileProblem("tooMany");
	const read = lines.map((line): readonly LoginEntry[] => {
		const json = beginsLikeJson.test(line) ? parsed(line) : line;
		if (json === undefined) return [{ kind: "refused", code: "notJson", label: null }];
		const isPlain = typeof json !== "string" || bareToken.test(json);
		return isPlain ? readLogin(json, now) : [{ kind: "refused", code: "noToken", label: null }];
	});
	const entries = read.flat();
	if (entries.some(({ kind }) => kind !== "refused")) {
		return { entries: withoutDuplicates(entries), fileProblem: null };
	}
	// Lines of one broken JSON text tell nothing one by one.
	if (beginsLikeJson.test(text)) return fileProblem("notJson");
	const nothing = entries.every((entry) => entry.kind === "refused" && entry.code === "noToken");
	return nothing ? fileProblem("noLogins") : { entries, fileProblem: null };
}

/** Entries for one login, of which one is taken. */
interface Same {
	readonly best: number;
	readonly names: readonly string[];
}

/** Of entries for one login the best is taken: a refresh token that was used since then ends the login when used again. */
function withoutDuplicates(entries: readonly LoginEntry[]): readonly LoginEntry[] {
	const byName = new Map<string, Same>();
	const taken = new Set<number>();
	for (const [index, entry] of entries.entries()) {
		const names = namesOf(entry);
		const others = [...new Set(names.map((name) => byName.get(name)))].filter((same) => same !== undefined);
		const candidates = [...others.map(({ best }) => best), index];
		const best = candidates.reduce((one, other) => (isBetter(entries[other], entries[one]) ? other : one));
		const same: Same = { best, names: [...new Set([...names, ...others.flatMap((other) => other.names)])] };
		for (const name of same.names) byName.set(name, same);
		for (const candidate of candidates) taken.delete(candidate);
		taken.add(best);
	}
	return entries.map((entry, index) => (taken.has(index) ? entry : refusedAsDuplicate(entry)));
}

/** By what an entry is known to be the same as another. Members of a team share the account id. */
function namesOf(entry: LoginEntry): readonly string[] {
	if (entry.kind === "refused") return [];
	if (entry.kind === "apiKey") return [`key ${entry.apiKey}`];
	if (entry.kind === "refreshOnly") return [`refresh ${entry.refreshToken}`];
	const { accessToken, refreshToken, identity } = entry.tokens;
	const { accountId, userId } = identity;
	return [
		`access ${accessToken}`,
		...(refreshToken === null ? [] : [`refresh ${refreshToken}`]),
		...(accountId === null || userId === null ? [] : [`account ${JSON.stringify([accountId, userId])}`]),
	];
}

function isBetter(entry: LoginEntry | undefined, other: LoginEntry | undefined): boolean {
	if (entry?.kind !== "tokens") return false;
	if (other?.kind !== "tokens") return true;
	const lasts = ({ tokens }: typeof entry) => tokens.refreshToken !== null;
	if (lasts(entry) !== lasts(other)) return lasts(entry);
	return (entry.tokens.expiresAt ?? 0) > (other.tokens.expiresAt ?? 0);
}

function refusedAsDuplicate(entry: LoginEntry): LoginEntry {
	const label =
		entry.kind === "apiKey"
			? null
			: entry.kind === "tokens"
				? (entry.label ?? entry.tokens.identity.email)
				: entry.label;
	return { kind: "refused", code: "duplicate", label };
}
