import type { Model } from "openai/resources/models";
import { type Answer, type Inquiry, json } from "./answer.ts";
import { created } from "./turn.ts";

/** Of OpenAI's own models Chat Completions shows no thinking, and takes none; other makers' models show theirs. */
export function isOpenais(model: string): boolean {
	return /^(?:gpt|o\d)-/.test(model);
}

/** Null when the key is right. */
export function openaiKeyProblem({ headers }: Inquiry, acceptedKey: string): Answer | null {
	const given = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
	if (given === acceptedKey) return null;
	return given === undefined
		? openaiError(401, "You didn't provide an API key.")
		: openaiError(401, `Incorrect API key provided: ${given.slice(0, 2)}${"*".repeat(8)}.`, "invalid_api_key");
}

export function openaiModelNotFound(status: number, model: string): Answer {
	return openaiError(
		status,
		`The model \`${model}\` does not exist or you do not have access to it.`,
		"model_not_found",
		"model",
	);
}

const errorTypes: Readonly<Record<number, string>> = {
	403: "permission_error",
	429: "rate_limit_error",
	500: "server_error",
	503: "server_error",
	529: "server_error",
};

export function openaiError(
	status: number,
	message: string,
	code: string | null = null,
	param: string | null = null,
): Answer {
	return json(openaiErrorBody(status, message, code, param), {
		status,
		headers: { "x-request-id": "req_demo", ...(status === 429 && { "retry-after": "2" }) },
	});
}

export function openaiErrorBody(
	status: number,
	message: string,
	code: string | null = null,
	param: string | null = null,
) {
	const type = errorTypes[status] ?? (status >= 500 ? "server_error" : "invalid_request_error");
	return { error: { message, type, param, code: code ?? (status === 429 ? "rate_limit_exceeded" : null) } };
}

/** The list of models in OpenAI's shape, or one of them. */
export function openaiModelList(path: string, names: readonly string[]): Answer {
	const all = names.map((id) => ({ id, object: "model", created, owned_by: "demo" }) satisfies Model);
	if (path.endsWith("/models")) return json({ object: "list", data: all });
	const name = decodeURIComponent(path.slice(path.lastIndexOf("/models/") + "/models/".length));
	const model = all.find(({ id }) => id === name);
	if (!path.includes("/models/")) return openaiError(404, `Invalid URL (GET ${path})`);
	return model ? json(model) : openaiModelNotFound(404, name);
}
