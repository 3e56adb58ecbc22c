import type { ContentBlock, MessageCreateParamsNonStreaming } from "@anthropic-ai/sdk/resources/messages";
import { isRecord } from "../modelList.ts";
import { type Probe, parseJson, probePrompt, probeTokens } from "../probe.ts";

export const anthropicProbe: Probe = {
	path: () => "/messages",
	body: (model) =>
		({
			model,
			max_tokens: probeTokens,
			messages: [{ role: "user", content: probePrompt }],
		}) satisfies MessageCreateParamsNonStreaming,
	read: (body) => {
		const reply = parseJson(body);
		if (!isRecord(reply) || reply["type"] !== "message" || !Array.isArray(reply["content"])) {
			return { kind: "otherFormat" };
		}
		const blocks = reply["content"] as Partial<ContentBlock>[];
		const text = blocks.map((block) => (block.type === "text" ? (block.text ?? "") : "")).join("");
		return { kind: "text", text };
	},
};
