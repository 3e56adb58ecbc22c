import { isRecord } from "./modelList.ts";

/** Codes that name the limit of one model. */
const codes = /^(?:per_)?model_(?:rate_limit|quota|cap|capacity|limit)(?:_|$)/;

/**
 * Sentences that clearly speak of one model's limit. Nothing is concluded from a mere mention of a model: a model that rests
 * on an account which is limited as a whole costs one call, an account that rests for one model's sake costs all its others.
 */
const sentences: readonly RegExp[] = [
	// OpenAI, Groq: "Rate limit reached for gpt-4o in organization org-… on tokens per min". A name has a digit, a dot or a dash.
	/\brate limit reached for (?:model )?[`'"]?(?=[\w./:-]*[\d.-])[\w./:-]+[`'"]? (?:\([^)]*\) )?in organization\b/i,
	// Anthropic: "… your organization's rate limit of 30,000 input tokens per minute (org: …, model: claude-…)".
	/\brate limit\b.*\([^)]*\bmodel: ?[\w.:-]+\)/i,
	// OpenRouter: "deepseek/deepseek-r1:free is temporarily rate-limited upstream".
	/(?:^|[\s:])[\w.-]+\/[\w.:-]+ is temporarily rate-limited\b/i,
	/\b(?:limits?|quota|capacity)\b[^.;\n]{0,60}\b(?:for|of|on) (?:this|that|the (?:current|selected|requested)) model\b/i,
	/\b(?:limit|quota)\b[^.;\n]{0,60}\b(?:for|of|on) (?:the )?model [`'"]?(?=[\w./:-]*[\d.-])[\w./:-]+/i,
	/\bselected model is at capacity\b/i,
	// Zhipu, SiliconFlow and others: "this model's rate limit", "this model is visited too much".
	/(?:该|此|当前)模型.{0,20}(?:速率|频率|限制|限流|上限|访问量过大)/,
];

export function speaksOfOneModel(code: string): boolean {
	return codes.test(code);
}

export function tellsOneModelsLimit(message: string): boolean {
	return sentences.some((sentence) => sentence.test(message));
}

/**
 * google.rpc.QuotaFailure: every quota that was overrun is one for each model, by its id
 * (`GenerateRequestsPerMinutePerProjectPerModel-FreeTier`) or by the model among its dimensions.
 */
export function isQuotaOfOneModel(violations: unknown): boolean {
	const quotas = Array.isArray(violations) ? violations.filter(isRecord) : [];
	return (
		quotas.length > 0 &&
		quotas.every(({ quotaId, quotaDimensions: dimensions }) => {
			const isPerModel = typeof quotaId === "string" && /per_?(?:base_?)?model/i.test(quotaId);
			return isPerModel || (isRecord(dimensions) && (dimensions["model"] ?? dimensions["base_model"]) !== undefined);
		})
	);
}
