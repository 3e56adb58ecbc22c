import { mainBucket, type Quota } from "../bridge/quota.ts";
import { isRecord } from "../formats/modelList.ts";
import {
	bucketId,
	type Fields,
	momentOf,
	nameOf,
	planOf,
	quotaOf,
	readBucket,
	readCredits,
	type Saying,
} from "./quotaFields.ts";

/** The backend's event about its limits; the public API has none of that name. */
export const quotaEventType = "codex.rate_limits";

const windowNames = ["primary", "secondary"] as const;

/** What a refusal's body says of the bucket that is used up. */
export interface RefusedQuota {
	readonly plan: string | null;
	/** Milliseconds since 1970, by the clock here; null: not told. */
	readonly resetsAt: number | null;
	/** The plan is named as the cause; else it may be the pace of the requests. */
	readonly isUsedUp: boolean;
}

/** What an event of that type tells of the plan; null for any other event, and where it tells nothing. */
export function quotaOfEvent(event: unknown, saying: Saying): Quota | null {
	if (!isRecord(event) || event["type"] !== quotaEventType) return null;
	const name = nameOf(event["limit_name"]);
	// Where only a name is given, it is a bucket of its own all the same: the main one is meant where neither is.
	const id = bucketId(event["metered_limit_name"]) ?? (name === null ? mainBucket : (bucketId(name) ?? "other"));
	const own = readBucket(event["rate_limits"], id, id === bucketId(name) ? null : name, windowNames, saying);
	const review = readBucket(event["code_review_rate_limits"], "code_review", null, windowNames, saying);
	const credits = readCredits(event["credits"]);
	return quotaOf({ plan: planOf(event["plan_type"]), credits, buckets: [own, review] }, saying.now);
}

/** What the body of a 429 or a 402 says; null where it is about something else. @param body parsed JSON. */
export function quotaOfRefusal(body: unknown, saying: Saying): RefusedQuota | null {
	if (!isRecord(body)) return null;
	const { error, detail } = body;
	const fields: Fields = isRecord(error) ? error : isRecord(detail) ? detail : body;
	const resetsAt = momentOf(fields, saying);
	const isUsedUp = [fields["type"], fields["code"]].includes("usage_limit_reached");
	return resetsAt === null && !isUsedUp ? null : { plan: planOf(fields["plan_type"]), resetsAt, isUsedUp };
}
