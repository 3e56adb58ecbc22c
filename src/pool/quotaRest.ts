import type { ModelRest, Rest } from "../bridge/accountLive.ts";
import { mainBucket, type Quota } from "../bridge/quota.ts";
import { exhaustion, mergeQuota, presumedBucket } from "../bridge/quotaRules.ts";
import { type Cooldown, cooldownAfter, laterRest } from "./cooldown.ts";

/** A client that tries name after name must not fill the memory. */
const mostModelRests = 100;

/** What of a ChatGPT account its quota decides. */
export interface QuotaState {
	/** Null: nothing told yet. */
	readonly quota: Quota | null;
	readonly rest: Rest | null;
	/** By the backend's own names. */
	readonly modelRests: readonly ModelRest[];
}

/** What was told of an account's plan. */
export interface ToldQuota {
	readonly quota: Quota;
	/** The backend's own name of the model that was asked; null: the plan itself was asked after. */
	readonly model: string | null;
	/** The bucket in which a model counts. */
	readonly bucketOf: (model: string) => string;
}

/**
 * The rest that a quota asks for: of the whole account when the bucket is used up that most models share, of the one model
 * when that has a bucket of its own. It ends with the reset, or after an hour where none is told.
 * @param model the backend's own name; null: only what concerns the whole account.
 * @param now milliseconds since 1970.
 */
export function quotaRest(
	quota: Quota,
	model: string | null,
	now: number,
	bucketOf: (model: string) => string = presumedBucket,
): Cooldown | null {
	const own = model === null ? mainBucket : bucketOf(model);
	return bucketRest(quota, mainBucket, now) ?? (own === mainBucket ? null : bucketRest(quota, own, now));
}

/**
 * An account after something was told of its plan. Only what has just been told makes it rest: a person who has ended a rest
 * must not find it back because of an older word. And only an answer about the plan itself ends rests: a reply may belong to a
 * request that is older than the refusal.
 * @param now milliseconds since 1970.
 * @returns rests as they were, by identity, where nothing of them changes.
 */
export function afterQuota(state: QuotaState, { quota: told, model, bucketOf }: ToldQuota, now: number): QuotaState {
	const quota = mergeQuota(state.quota, told, now);
	// Replies leave out the credits as a rule. A refusal that tells no window comes with a rest of its own, and knows its end.
	const buckets = told.buckets.filter(
		(bucket) => model === null || bucket.primary !== null || bucket.secondary !== null,
	);
	const fresh = { ...told, buckets, credits: quota.credits };
	const left = model === null ? withoutEnded(state, fresh, bucketOf, now) : state;
	const found = quotaRest(fresh, model, now, bucketOf);
	if (found === null) return { ...left, quota };
	if (found.scope === "account") return { ...left, quota, rest: laterRest(left.rest, found.rest) };
	if (model === null) return { ...left, quota };
	const known = left.modelRests.find((rest) => rest.model === model) ?? null;
	const next = laterRest(known, { ...found.rest, model });
	if (next === known) return { ...left, quota };
	const others = left.modelRests.filter((rest) => rest !== known);
	return { ...left, quota, modelRests: [...others.slice(-(mostModelRests - 1)), next] };
}

/** Ends rests whose bucket has something left. */
function withoutEnded(
	{ rest, modelRests, quota }: QuotaState,
	told: Quota,
	bucketOf: ToldQuota["bucketOf"],
	now: number,
): QuotaState {
	const isOpen = (bucket: string) =>
		told.buckets.some(({ id }) => id === bucket) && exhaustion(told, bucket, now) === null;
	const ends = ({ reason }: Rest, bucket: string) => reason === "outOfQuota" && isOpen(bucket);
	const kept = modelRests.filter((one) => !ends(one, bucketOf(one.model)));
	return {
		quota,
		rest: rest !== null && ends(rest, mainBucket) ? null : rest,
		modelRests: kept.length === modelRests.length ? modelRests : kept,
	};
}

function bucketRest(quota: Quota, bucket: string, now: number): Cooldown | null {
	const found = exhaustion(quota, bucket, now);
	if (found === null) return null;
	const seconds = found.until === null ? null : (found.until - now) / 1000;
	const modelOnly = bucket !== mainBucket;
	return cooldownAfter({ kind: "outOfQuota", status: null, detail: "", seconds, modelOnly }, now);
}
