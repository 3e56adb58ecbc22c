import type { Backend } from "../bridge/protocol.ts";
import type { AuthSettings } from "../native/login.ts";
import { headerTextFrom, redirectUrlFrom, serviceUrlFrom } from "./settingValues.ts";

/** Where ChatGPT accounts sign in and are answered from, and what we call ourselves there. */
export interface ChatGptSettings {
	readonly auth: AuthSettings;
	readonly backend: Backend;
}

/** The same defaults stand in the manifest. */
export const defaultChatGptSettings = {
	"chatGpt.backendUrl": "https://chatgpt.com/backend-api",
	"chatGpt.authUrl": "https://auth.openai.com",
	"chatGpt.clientId": "app_EMoamEEZ73f0CkXaXp7hrann",
	"chatGpt.redirectUrl": "http://localhost:1455/auth/callback",
	"chatGpt.originator": "relay_accounts",
	"chatGpt.userAgent": "",
	"chatGpt.clientVersion": "0.169.0",
} as const;

/** The part of a `SettingReader` that is needed here. */
interface TextReader {
	read<Value>(
		name: keyof typeof defaultChatGptSettings,
		from: (typed: string) => Value | null,
		expected: string,
	): Value;
}

/** What we call ourselves where no setting says otherwise. @param version of the extension. */
export function ownUserAgent(version: string, { platform, arch }: Pick<NodeJS.Process, "platform" | "arch">): string {
	return `RelayAccounts/${version} (${platform} ${arch})`;
}

/** @param userAgent where none is set. */
export function chatGptFrom(reader: TextReader, userAgent: string): ChatGptSettings {
	const url = "an https URL, or an http one on this machine, without user and password";
	const name = "a word of letters, digits, dots, hyphens and underscores";
	const originator = reader.read("chatGpt.originator", tokenFrom, name);
	const names = {
		originator,
		userAgent: reader.read("chatGpt.userAgent", headerTextFrom, "a text of visible ASCII characters") || userAgent,
	};
	return {
		auth: {
			authUrl: reader.read("chatGpt.authUrl", serviceUrlFrom, url),
			clientId: reader.read("chatGpt.clientId", tokenFrom, name),
			redirectUrl: reader.read(
				"chatGpt.redirectUrl",
				redirectUrlFrom,
				"an http URL on this machine such as http://localhost:1455/auth/callback",
			),
			...names,
		},
		backend: {
			baseUrl: reader.read("chatGpt.backendUrl", serviceUrlFrom, url),
			...names,
			clientVersion: reader.read("chatGpt.clientVersion", tokenFrom, name),
		},
	};
}

/** One word for headers and URLs. VS Code takes the escapes out of an address that it opens, so that it needs none. */
function tokenFrom(typed: string): string | null {
	const text = typed.trim();
	return /^[\w.-]+$/.test(text) ? text : null;
}
