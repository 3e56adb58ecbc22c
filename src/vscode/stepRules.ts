import type { Account } from "../accounts/account.ts";
import { normaliseBaseUrl } from "../accounts/baseUrl.ts";
import { type FieldProblem, type RelayField, type RelayInput, readRelayInput } from "../accounts/relayInput.ts";
import { chatUrl } from "../formats/endpoints.ts";
import { relayValueOf, repeatedHeaders } from "./relayFormDraft.ts";
import type { HeaderRow, RelayDraft } from "./relayFormMessages.ts";

/** What the step-by-step flow works on: a draft as in the form, and the accounts that are there. */
interface Draft {
	readonly draft: RelayDraft;
	readonly accounts: readonly Account[];
}

function read({ draft, accounts }: Draft): ReturnType<typeof readRelayInput> {
	const takenLabels = accounts.map(({ label }) => label);
	return readRelayInput(relayValueOf(draft, null), { takenLabels, key: "required" });
}

/**
 * What is wrong with one field of a draft, judged as saving will judge it. Plain http is no problem of the URL's own:
 * it is asked about in a step of its own.
 */
export function fieldProblems(state: Draft, field: RelayField): readonly FieldProblem[] {
	const result = read(state);
	if (result.ok) return [];
	return result.problems.filter((problem) => problem.field === field && problem.code !== "urlPlainHttp");
}

/** The draft as a relay to test or to ask for its models; null while something is wrong with it. */
export function inputOf(state: Draft): RelayInput | null {
	const result = read(state);
	return result.ok ? result.input : null;
}

/** The URL that a chat request will call; null while the base URL is none. */
export function calledUrl({ format, baseUrl }: RelayDraft): string | null {
	const url = normaliseBaseUrl(baseUrl, format);
	return url.ok ? chatUrl(format, url.baseUrl) : null;
}

/** The host that would get the key unencrypted; null when it travels safely. */
export function plainHttpHost({ format, baseUrl }: RelayDraft): string | null {
	const url = normaliseBaseUrl(baseUrl, format);
	return url.ok && url.plainHttp ? new URL(url.baseUrl).host : null;
}

/** A header as one line. */
export function headerLine({ name, value }: HeaderRow): string {
	return `${name}: ${value}`;
}

/** "Name: value" as typed → its parts; null without a colon. */
export function headerRowIn(typed: string): HeaderRow | null {
	const [, name, value] = /^([^:]*):(.*)$/s.exec(typed) ?? [];
	return name === undefined || value === undefined ? null : { name: name.trim(), value: value.trim() };
}

/**
 * The headers with one of them as typed now; without it where nothing is typed.
 * @param index behind the last one for a new one.
 */
export function withHeader(headers: readonly HeaderRow[], index: number, typed: string): readonly HeaderRow[] {
	const row = headerRowIn(typed);
	return [...headers.slice(0, index), ...(row === null ? [] : [row]), ...headers.slice(index + 1)];
}

/** A header name that stands there more than once; null when there is none. */
export function repeatedHeader({ headers }: RelayDraft): string | null {
	return repeatedHeaders(headers)[0] ?? null;
}
