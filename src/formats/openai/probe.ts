import type { ChatCompletion, ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import { isRecord } from "../modelList.ts";
import { type Probe, parseJson, probePrompt, probeTokens } from "../probe.ts";

export const openaiProbe: Probe = {
	path: () => "/chat/completions",
	// Newer models refuse `max_tokens`; older relays ignore `max_completion_tokens`.
	body: (model) =>
		({
			model,
			messages: [{ role: "user", content: probePrompt }],
			max_completion_tokens: probeTokens,
		}) satisfies ChatCompletionCreateParamsNonStreaming,
	read: (body) => {
		const reply = parseJson(body);
		if (!isRecord(reply) || !Array.isArray(reply["choices"])) return { kind: "otherFormat" };
		const [choice] = reply["choices"] as Partial<ChatCompletion.Choice>[];
		return { kind: "text", text: choice?.message?.content ?? "" };
	},
};
