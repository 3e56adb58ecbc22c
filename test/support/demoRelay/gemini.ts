import type { Content, FunctionDeclaration, GenerateContentResponse, Part } from "@google/genai";
import {
	type Answer,
	type DemoFormat,
	eventStream,
	type Inquiry,
	json,
	objectOf,
	objectsOf,
	readObject,
	textOf,
} from "./answer.ts";
import {
	describeImage,
	embeddingOf,
	idOf,
	outputTokens,
	type Reply,
	replyTo,
	type Steering,
	steeringOf,
	type Turn,
	tokensIn,
} from "./turn.ts";

export const geminiModels = ["demo-gemini-large", "demo-gemini-small"] as const;

/** The fields of a reply as they travel; the SDK's class adds getters. */
type WireReply = Pick<GenerateContentResponse, "candidates" | "usageMetadata" | "modelVersion" | "responseId">;

/** Google's Gemini API below `/v1beta` and `/v1`: the verbs of a model, and models. */
export const demoGemini: DemoFormat = {
	answer: (inquiry, acceptedKey) => {
		const { headers, method, path, query } = inquiry;
		const key = headers["x-goog-api-key"] ?? query.get("key");
		if (!key)
			return geminiError(
				403,
				"Method doesn't allow unregistered callers. Please use API Key or other form of API consumer identity to call this API.",
			);
		if (key !== acceptedKey) return keyNotValid();
		const route = /^\/(v1beta|v1)\/models(?:\/([^:]+)(?::(\w+))?)?$/.exec(path);
		if (!route) return geminiError(404, `Unknown path ${path}`);
		const [, version = "", encodedModel, verb] = route;
		if (encodedModel === undefined) return json({ models: geminiModels.map(modelOf) });
		const model = decodeURIComponent(encodedModel);
		if (!geminiModels.some((known) => known === model)) {
			return geminiError(
				404,
				`models/${model} is not found for API version ${version}, or is not supported for ${verb ?? "getModel"}. Call ListModels to see the list of available models and their supported methods.`,
			);
		}
		if (method === "GET" && verb === undefined) return json(modelOf(model));
		const body = readObject(inquiry.body);
		if (!body) return geminiError(400, "Invalid JSON payload received.");
		return verbs[verb ?? ""]?.(inquiry, body, model) ?? geminiError(404, `Unknown method ${verb}`);
	},
};

type Verb = (inquiry: Inquiry, body: Readonly<Record<string, unknown>>, model: string) => Answer;

const verbs: Readonly<Record<string, Verb>> = {
	generateContent: (inquiry, body, model) =>
		replied(body, model, (reply, steering) => json(wholeOf(inquiry, model, partsOf(reply), reply), { steering })),
	streamGenerateContent: (inquiry, body, model) =>
		replied(body, model, (reply, steering) => {
			const chunks = [...chunksOf(inquiry, model, reply)].map((chunk) => JSON.stringify(chunk));
			if (inquiry.query.get("alt") === "sse") {
				return eventStream(
					chunks.map((chunk) => `data: ${chunk}\r\n\r\n`),
					steering,
				);
			}
			const members = chunks.map((chunk, index) => `${index === 0 ? "[" : ",\r\n"}${chunk}`);
			return {
				kind: "stream",
				contentType: "application/json; charset=UTF-8",
				headers: {},
				events: [...members, "]"],
				steering,
			};
		}),
	countTokens: (inquiry, body, model) =>
		replied(objectOf(body["generateContentRequest"]) ?? body, model, (_, steering) =>
			json({ totalTokens: tokensIn(inquiry.body.length) }, { steering }),
		),
	embedContent: (_, body) => {
		const text = contentText(body["content"]);
		return embedded(text, () => json({ embedding: { values: embeddingOf(text) } }));
	},
	batchEmbedContents: (_, body) => {
		const texts = objectsOf(body["requests"]).map(({ content }) => contentText(content));
		return embedded(texts[0] ?? "", () => json({ embeddings: texts.map((text) => ({ values: embeddingOf(text) })) }));
	},
};

function replied(
	body: Readonly<Record<string, unknown>>,
	model: string,
	answer: (reply: Reply, steering: Steering) => Answer,
): Answer {
	if (objectsOf(body["contents"]).length === 0) {
		return geminiError(400, "* GenerateContentRequest.contents: contents is not specified");
	}
	const turn = turnOf(body, model);
	const steering = steeringOf(turn.text);
	return steering.status === null ? answer(replyTo(turn), steering) : asked(steering.status);
}

