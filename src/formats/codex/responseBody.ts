import type { Response, ResponseUsage } from "openai/resources/responses/responses";
import { isRecord } from "../modelList.ts";
import type { ReplyUsage } from "../replyEvents.ts";
import type { WriterContext } from "../translation.ts";
import type { Ending } from "./finishReasons.ts";
import type { OutputItem } from "./outputItems.ts";

/** How far a response has come. */
export interface ResponseState {
	readonly ending: Ending | { readonly status: "in_progress" };
	readonly output: readonly OutputItem[];
	readonly usage: ReplyUsage | null;
}

/** As on the wire: `output_text` is worked out by the SDK. */
type OwnMembers = Pick<
	Response,
	"id" | "object" | "created_at" | "model" | "error" | "incomplete_details" | "output" | "access_programs"
> &
	Partial<Pick<Response, "status" | "completed_at" | "usage">>;

/** What a response says of itself. */
export function ownMembers({ id, createdAt, model }: WriterContext, state: ResponseState): OwnMembers {
	const { ending, output, usage } = state;
	const isDone = ending.status === "completed";
	return {
		id: responseId(id),
		object: "response",
		created_at: createdAt,
		status: ending.status,
		access_programs: null,
		completed_at: isDone ? Math.max(createdAt, Math.floor(Date.now() / 1000)) : null,
		error: ending.status === "failed" ? { code: "server_error", message: ending.message } : null,
		incomplete_details: ending.status === "incomplete" ? { reason: ending.reason } : null,
		model,
		output: [...output],
		...(usage === null ? {} : { usage: writeUsage(usage) }),
	};
}

export function responseId(id: string): string {
	return `resp_${id}`;
}

/** What a response repeats of its request, with the rule where the request says nothing. */
export function echoedMembers(body: unknown): object {
	const said = isRecord(body) ? body : {};
	const { tools, user } = said;
	return {
		background: false,
		instructions: said["instructions"] ?? null,
		max_output_tokens: said["max_output_tokens"] ?? null,
		max_tool_calls: said["max_tool_calls"] ?? null,
		metadata: said["metadata"] ?? {},
		parallel_tool_calls: said["parallel_tool_calls"] ?? true,
		previous_response_id: null,
		prompt_cache_key: said["prompt_cache_key"] ?? null,
		reasoning: said["reasoning"] ?? { effort: null, summary: null },
		safety_identifier: said["safety_identifier"] ?? null,
		service_tier: said["service_tier"] ?? "default",
		temperature: said["temperature"] ?? null,
		text: said["text"] ?? { format: { type: "text" } },
		tool_choice: said["tool_choice"] ?? "auto",
		tools: Array.isArray(tools) ? tools.map(echoedTool) : [],
		top_logprobs: said["top_logprobs"] ?? null,
		top_p: said["top_p"] ?? null,
		truncation: said["truncation"] ?? "disabled",
		...(typeof user === "string" ? { user } : {}),
	};
}

/** Functions come back with what clients count on. */
function echoedTool(tool: unknown): unknown {
	if (!isRecord(tool) || tool["type"] !== "function") return tool;
	return { ...tool, parameters: tool["parameters"] ?? null, strict: tool["strict"] ?? false };
}

function writeUsage({ input, output, cached, cacheWritten, reasoning }: ReplyUsage): ResponseUsage {
	const [inTokens, outTokens] = [input ?? 0, output ?? 0];
	return {
		input_tokens: inTokens,
		input_tokens_details: { cached_tokens: cached ?? 0, cache_write_tokens: cacheWritten ?? 0 },
		output_tokens: outTokens,
		output_tokens_details: { reasoning_tokens: reasoning ?? 0 },
		total_tokens: inTokens + outTokens,
	};
}
