import type { Candidate, Content, GenerationConfig } from "@google/genai";
import { isRecord } from "../modelList.ts";
import { type Probe, parseJson, probePrompt, probeTokens } from "../probe.ts";

interface GenerateContentBody {
	readonly contents: Content[];
	readonly generationConfig: GenerationConfig;
}

export const geminiProbe: Probe = {
	path: (model) => `/models/${encodeURIComponent(model)}:generateContent`,
	body: () =>
		({
			contents: [{ role: "user", parts: [{ text: probePrompt }] }],
			generationConfig: { maxOutputTokens: probeTokens },
		}) satisfies GenerateContentBody,
	read: (body) => {
		const reply = parseJson(body);
		if (!isRecord(reply) || !Array.isArray(reply["candidates"])) return { kind: "otherFormat" };
		const [candidate] = reply["candidates"] as Partial<Candidate>[];
		const parts = candidate?.content?.parts ?? [];
		return { kind: "text", text: parts.map((part) => part.text ?? "").join("") };
	},
};