function embedded(text: string, answer: () => Answer): Answer {
	const { status } = steeringOf(text);
	return status === null ? answer() : asked(status);
}

function asked(status: number): Answer {
	return geminiError(status, `The demo relay was asked for ${status}.`);
}

function partsOf(reply: Reply): Part[] {
	return reply.kind === "text"
		? [{ text: reply.pieces.join("") }]
		: [{ functionCall: { name: reply.name, args: { ...reply.input } } }];
}

function wholeOf(inquiry: Inquiry, model: string, parts: Part[], reply: Reply): WireReply {
	const prompt = tokensIn(inquiry.body.length);
	const output = outputTokens(reply);
	const content: Content = { role: "model", parts };
	// The SDK's enum exists at run time only; on the wire it is this word.
	const finishReason = "STOP" as NonNullable<NonNullable<WireReply["candidates"]>[number]["finishReason"]>;
	return {
		candidates: [{ content, finishReason, index: 0 }],
		usageMetadata: { promptTokenCount: prompt, candidatesTokenCount: output, totalTokenCount: prompt + output },
		modelVersion: model,
		responseId: idOf("", inquiry.body),
	};
}

/** A finish reason stands in the last chunk only. */
function* chunksOf(inquiry: Inquiry, model: string, reply: Reply): Generator<WireReply> {
	const pieces = reply.kind === "text" ? reply.pieces.map((text): Part[] => [{ text }]) : [partsOf(reply)];
	for (const [index, parts] of pieces.entries()) {
		const whole = wholeOf(inquiry, model, parts, reply);
		const last = index === pieces.length - 1;
		yield last ? whole : { ...whole, candidates: [{ content: { role: "model", parts }, index: 0 }] };
	}
}

function contentText(content: unknown): string {
	return objectsOf(objectOf(content)?.["parts"])
		.map(({ text }) => textOf(text))
		.join(" ");
}

function turnOf(body: Readonly<Record<string, unknown>>, model: string): Turn {
	const last = objectsOf(body["contents"]).at(-1);
	const parts = objectsOf(last?.["parts"]);
	const images = parts.map(({ inlineData }) => objectOf(inlineData)).filter((data) => data !== null);
	const result = parts.map(({ functionResponse }) => objectOf(functionResponse)).findLast((found) => found !== null);
	const declared = objectsOf(body["tools"]).flatMap(({ functionDeclarations }) => objectsOf(functionDeclarations));
	return {
		model,
		text: contentText(last),
		images: images.map((data) => describeImage(textOf(data["mimeType"]), textOf(data["data"]))),
		toolResult: result ? JSON.stringify(result["response"]) : null,
		tools: declared.map((declaration: FunctionDeclaration) => ({
			name: declaration.name ?? "",
			schema: declaration.parametersJsonSchema ?? declaration.parameters,
		})),
	};
}

function modelOf(name: string) {
	return {
		name: `models/${name}`,
		version: "001",
		displayName: name.endsWith("large") ? "Demo Gemini Large" : "Demo Gemini Small",
		description: "Answers as the demo does.",
		inputTokenLimit: 1_048_576,
		outputTokenLimit: 65_536,
		supportedGenerationMethods: ["generateContent", "countTokens", "embedContent"],
	};
}

const errorWords: Readonly<Record<number, string>> = {
	400: "INVALID_ARGUMENT",
	401: "UNAUTHENTICATED",
	403: "PERMISSION_DENIED",
	404: "NOT_FOUND",
	429: "RESOURCE_EXHAUSTED",
	500: "INTERNAL",
	503: "UNAVAILABLE",
	504: "DEADLINE_EXCEEDED",
};

/** Gemini answers a wrong API key with 400, not with 401. */
function keyNotValid(): Answer {
	return geminiError(400, "API key not valid. Please pass a valid API key.", [
		{
			"@type": "type.googleapis.com/google.rpc.ErrorInfo",
			reason: "API_KEY_INVALID",
			domain: "googleapis.com",
			metadata: { service: "generativelanguage.googleapis.com" },
		},
	]);
}

function geminiError(status: number, message: string, details?: readonly unknown[]): Answer {
	const word = errorWords[status] ?? (status >= 500 ? "INTERNAL" : "FAILED_PRECONDITION");
	return json(
		{ error: { code: status, message, status: word, ...(details && { details }) } },
		{ status, ...(status === 429 && { headers: { "retry-after": "2" } }) },
	);
}
