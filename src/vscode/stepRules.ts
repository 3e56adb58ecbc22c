import type { Account } from "../accounts/account.ts";
import { normaliseBaseUrl } from "../accounts/baseUrl.ts";
import { type FieldProblem, type RelayField, type RelayInput, readRelayInput } from "../accounts/relayInput.ts";
import { chatUrl } from "../formats/endpoints.ts";
import { relayValueOf } from "./relayFormDraft.ts";
import type { RelayDraft } from "./relayFormMessages.ts";

/** What the step-by-step flow works on: a draft as in the form, and the accounts that are there. */
export interface Draft {
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
