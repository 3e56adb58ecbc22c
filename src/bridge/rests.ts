import type { AccountLive, SavedRest } from "./accountLive.ts";

/**
 * The rests that another proxy should go on with: those that have not ended. Key refusals are left out: a proxy that
 * starts tries those keys again.
 * @param now milliseconds since 1970.
 */
export function lastingRests(live: readonly AccountLive[], now: number): readonly SavedRest[] {
	return live
		.flatMap(({ id, rest, modelRests }): readonly SavedRest[] => [
			...(rest === null ? [] : [{ accountId: id, rest, model: null }]),
			...modelRests.map(({ model, ...modelRest }) => ({ accountId: id, rest: modelRest, model })),
		])
		.filter(({ rest }) => rest.reason !== "keyRefused" && (rest.until === null || rest.until > now));
}
