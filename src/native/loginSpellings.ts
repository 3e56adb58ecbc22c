import type { NativeAccount } from "../accounts/account.ts";
import { isRecord } from "../accounts/fieldProblem.ts";
import { cleanLabel } from "../accounts/labelRules.ts";
import type { TokenSet } from "./login.ts";
import { readTokenSet } from "./tokenClaims.ts";

export type LoginRefusal =
	/** Nothing in it is a token or a key. */
	| "noToken"
	/** A line that begins like JSON and is none. */
	| "notJson"
	/** Characters that no header can carry. */
	| "invalid"
	/** The access token does not say whose it is, and there is no refresh token to get another. */
	| "unreadable"
	/** The access token is over, and there is no refresh token to get another. */
	| "expired"
	/** The same account or token stands in the text once more, and that one is taken. */
	| "duplicate"
	/** A base URL stands beside the key: "Import Accounts" reads such. */
	| "relay"
	/** It is for somebody else than OpenAI, who must not be told it. */
	| "otherService";

/** What people set of an account beside its label. */
export type LoginSettings = Pick<NativeAccount, "priority" | "enabled">;

/** One login of a text that a person imports. `settings`: of our own export alone. */
export type LoginEntry =
	| {
			readonly kind: "tokens";
			readonly tokens: TokenSet;
			readonly label: string | null;
			readonly settings?: LoginSettings;
	  }
	/** Has to be exchanged before anything is known of it, which uses it up. Without a label the e-mail address is its label. */
	| {
			readonly kind: "refreshOnly";
			readonly refreshToken: string;
			readonly label: string | null;
			readonly settings?: LoginSettings;
	  }
	/** For the OpenAI API, not for a ChatGPT plan. */
	| { readonly kind: "apiKey"; readonly apiKey: string }
	/** The label is what people recognise it by: its name, else its e-mail address. */
	| { readonly kind: "refused"; readonly code: LoginRefusal; readonly label: string | null };

type Json = Readonly<Record<string, unknown>>;

