import { mainBucket, type Quota, type QuotaBucket } from "../bridge/quota.ts";
import { headerValue, type RawHeaders } from "./headers.ts";
import { bucketId, type Fields, nameOf, planOf, quotaOf, readCredits, readWindow, type Saying } from "./quotaFields.ts";
import { clockOf } from "./retryHeaders.ts";

/** `x-codex-primary-used-percent`, `x-codex-bengalfox-secondary-reset-at`, `x-code-review-limit-name`. */
const limitHeader =
	/^x-(?<family>[a-z0-9]+(?:-[a-z0-9]+)*?)-(?:(?<span>primary|secondary)-(?<field>used-percent|window-minutes|reset-at|reset-after-seconds)|(?<name>limit-name))$/;

/** What the headers of one family say, in their own words. */
interface Family {
	readonly primary: Record<string, string>;
	readonly secondary: Record<string, string>;
	name: string | null;
}

/**
 * What the headers of a reply of the backend tell of its account's plan. Each value that cannot be right is left out alone.
 * @param now milliseconds since 1970.
 * @returns null where they tell nothing.
 */
export function quotaOfHeaders(headers: RawHeaders, now: number): Quota | null {
	const saying = { now, clock: clockOf(headers, now) };
	const told = bucketsOf(headers, saying);
	const plan = planOf(headerValue(headers, "x-codex-plan-type"));
	const credits = readCredits({
		has_credits: headerValue(headers, "x-codex-credits-has-credits"),
		unlimited: headerValue(headers, "x-codex-credits-unlimited"),
		balance: headerValue(headers, "x-codex-credits-balance"),
	});
	const buckets =
		nameOf(headerValue(headers, "x-codex-rate-limit-reached-type")) === null ? told : reached(told, headers);
	return quotaOf({ plan, credits, buckets }, now);
}

/**
 * The bucket in which the request counted, as the reply says; null where it does not say, or names one of which it tells
 * nothing.
 */
export function activeBucket(headers: RawHeaders): string | null {
	const active = bucketId(headerValue(headers, "x-codex-active-limit"));
	return active === mainBucket || (active !== null && familiesOf(headers).has(active)) ? active : null;
}

/** The same with the bucket marked in which the request counted. */
function reached(buckets: readonly QuotaBucket[], headers: RawHeaders): readonly QuotaBucket[] {
	const id = activeBucket(headers) ?? mainBucket;
	const unknown = { id, name: null, primary: null, secondary: null };
	const known = buckets.find((bucket) => bucket.id === id) ?? unknown;
	return [{ ...known, reached: true }, ...buckets.filter((bucket) => bucket.id !== id)];
}

function bucketsOf(headers: RawHeaders, saying: Saying): readonly QuotaBucket[] {
	return [...familiesOf(headers)].flatMap(([id, family]) => {
		const primary = readWindow(family.primary, saying);
		const secondary = readWindow(family.secondary, saying);
		return primary === null && secondary === null ? [] : [{ id, name: family.name, primary, secondary, reached: null }];
	});
}

/** By the bucket's id. Where a bucket is told of under two of its names, what comes first counts. */
function familiesOf(headers: RawHeaders): ReadonlyMap<string, Family> {
	const families = new Map<string, Family>();
	for (let index = 0; index + 1 < headers.length; index += 2) {
		const found = limitHeader.exec(headers[index]?.toLowerCase() ?? "")?.groups;
		const id = bucketId(found?.["family"]);
		if (found === undefined || id === null) continue;
		const value = headers[index + 1] ?? "";
		const family = families.get(id) ?? { primary: {}, secondary: {}, name: null };
		families.set(id, family);
		const { span, field = "" } = found;
		if (span === "primary" || span === "secondary") setFirst(family[span], field.replaceAll("-", "_"), value);
		else family.name ??= nameOf(value);
	}
	return families;
}

function setFirst(fields: Fields & Record<string, string>, name: string, value: string): void {
	fields[name] ??= value;
}
