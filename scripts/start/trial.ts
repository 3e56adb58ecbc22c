import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { isRecord, readModelList } from "../../src/formats/modelList.ts";
import type { Trial } from "./accounts.ts";
import { chatRequests, type StreamEvent } from "./chatRequest.ts";

/** Milliseconds in which the accounts have to be imported and to list their models. */
const importPatience = 15_000;
/** Milliseconds for one request. */
const replyPatience = 60_000;

const prompt = "Say hello in a few words.";

/** Models of a relay's list that answer something else than text. */
const notForChat = /embed|whisper|tts|dall-e|image|audio|realtime|transcri|moderation|rerank/i;

/** A row of the table. */
export interface TrialResult {
	readonly format: string;
	readonly path: string;
	/** As the proxy names it; empty when no account was asked. */
	readonly account: string;
	/** The reply's words, or what went wrong. */
	readonly words: string;
	/** From the request to the end of the reply. */
	readonly milliseconds: number;
	readonly ok: boolean;
}

/** Sends one streaming request through the proxy, as a client of the format would. Never rejects. */
export async function runTrial(trial: Trial, baseUrl: string, localKey: string): Promise<TrialResult> {
	const began = performance.now();
	const { format } = trial;
	try {
		const model = await findModel(trial, baseUrl, localKey);
		return await ask(format, model, baseUrl, localKey);
	} catch (error) {
		const milliseconds = Math.round(performance.now() - began);
		const words = error instanceof Error ? error.message : String(error);
		return { format, path: "", account: "", words, milliseconds, ok: false };
	}
}

async function listModels(format: Trial["format"], baseUrl: string, localKey: string): Promise<readonly string[]> {
	const { modelsPath, headers } = chatRequests[format];
	const response = await fetch(baseUrl + modelsPath, { headers: headers(localKey) });
	const list = response.ok ? readModelList(await response.json()) : null;
	return [...(list?.keys() ?? [])];
}

/** Waits until the import has brought an account that lists the model, or any model when none was named. */
async function findModel({ format, model }: Trial, baseUrl: string, localKey: string): Promise<string> {
	const deadline = performance.now() + importPatience;
	let listed: readonly string[] = [];
	while (performance.now() < deadline) {
		const before = listed;
		listed = await listModels(format, baseUrl, localKey);
		// Models of the format's own accounts stand first, once the import has brought them all.
		const isSettled = isDeepStrictEqual(listed, before);
		const found =
			model === null
				? listed.find((name) => isSettled && !notForChat.test(name))
				: listed.find((name) => name === model);
		if (found !== undefined) {
			return found;
		}
		await pause(100);
	}
	const last = model ?? listed[0];
	if (last === undefined) {
		throw new Error("no account lists a model");
	}
	return last;
}

async function ask(format: Trial["format"], model: string, baseUrl: string, localKey: string): Promise<TrialResult> {
	const request = chatRequests[format];
	const path = request.path(model);
	const began = performance.now();
	const response = await fetch(baseUrl + path, {
		method: "POST",
		headers: { ...request.headers(localKey), "content-type": "application/json" },
		body: JSON.stringify(request.body(model, prompt)),
		signal: AbortSignal.timeout(replyPatience),
	});
	const text = await response.text();
	const milliseconds = Math.round(performance.now() - began);
	const account = decodeURIComponent(response.headers.get("x-relay-account") ?? "");
	const events = eventsOf(text);
	const words = response.ok ? events.map(request.words).join("").replace(/\s+/g, " ").trim() : "";
	if (words !== "") {
		return { format, path, account, words, milliseconds, ok: account !== "" };
	}
	const complaint = messageIn(response.ok ? events.at(-1) : parsed(text)) ?? "no words in the reply";
	return { format, path, account, words: `${response.status}: ${complaint}`, milliseconds, ok: false };
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

function eventsOf(stream: string): readonly StreamEvent[] {
	return stream
		.split(/\r?\n/)
		.filter((line) => line.startsWith("data:"))
		.map((line) => parsed(line.slice("data:".length)))
		.filter(isRecord);
}

/** The text of an error body or event, wherever its format keeps it. */
function messageIn(body: unknown): string | null {
	if (!isRecord(body)) {
		return null;
	}
	const error = isRecord(body["error"]) ? body["error"] : body;
	return typeof error["message"] === "string" ? error["message"] : null;
}
