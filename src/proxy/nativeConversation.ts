import type { SuffixedModel } from "../bridge/modelSuffix.ts";
import type { Conversation } from "../formats/conversation.ts";
import type { KeyedNative } from "../pool/usable.ts";
import { scopedCacheKey } from "./scopedIds.ts";

/**
 * A conversation as it goes to a ChatGPT account: its cache key is the account's own, and what the model's name says of effort
 * and tier holds where the client says nothing.
 * @param key of the conversation; null where there is none to be told.
 */
export function nativeConversation(
	conversation: Conversation,
	keyed: KeyedNative,
	{ effort, tier }: SuffixedModel,
	key: string | null,
): Conversation {
	const { reasoning, serviceTier } = conversation;
	const saysEffort = reasoning?.amount !== undefined && reasoning.amount.kind !== "adaptive";
	const saysTier = serviceTier !== undefined && serviceTier !== "auto";
	return {
		...conversation,
		...(key === null ? {} : { cacheKey: scopedCacheKey(keyed, key) }),
		...(effort === null || saysEffort ? {} : { reasoning: { ...reasoning, amount: { kind: "effort", effort } } }),
		...(tier === null || saysTier ? {} : { serviceTier: tier }),
	};
}
