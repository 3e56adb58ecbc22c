import { objectOf, objectsOf, textOf } from "./answer.ts";
import { describeImage, type OfferedTool, type Turn, type TurnSettings } from "./turn.ts";

type Body = Readonly<Record<string, unknown>>;

/** What a request of generateContent comes down to. */
export function geminiTurn(body: Body, model: string): Turn {
	const last = objectsOf(body["contents"]).at(-1);
	const parts = objectsOf(last?.["parts"]);
	const images = parts.map(({ inlineData }) => objectOf(inlineData)).filter((data) => data !== null);
	const result = parts.map(({ functionResponse }) => objectOf(functionResponse)).findLast((found) => found !== null);
	return {
		model,
		text: contentText(last),
		images: images.map((data) => describeImage(textOf(data["mimeType"]), textOf(data["data"]))),
		toolResult: result ? JSON.stringify(result["response"]) : null,
		tools: offered(body),
		settings: settings(body),
	};
}

export function contentText(content: unknown): string {
	return objectsOf(objectOf(content)?.["parts"])
		.map(({ text }) => textOf(text))
		.join(" ");
}

export function thoughtsShown(body: Body): boolean {
	return objectOf(objectOf(body["generationConfig"])?.["thinkingConfig"])?.["includeThoughts"] === true;
}

function offered(body: Body): readonly OfferedTool[] {
	return objectsOf(body["tools"])
		.flatMap(({ functionDeclarations }) => objectsOf(functionDeclarations))
		.map((declaration) => ({
			name: textOf(declaration["name"]),
			schema: declaration["parametersJsonSchema"] ?? declaration["parameters"],
		}));
}

function settings(body: Body): TurnSettings {
	const config = objectOf(body["generationConfig"]) ?? {};
	const calling = objectOf(objectOf(body["toolConfig"])?.["functionCallingConfig"]);
	const names = Array.isArray(calling?.["allowedFunctionNames"]) ? calling["allowedFunctionNames"].map(textOf) : [];
	const [only] = names;
	const isJson = config["responseMimeType"] === "application/json";
	return {
		toolChoice:
			calling?.["mode"] === "NONE"
				? "none"
				: calling?.["mode"] === "ANY"
					? only !== undefined && names.length === 1
						? { name: only }
						: "required"
					: "auto",
		parallel: true,
		stop: Array.isArray(config["stopSequences"]) ? config["stopSequences"].map(textOf) : [],
		jsonSchema: isJson
			? (config["responseJsonSchema"] ?? config["responseSchema"] ?? { properties: { answer: { type: "string" } } })
			: null,
		candidates: typeof config["candidateCount"] === "number" ? config["candidateCount"] : 1,
		logprobs: config["responseLogprobs"] === true ? Number(config["logprobs"] ?? 0) : null,
	};
}