/** What programs call the same thing; the first one that is there counts. */
const spellings = {
	accessToken: ["access_token", "accessToken", "token"],
	refreshToken: ["refresh_token", "refreshToken"],
	idToken: ["id_token", "idToken"],
	apiKey: ["OPENAI_API_KEY", "api_key", "apiKey"],
	accountId: ["account_id", "accountId", "chatgpt_account_id", "chatgptAccountId"],
	userId: ["user_id", "userId", "chatgpt_user_id", "chatgptUserId"],
	planType: ["plan_type", "planType", "chatgpt_plan_type", "chatgptPlanType"],
	email: ["email"],
	label: ["label", "name", "note"],
	service: ["platform", "provider", "type"],
	baseUrl: ["baseUrl", "base_url", "baseURL", "api_base", "apiBase"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
type Field = keyof typeof spellings;

/** Objects inside an entry in which its tokens may stand. */
const nests = ["tokens", "credentials", "token"] as const;

const openAiHosts = ["api.openai.com", "chatgpt.com", "auth.openai.com"];
const refreshPrefix = /^(?:oaistb_)?rt_/;
const keyPrefix = /^sk-(?!ant-)/;
/** Keys and tokens of Anthropic, Google, GitHub and xAI. */
const othersPrefix = /^(?:sk-ant-|ya29\.|1\/\/|AIza|gh[a-z]_|github_pat_|xai-)/;
const othersName = /claude|anthropic|gemini|google|antigravity|copilot|github|qwen|kimi|iflow|grok|xai/i;
const fitsHeader = /^[\x21-\x7e]+$/;

/**
 * One JSON value, or a token as text → the login in it, and an API key that stands beside it. Never empty: what holds
 * neither is refused.
 * @param now milliseconds since 1970
 */
export function readLogin(value: unknown, now: number): readonly LoginEntry[] {
	const entry = typeof value === "string" ? { access_token: value } : value;
	if (!isRecord(entry)) return [{ kind: "refused", code: "noToken", label: null }];
	const places = [entry, ...nests.map((nest) => entry[nest]).filter(isRecord)];
	const found = sorted(tokenPlace(places));
	const apiKey = found.apiKey ?? secretIn(places, "apiKey");
	const secrets = [found.accessToken, found.refreshToken, apiKey];
	const label = nameIn(places, "label", secrets);
	const person = label ?? nameIn(places, "email", secrets);
	const entries = [readTokens(found, places, { label, person }, now), readApiKey(apiKey, places, person)].filter(
		(read) => read !== null,
	);
	if (entries.length > 0) return entries;
	return [{ kind: "refused", code: othersIn(places) ?? "noToken", label: person }];
}

interface Secrets {
	readonly accessToken: string | null;
	readonly refreshToken: string | null;
	readonly idToken: string | null;
	readonly apiKey: string | null;
}

interface Names {
	readonly label: string | null;
	/** The label, else the e-mail address. */
	readonly person: string | null;
}

/** Tokens of two places may be of two logins and are never paired: the first place that has both, else any. */
function tokenPlace(places: readonly Json[]): Json {
	const has = (field: Field) => (place: Json) => secretIn([place], field) !== null;
	const withAccess = places.filter(has("accessToken"));
	return withAccess.find(has("refreshToken")) ?? withAccess[0] ?? places.find(has("refreshToken")) ?? {};
}

/** Puts each secret where it belongs by its look, whichever field it stands in. */
function sorted(place: Json): Secrets {
	const access = secretIn([place], "accessToken");
	const refresh = secretIn([place], "refreshToken");
	const idToken = secretIn([place], "idToken");
	if (access === null || (!refreshPrefix.test(access) && !keyPrefix.test(access))) {
		return { accessToken: access, refreshToken: refresh, idToken, apiKey: null };
	}
	const isKey = keyPrefix.test(access);
	return {
		accessToken: null,
		refreshToken: refresh ?? (isKey ? null : access),
		idToken,
		apiKey: isKey ? access : null,
	};
}

function readTokens(found: Secrets, places: readonly Json[], { label, person }: Names, now: number): LoginEntry | null {
	const { accessToken, refreshToken, idToken } = found;
	const refused = (code: LoginRefusal): LoginEntry => ({ kind: "refused", code, label: person });
	const secrets = [accessToken, refreshToken].filter((secret) => secret !== null);
	if (secrets.length === 0) return null;
	if (!secrets.every((secret) => fitsHeader.test(secret))) return refused("invalid");
	if (secrets.some((secret) => othersPrefix.test(secret))) return refused("otherService");
	const told = accessToken === null ? null : readTokenSet(accessToken, refreshToken, idToken, null, now);
	// Tokens that name a ChatGPT account prove themselves. Of any other, what stands beside them is believed.
	const others = told?.identity.accountId ? null : othersIn(places);
	if (others !== null) return refused(others);
	const tokens = told === null ? null : withGapsFilled(told, places, secrets);
	if (tokens !== null && tokens.identity.accountId !== null) {
		const over = tokens.expiresAt !== null && tokens.expiresAt <= now;
		return over && refreshToken === null ? refused("expired") : { kind: "tokens", tokens, label };
	}
	return refreshToken === null ? refused("unreadable") : { kind: "refreshOnly", refreshToken, label: person };
}

/** What the tokens do not say and the entry does. It is shown and saved in the clear: what holds a secret is left out. */
function withGapsFilled(tokens: TokenSet, places: readonly Json[], secrets: readonly string[]): TokenSet {
	const { identity } = tokens;
	const told = (field: Field) => {
		const text = textIn(places, field);
		return secrets.some((secret) => text?.includes(secret)) ? null : text;
	};
	return {
		...tokens,
		identity: {
			accountId: identity.accountId ?? told("accountId"),
			userId: identity.userId ?? told("userId"),
			email: identity.email ?? told("email"),
			planType: identity.planType ?? told("planType"),
		},
	};
}

function readApiKey(apiKey: string | null, places: readonly Json[], label: string | null): LoginEntry | null {
	if (apiKey === null) return null;
	const others = othersPrefix.test(apiKey) ? "otherService" : othersIn(places);
	const code = others ?? (fitsHeader.test(apiKey) ? null : "invalid");
	return code === null ? { kind: "apiKey", apiKey } : { kind: "refused", code, label };
}

/** Whether the entry says itself that it is for somebody else. */
function othersIn(places: readonly Json[]): "relay" | "otherService" | null {
	const baseUrl = textIn(places, "baseUrl");
	if (baseUrl !== null && !openAiHosts.includes(URL.parse(baseUrl)?.hostname ?? "")) return "relay";
	const names = places.flatMap((place) => spellings.service.map((name) => place[name]));
	return names.some((name) => typeof name === "string" && othersName.test(name)) ? "otherService" : null;
}

/** A name that holds one of the entry's own secrets is none: names are shown and logged. */
function nameIn(places: readonly Json[], field: "label" | "email", secrets: readonly (string | null)[]): string | null {
	const name = textIn(places, field);
	const tells = secrets.some((secret) => secret !== null && name?.includes(secret));
	return name === null || tells ? null : cleanLabel(name);
}

function secretIn(places: readonly Json[], field: Field): string | null {
	const secret = textIn(places, field)
		?.replace(/^bearer\s+/i, "")
		.trim();
	return secret === undefined || secret === "" ? null : secret;
}

/** Null, empty and what is no text count as absent. */
function textIn(places: readonly Json[], field: Field): string | null {
	const texts = places.flatMap((place) => spellings[field].map((name) => place[name]));
	const text = texts.find((candidate) => typeof candidate === "string" && candidate.trim() !== "");
	return typeof text === "string" ? text.trim() : null;
}
