import { isDeepStrictEqual } from "node:util";
import type { RelayAccount } from "../accounts/account.ts";
import { type FieldProblem, readRelayInput } from "../accounts/relayInput.ts";
import type { SecretVault } from "../accounts/secretVault.ts";
import type { RelayTarget } from "../bridge/relayReports.ts";
import { type KeptSettings, keyNeedOf, relayValueOf } from "./relayFormDraft.ts";
import type { RelayDraft } from "./relayFormMessages.ts";
import { relayTarget } from "./relayTarget.ts";

/** Whom a test or a model list of the form is asked of, or what is missing for it. */
type TargetResult =
	| { readonly ok: true; readonly target: RelayTarget }
	| { readonly ok: false; readonly problems: readonly FieldProblem[] };

interface TargetQuestion {
	readonly draft: RelayDraft;
	/** The account being edited as saved now, or null for a new one. */
	readonly saved: RelayAccount | null;
	readonly kept: KeptSettings | null;
	/** A model list needs no allowed models, so that a malformed one does not stop it. */
	readonly purpose: "test" | "models";
}

/**
 * The relay as the form describes it. With an empty key field the saved key is taken, and only for the origin it was
 * saved for.
 */
export function targetOf(question: TargetQuestion, vault: Pick<SecretVault, "apiKeyOf">): TargetResult {
	const { draft, saved, kept, purpose } = question;
	const savedKey = saved === null ? null : vault.apiKeyOf(saved.id);
	const usableKey = keyNeedOf(draft, saved, savedKey !== null) === "saved" ? savedKey : null;
	const value = {
		...relayValueOf(draft, kept),
		// None of them has a part in a request: a relay can be tried before it has a name.
		label: "relay",
		priority: "0",
		maxConcurrent: "",
		...(purpose === "models" ? { allowedModels: [] } : {}),
	};
	const read = readRelayInput(value, { takenLabels: [], key: usableKey === null ? "required" : "keepIfEmpty" });
	if (!read.ok) return read;
	const { format, baseUrl, auth, headers, allowedModels, modelMap, outboundProxy } = read.input;
	const apiKey = read.input.apiKey ?? usableKey;
	if (apiKey === null) return { ok: false, problems: [{ field: "apiKey", code: "keyEmpty", detail: "" }] };
	return { ok: true, target: { format, baseUrl, apiKey, auth, headers, allowedModels, modelMap, outboundProxy } };
}

/** Whether what was asked was the account as it is saved and served, and not what is typed in its form. */
export function callsAsSaved(target: RelayTarget, saved: RelayAccount, vault: Pick<SecretVault, "apiKeyOf">): boolean {
	const apiKey = vault.apiKeyOf(saved.id);
	const call = ({ allowedModels, modelMap, ...rest }: RelayTarget) => rest;
	return apiKey !== null && isDeepStrictEqual(call(target), call(relayTarget(saved, apiKey)));
}
