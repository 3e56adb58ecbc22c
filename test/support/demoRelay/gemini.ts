import {
	type Answer,
	type DemoFormat,
	eventStream,
	hasModel,
	type Inquiry,
	json,
	type Manner,
	objectOf,
	objectsOf,
	readObject,
} from "./answer.ts";
import { failureStatuses, halted } from "./fault.ts";
import { type GeminiHead, type GeminiReply, geminiChunks, geminiWhole } from "./geminiReply.ts";
import { geminiRefusal } from "./geminiRules.ts";
import { contentText, geminiTurn, thoughtsShown } from "./geminiTurn.ts";
import { type Script, scriptOf, usageOf } from "./script.ts";
import { embeddingOf, idOf, type Steering, steeringOf, tokensIn } from "./turn.ts";

export const geminiModels = ["demo-gemini-large", "demo-gemini-small"] as const;

/** Google's Gemini API below `/v1beta` and `/v1`: the verbs of a model, and models. */
export const demoGemini: DemoFormat = {
	answer: (inquiry, acceptedKey, manner = "lenient") => {
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
		if (!hasModel(model, geminiModels, /^(?:gemini|text-embedding|embedding)-/, manner)) {
			return geminiError(
				404,
				`models/${model} is not found for API version ${version}, or is not supported for ${verb ?? "getModel"}. Call ListModels to see the list of available models and their supported methods.`,
			);
		}
		if (method === "GET" && verb === undefined) return json(modelOf(model));
		const body = readObject(inquiry.body);
		if (!body) return geminiError(400, "Invalid JSON payload received.");
		return verbs[verb ?? ""]?.(inquiry, body, model, manner) ?? geminiError(404, `Unknown method ${verb}`);
	},
};

type Verb = (inquiry: Inquiry, body: Readonly<Record<string, unknown>>, model: string, manner: Manner) => Answer;

const verbs: Readonly<Record<string, Verb>> = {
	generateContent: (inquiry, body, model, manner) =>
		replied(inquiry, body, model, manner, (head, script, steering) =>
			script.fault?.kind === "fail"
				? asked(failureStatuses[script.fault.code] ?? 500)
				: halted(json(geminiWhole(head, script), { steering }), script),
		),
	streamGenerateContent: (inquiry, body, model, manner) =>
		replied(inquiry, body, model, manner, (head, script, steering) => {
			const chunks = streamed(head, script);
			if (inquiry.query.get("alt") === "sse") {
				return eventStream(
					chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`),
					steering,
				);
			}
			const members = chunks.map((chunk, index) => `${index === 0 ? "[" : ",\r\n"}${JSON.stringify(chunk)}`);
			return {
				kind: "stream",
				contentType: "application/json; charset=UTF-8",
				headers: {},
				events: [...members, "]"],
				beat: " ",
				steering,
			};
		}),
	countTokens: (inquiry, body, model, manner) =>
		replied(inquiry, objectOf(body["generateContentRequest"]) ?? body, model, manner, (_, __, steering) =>
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
	inquiry: Inquiry,
	body: Readonly<Record<string, unknown>>,
	model: string,
	manner: Manner,
	answer: (head: GeminiHead, script: Script, steering: Steering) => Answer,
): Answer {
	if (objectsOf(body["contents"]).length === 0) {
		return geminiError(400, "* GenerateContentRequest.contents: contents is not specified");
	}
	const refused = manner === "strict" ? geminiRefusal(body, model) : null;
	if (refused !== null) return geminiError(400, refused);
	const turn = geminiTurn(body, model);
	const steering = steeringOf(turn.text);
	if (steering.status !== null) return asked(steering.status, steering.code);
	const script = scriptOf(turn);
	const usage = usageOf(script, inquiry.body);
	const head = { responseId: idOf("", inquiry.body), modelVersion: model, usage, thoughtsShown: thoughtsShown(body) };
	return answer(head, script, steering);
}

/** An error within a stream is a chunk of its own, of the shape that errors have before it. */
function streamed(head: GeminiHead, script: Script): readonly (GeminiReply | ReturnType<typeof errorBody>)[] {
	const { fault } = script;
	if (fault === null) return [...geminiChunks(head, script)];
	const chunks = [...geminiChunks(head, script, false)];
	if (fault.kind === "halt") return chunks;
	const status = failureStatuses[fault.code] ?? 500;
	return [...chunks.slice(0, Math.ceil(chunks.length / 2)), errorBody(status, "The demo relay failed on the way.")];
}

function embedded(text: string, answer: () => Answer): Answer {
	const { status } = steeringOf(text);
	return status === null ? answer() : asked(status);
}

function asked(status: number, reason = ""): Answer {
	const details = reason === "" ? undefined : [errorInfo(reason)];
	return geminiError(status, `The demo relay was asked for ${status}.`, details);
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
	529: "UNAVAILABLE",
	504: "DEADLINE_EXCEEDED",
};

/** Gemini answers a wrong API key with 400, not with 401. */
function keyNotValid(): Answer {
	return geminiError(400, "API key not valid. Please pass a valid API key.", [
		{ ...errorInfo("API_KEY_INVALID"), metadata: { service: "generativelanguage.googleapis.com" } },
	]);
}

function errorInfo(reason: string) {
	return { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "googleapis.com" };
}

function geminiError(status: number, message: string, details?: readonly unknown[]): Answer {
	return json(errorBody(status, message, details), {
		status,
		...(status === 429 && { headers: { "retry-after": "2" } }),
	});
}

function errorBody(status: number, message: string, details?: readonly unknown[]) {
	const word = errorWords[status] ?? (status >= 500 ? "INTERNAL" : "FAILED_PRECONDITION");
	return { error: { code: status, message, status: word, ...(details && { details }) } };
}
