import { mainBucket, type Quota } from "../bridge/quota.ts";
import { exhaustion } from "../bridge/quotaRules.ts";
import { parseJson } from "../formats/probe.ts";
import type { Failure } from "../pool/cooldown.ts";
import type { RawHeaders } from "./headers.ts";
import { quotaOfRefusal } from "./quotaEvent.ts";
import { activeBucket, quotaOfHeaders } from "./quotaHeaders.ts";
import { clockOf } from "./retryHeaders.ts";

/** Seconds. Whoever asks too quickly is let in again sooner; a wait beyond is that of a plan's window. */
const longestPause = 3600;

/** How the backend has refused a request. */
export interface QuotaRefusal {
	readonly headers: RawHeaders;
	/** In clear; null where it is not at hand. */
	readonly body: string | null;
	/** The bucket in which the model counts, as far as is known; the reply's own word goes before it. */
	readonly bucket: string;
}

/**
 * A failure of a ChatGPT account with what the refusal says of its plan: how long the bucket is used up, and whether it is the
 * model's alone. A 429 without a reason is about the plan when the headers show a full window. Any other failure stays as it is.
 * @param now milliseconds since 1970.
 */
export function quotaFailure(failure: Failure, refusal: QuotaRefusal, now: number): Failure {
	if (failure.kind !== "outOfQuota" && failure.kind !== "rateLimited") return failure;
	const { headers } = refusal;
	const bucket = bucketOf(refusal);
	const told = quotaOfHeaders(headers, now);
	// It has refused: whatever credits there are, they did not help.
	const found = told === null ? null : exhaustion({ ...told, credits: null }, bucket, now);
	const body = bodyOf(refusal, now);
	const waits = [found?.until ?? null, body?.resetsAt ?? null].flatMap((end) =>
		end === null ? [] : (end - now) / 1000,
	);
	// Read from the same body, or from a `Retry-After`, but by the clock here.
	const isRead = body !== null && body.resetsAt !== null;
	if (failure.kind === "outOfQuota" && failure.seconds !== null && !isRead) waits.push(failure.seconds);
	const seconds = waits.length === 0 ? failure.seconds : Math.max(...waits);
	const isQuota = failure.kind === "outOfQuota" || found !== null || body?.isUsedUp || (seconds ?? 0) > longestPause;
	// A missing payment concerns the account, whichever model found out.
	const modelOnly = bucket !== mainBucket && failure.status !== 402;
	const { status, detail } = failure;
	if (isQuota) return { kind: "outOfQuota", status, detail, seconds, modelOnly };
	return { ...failure, seconds, modelOnly: failure.modelOnly || modelOnly };
}

/**
 * What a refusal tells of the plan; null where the failure is not about it. @param failure as `quotaFailure` gives it.
 * @param now milliseconds since 1970.
 */
export function refusedQuota(failure: Failure, refusal: QuotaRefusal, now: number): Quota | null {
	if (failure.kind !== "outOfQuota" || failure.status === 402) return null;
	const told = quotaOfHeaders(refusal.headers, now);
	const id = bucketOf(refusal);
	const unknown = { id, name: null, primary: null, secondary: null };
	const known = told?.buckets.find((bucket) => bucket.id === id) ?? unknown;
	const others = told?.buckets.filter((bucket) => bucket.id !== id) ?? [];
	return {
		at: now,
		plan: told?.plan ?? bodyOf(refusal, now)?.plan ?? null,
		buckets: [{ ...known, reached: true }, ...others],
		credits: told?.credits ?? null,
	};
}

function bucketOf({ headers, bucket }: QuotaRefusal): string {
	return activeBucket(headers) ?? bucket;
}

function bodyOf({ headers, body }: QuotaRefusal, now: number): ReturnType<typeof quotaOfRefusal> {
	return body === null ? null : quotaOfRefusal(parseJson(body), { now, clock: clockOf(headers, now) });
}
