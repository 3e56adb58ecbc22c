/**
 * What relays call the troubles that the status alone does not tell. Codes are compared without case and separators, because
 * relays write `rate_limit_exceeded`, `rateLimitExceeded` and `RateLimitExceeded`. Phrases are whole ones of known services
 * and begin a message or a sentence of it: an error may quote the prompt, which may speak of anything.
 */
interface Words {
	readonly codes: ReadonlySet<string>;
	/** Beginnings of codes. */
	readonly families: readonly string[];
	readonly phrases: readonly RegExp[];
}

function words(codes: readonly string[], families: readonly string[] = [], phrases: readonly RegExp[] = []): Words {
	return { codes: new Set(codes.map(bare)), families: families.map(bare), phrases };
}

/** A phrase long enough to be known behind what a gateway puts before it: `BadRequestError: …`. */
function sentence(source: string): RegExp {
	return new RegExp(`(?:^|[-:.("]\\s*)${source}`, "i");
}

/** There is no money or allowance left. */
export const quotaWords: Words = words(
	[
		...["insufficient_quota", "quota_exceeded", "quota_exhausted", "exceeded_current_quota_error", "payment_required"],
		...["usage_limit_reached", "usage_limit_exceeded", "usage_not_included", "spend_limit_reached"],
		...["insufficient_user_quota", "insufficient_balance", "insufficient_credits", "insufficient_funds"],
		...["pre_consume_token_quota_failed", "out_of_credits", "credits_exhausted", "arrearage", "account_overdue_error"],
	],
	["billing_", "credit_balance_"],
	[
		...[
			"you exceeded your current quota, please check your plan and billing details",
			"your credit balance is too low to access ",
			"you have reached your specified (?:\\w+ )?api usage limits",
			"billing hard limit has been reached",
			"the usage limit has been reached",
			"you['’]ve hit your usage limit",
		].map(sentence),
		/^insufficient (?:account )?(?:balance|credits|quota)(?=$|[\s.,!:])/i,
		/^(?:该令牌额度已用尽|(?:账户|账号|用户)?(?:余额|额度)不足|用户额度不足|预扣费额度失败)/,
	],
);

/** What Gemini says of an empty purse and of each minute's limit alike, in the same sentence. */
export const eitherWords: Words = words(["resource_exhausted"]);

/** Too many requests or tokens in a time. */
export const rateWords: Words = words(
	["resource_exhausted", "too_many_requests", "user_rate_limit_exceeded"],
	["rate_limit", "throttling"],
);

/** The relay has more to do than it can. */
export const overloadWords: Words = words(
	["overloaded", "overloaded_error", "server_overloaded", "server_is_overloaded", "slow_down"],
	["engine_overloaded"],
);

/** The key is wrong, or the account behind it is closed. */
export const keyWords: Words = words(
	[
		...["invalid_api_key", "api_key_invalid", "incorrect_api_key", "api_key_expired", "invalid_authentication"],
		...["authentication_error", "invalid_authentication_error", "unauthenticated", "unauthorized"],
		...["token_invalid", "token_expired", "token_revoked", "token_invalidated"],
		...["account_deactivated", "account_disabled", "account_banned", "organization_deactivated"],
	],
	[],
	[
		/^api key (?:not valid|expired)\b/i,
		/^(?:incorrect|invalid) api key\b/i,
		sentence("this organization has been disabled"),
		/^无效的令牌/,
	],
);

/** The relay has no such model, or not for this key. */
export const modelWords: Words = words(
	[
		...["model_not_found", "model_not_exist", "model_not_exists", "model_does_not_exist", "no_such_model"],
		...["invalid_model", "invalid_model_name", "invalid_model_error", "unknown_model", "unsupported_model"],
		...["model_not_supported", "model_not_available", "model_not_allowed", "model_access_denied"],
		...["model_decommissioned", "model_not_open", "deployment_not_found"],
	],
	["invalid_endpoint_or_model"],
	[
		/^model: ?\S+$/i,
		/^models?[/ ]["'`“]?[^\s"'`”]+["'`”]? (?:(?:is |was )?not found|does not exist)\b/i,
		/^the (?:requested )?model:? ["'`“]?[^\s"'`”]+["'`”]? (?:(?:is|was) )?(?:not found|not supported|not available|does not exist)\b/i,
		/^the ["'`“]?[^\s"'`”]+["'`”]? model is not supported\b/i,
		/^model not (?:exist|found)\b/i,
		/^["'`“]?[^\s"'`”]+["'`”]? is not a valid model\b/i,
		/^invalid model name passed in model=/i,
		/^no available channel for model /i,
	],
);

/** What was asked is refused, whoever asks: the prompt, not the account, is at fault. */
export const contentWords: Words = words(
	[
		...["content_filter", "content_policy_violation", "responsible_ai_policy_violation", "moderation_blocked"],
		...["sensitive_words_detected", "data_inspection_failed", "cyber_policy_violation", "invalid_prompt"],
	],
	[],
	[/\byour input was flagged\b/i],
);

/** Whether one of an error's codes is among the words. */
export function hasCode({ codes, families }: Words, given: readonly string[]): boolean {
	return given.some((code) => {
		const name = bare(code);
		return codes.has(name) || families.some((family) => name.startsWith(family));
	});
}

export function hasPhrase({ phrases }: Words, message: string): boolean {
	return phrases.some((phrase) => phrase.test(message));
}

function bare(code: string): string {
	return code.toLowerCase().replace(/[^a-z0-9]/g, "");
}
