import { commands, env } from "vscode";
import { chatRequests } from "../../../scripts/start/chatRequest.ts";
import type { Format } from "../../../src/accounts/account.ts";
import { ask, type ClientReply, type ClientStream, isAnswering, isClosed, openStream } from "./client.ts";
import { extension } from "./extension.ts";
import { settingOf } from "./settings.ts";
import { until } from "./until.ts";

/** The port by setting. */
export function localPort(): number {
	return Number(settingOf("port"));
}

/** The proxy is on when a window starts; waits for that. */
export async function untilServing(): Promise<void> {
	await until(() => extension().isActive);
	await until(() => isAnswering(localPort()));
}

/** For a proxy that is on. */
export async function turnProxyOff(): Promise<void> {
	await commands.executeCommand("relayAccounts.toggleProxy");
	await until(() => isClosed(localPort()));
}

/** For a proxy that is off. */
export async function turnProxyOn(): Promise<void> {
	await commands.executeCommand("relayAccounts.toggleProxy");
	await until(() => isAnswering(localPort()));
}

/** As people get it: copied. What they had in the clipboard is put back. */
export async function localKey(): Promise<string> {
	const before = await env.clipboard.readText();
	await env.clipboard.writeText("");
	await commands.executeCommand("relayAccounts.copyLocalKey");
	const key = await until(async () => (await env.clipboard.readText()) || null);
	await env.clipboard.writeText(before);
	return key;
}

/** The model that each format's demo relay has and that tests ask for. */
export const demoModels: Readonly<Record<Format, string>> = {
	openai: "demo-openai-large",
	anthropic: "demo-anthropic-large",
	gemini: "demo-gemini-large",
	codex: "demo-codex-large",
};

/** A client of the local port that speaks one format and has the local key. */
export interface Client {
	/** Asks for a streaming reply and reads it whole. */
	readonly chat: (prompt: string, model?: string) => Promise<ClientReply>;
	/** The same, read while it comes. */
	readonly stream: (prompt: string, model?: string) => Promise<ClientStream>;
	/** The names in the model list. */
	readonly models: () => Promise<string>;
}

export async function client(format: Format): Promise<Client> {
	const chat = chatRequests[format];
	const headers = chat.headers(await localKey());
	const requestOf = (prompt: string, model = demoModels[format]) => ({
		port: localPort(),
		path: chat.path(model),
		headers,
		body: chat.body(model, prompt),
	});
	return {
		chat: (prompt, model) => ask(requestOf(prompt, model)),
		stream: (prompt, model) => openStream(requestOf(prompt, model)),
		models: async () => (await ask({ port: localPort(), method: "GET", path: chat.modelsPath, headers })).text,
	};
}

/** The words of a streamed reply. */
export function wordsOf(format: Format, text: string): string {
	return text
		.split("\n")
		.filter((line) => line.startsWith("data: {"))
		.map((line) => chatRequests[format].words(JSON.parse(line.slice("data: ".length))))
		.join("");
}
