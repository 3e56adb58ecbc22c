import type { Format } from "../accounts/account.ts";
import { formatRules } from "../formats/format.ts";
import { answerJson, answerProblem } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { ModelCatalogue } from "./modelCatalogue.ts";

/**
 * The shape in which a caller reads model lists; the path alone does not tell, `/v1/models` is shared by four kinds of client.
 * Gemini SDKs show their key in a header of their own or call `/v1beta`; Anthropic's always send a version; Codex names its own.
 */
export function callerFormat(exchange: Exchange): Format {
	const { headers } = exchange.request;
	if (headers["x-goog-api-key"] !== undefined || exchange.path.includes("/v1beta/")) return "gemini";
	if (headers["anthropic-version"] !== undefined) return "anthropic";
	return new URLSearchParams(exchange.query).has("client_version") ? "codex" : "openai";
}

/** The formats a caller can send requests in: an OpenAI SDK speaks Responses beside Chat Completions. */
const spoken: Readonly<Record<Format, readonly Format[]>> = {
	codex: ["codex"],
	openai: ["openai", "codex"],
	anthropic: ["anthropic"],
	gemini: ["gemini"],
};

export async function answerModelList(exchange: Exchange, catalogue: ModelCatalogue): Promise<void> {
	const format = callerFormat(exchange);
	exchange.format = format;
	const models = await catalogue.list(spoken[format]);
	answerJson(exchange, 200, formatRules[format].models.all(models, new URLSearchParams(exchange.query)));
}

/** @param encodedId as in the path; may hold slashes. */
export async function answerModel(exchange: Exchange, catalogue: ModelCatalogue, encodedId: string): Promise<void> {
	const format = callerFormat(exchange);
	exchange.format = format;
	const id = decoded(encodedId);
	exchange.model = id;
	const model = (await catalogue.list(spoken[format])).find((listed) => listed.id === id);
	if (model) answerJson(exchange, 200, formatRules[format].models.one(model));
	else answerProblem(exchange, { kind: "modelNotFound", message: `No account has the model “${id}”.` });
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
