import type { ServedNative } from "../bridge/protocol.ts";
import { mainBucket, type Quota, type QuotaBucket, type QuotaCredits } from "../bridge/quota.ts";
import type { QuotaReport } from "../bridge/relayReports.ts";
import { isRecord } from "../formats/modelList.ts";
import { askBackend, type BackendAnswer } from "./backendCall.ts";
import { bucketId, type Fields, nameOf, planOf, quotaOf, readBucket, readCredits, type Saying } from "./quotaFields.ts";
import type { Transport } from "./transport.ts";

const windowNames = ["primary_window", "secondary_window"] as const;
/** The first is the backend's of today; older ones, and what stands in for it, have the second. */
const paths = ["/wham/usage", "/codex/usage"] as const;

/**
 * Asks the backend what is left of an account's plan. Never rejects: aborting gives `cancelled`.
 * @param now milliseconds since 1970.
 */
export async function askQuota(
	transport: Pick<Transport, "to">,
	{ account, apiKey, backend }: ServedNative,
	signal: AbortSignal,
	now: () => number = Date.now,
): Promise<QuotaReport> {
	const firstUrl = backend.baseUrl + paths[0];
	if (apiKey === null) return { kind: "keyRefused", url: firstUrl, status: 401, message: "" };
	const way = transport.to(new URL(backend.baseUrl).origin, null);
	const keyed = { account, apiKey, backend };
	const first = await askBackend(way, keyed, paths[0], signal);
	const answer = isElsewhere(first) ? await askBackend(way, keyed, paths[1], signal) : first;
	if (answer.kind === "fault") return answer.fault;
	const quota = quotaOfUsage(answer.body, now());
	return quota === null ? { kind: "otherFormat", url: answer.url, status: 200 } : { kind: "ok", quota };
}

function isElsewhere(answer: BackendAnswer): boolean {
	if (answer.kind !== "fault") return false;
	const { fault } = answer;
	return fault.kind === "wrongPath" || (fault.kind === "html" && fault.status === 404);
}

/**
 * Reads a reply of the usage endpoint. What is not there, or cannot be right, is left out.
 * @param body parsed JSON.
 * @param now milliseconds since 1970.
 */
export function quotaOfUsage(body: unknown, now: number): Quota | null {
	if (!isRecord(body)) return null;
	// Without headers there is no other clock; it tells the seconds too.
	const saying = { now, clock: now };
	const buckets = [
		mainOf(body, saying),
		readBucket(body["code_review_rate_limit"], "code_review", null, windowNames, saying),
		...additionalOf(body["additional_rate_limits"], saying),
	];
	return quotaOf({ plan: planOf(body["plan_type"]), credits: creditsOf(body), buckets }, now);
}

function mainOf(body: Fields, saying: Saying): QuotaBucket | null {
	const bucket = readBucket(body["rate_limit"], mainBucket, null, windowNames, saying);
	const { rate_limit_reached_type: reachedType } = body;
	const why = isRecord(reachedType) ? reachedType["type"] : reachedType;
	if (nameOf(why) === null) return bucket;
	const unknown = { id: mainBucket, name: null, primary: null, secondary: null, reached: null };
	return { ...(bucket ?? unknown), reached: bucket?.reached ?? true };
}

function additionalOf(value: unknown, saying: Saying): readonly (QuotaBucket | null)[] {
	if (!Array.isArray(value)) return [];
	return value.filter(isRecord).map((limit) => {
		const name = nameOf(limit["limit_name"]);
		const id = bucketId(limit["metered_feature"]) ?? bucketId(name);
		return id === null ? null : readBucket(limit["rate_limit"], id, name, windowNames, saying);
	});
}

/** Credits that may not be spent any more are none: the backend, or whoever pays, has set a limit. */
function creditsOf({ credits, spend_control: control }: Fields): QuotaCredits | null {
	const read = readCredits(credits);
	if (read === null) return null;
	const isLimited =
		(isRecord(credits) && credits["overage_limit_reached"] === true) ||
		(isRecord(control) && control["reached"] === true);
	return isLimited ? { ...read, has: false, unlimited: false } : read;
}
