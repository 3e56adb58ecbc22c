import type { Account, RelayAccount } from "../accounts/account.ts";
import { readModelSuffix, type SuffixedModel } from "../bridge/modelSuffix.ts";

/** What a client asks for, after aliases and with the label cut. */
export interface ResolvedModel {
	readonly model: string;
	/** Id of the account that `label/model` names; null where it names none. */
	readonly named: string | null;
}

/**
 * Global aliases first, one step; then `label/model`, where the part before the first slash is exactly an account's
 * label. Any other name with a slash is a model's own.
 */
export function resolveModel(
	clientModel: string,
	aliases: Readonly<Record<string, string>>,
	idOfLabel: ReadonlyMap<string, string>,
): ResolvedModel {
	const name = ownEntry(aliases, clientModel) ?? clientModel;
	const slash = name.indexOf("/");
	const named = slash < 0 || slash === name.length - 1 ? undefined : idOfLabel.get(name.slice(0, slash));
	return named === undefined ? { model: name, named: null } : { model: name.slice(slash + 1), named };
}

/**
 * An account's own name for a model; of a ChatGPT account also what the name says beside it.
 * @param listed what the account's backend lists; null: not known.
 */
export function ownModel(account: Account, model: string, listed: readonly string[] | null): SuffixedModel {
	if (account.type === "native") return readModelSuffix(model, listed);
	return { model: relayModelName(account, model), effort: null, tier: null };
}

/** The relay's own name for a model. */
export function relayModelName({ modelMap }: Pick<RelayAccount, "modelMap">, model: string): string {
	return ownEntry(modelMap, model) ?? model;
}

/** A model may be named `constructor`. */
function ownEntry(map: Readonly<Record<string, string>>, name: string): string | undefined {
	return Object.hasOwn(map, name) ? map[name] : undefined;
}
