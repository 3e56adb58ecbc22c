import { commands, env, type InputBox, type Uri, window } from "vscode";
import { freePort } from "../../../scripts/host/ports.ts";
import type { SettingName } from "../../../src/vscode/settingRules.ts";
import { browse } from "../../support/chatgpt/browser.ts";
import { type ChatGpt, startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import { withPerson } from "./person.ts";
import { changeSetting } from "./settings.ts";
import { learnStorageFolder, type SavedAccount, savedAccounts } from "./storage.ts";

const names = [
	...(["chatGpt.backendUrl", "chatGpt.authUrl", "chatGpt.clientId", "chatGpt.redirectUrl"] as const),
] satisfies readonly SettingName[];

/** A ChatGPT to which this window's settings lead. */
export interface TestChatGpt extends ChatGpt {
	/** Where the browser is sent back. */
	readonly callbackPort: number;
}

/** Starts a stand-in for ChatGPT in which a browser is signed in already, and has the settings lead there. */
export async function useChatGpt(): Promise<TestChatGpt> {
	const callbackPort = await freePort();
	const redirectUrl = `http://localhost:${callbackPort}/auth/callback`;
	const chatGpt = await startChatGpt({ redirectUris: [redirectUrl], deviceInterval: 1 });
	const settings: Readonly<Record<string, string>> = chatGpt.vscodeSettings(redirectUrl);
	for (const name of names) await changeSetting(name, settings[`relayAccounts.${name}`]);
	return Object.assign(chatGpt, { callbackPort });
}

/** Puts the settings back, removes every ChatGPT account, and ends the stand-in. */
export async function leaveChatGpt(chatGpt: ChatGpt | undefined): Promise<void> {
	for (const { id } of logins()) {
		await withPerson({ confirm: true }, () => commands.executeCommand("relayAccounts.removeAccount", node(id)));
	}
	for (const name of names) await changeSetting(name, undefined);
	await commands.executeCommand("notifications.clearAll");
	await chatGpt?.close();
}

/** The saved ChatGPT accounts. */
export function logins(): readonly SavedAccount[] {
	return savedAccounts().filter(({ type }) => type === "native");
}

/** Of a row of the tree. */
export function node(id: string): { readonly kind: "account"; readonly id: string } {
	return { kind: "account", id };
}

/** What a browser does with an address. */
type Browser = (url: string) => Promise<unknown>;

/**
 * Runs something with a scripted browser in the place of the person's own: one in which somebody is signed in to ChatGPT
 * already, so that it is sent on at once.
 */
export async function withBrowser<T>(action: () => PromiseLike<T>, open: Browser = browse): Promise<T> {
	const { openExternal } = env;
	Object.assign(env, {
		// As VS Code writes an address that it hands to the system.
		openExternal: async (uri: Uri) => {
			await open(encodeURI(uri.toString(true)));
			return true;
		},
	});
	try {
		return await action();
	} finally {
		Object.assign(env, { openExternal });
	}
}

/** Signs in by the command and a browser. */
export async function signIn(): Promise<void> {
	await learnStorageFolder(() => withBrowser(async () => void (await commands.executeCommand("relayAccounts.signIn"))));
}

/** Signs a certain account in again. */
export async function signInAgain(id: string): Promise<void> {
	await withBrowser(() => commands.executeCommand("relayAccounts.signInAgain", node(id)));
}

/** The input boxes that are opened while something runs. */
export async function withBoxes<T>(action: (boxes: readonly InputBox[]) => PromiseLike<T>): Promise<T> {
	const { createInputBox } = window;
	const boxes: InputBox[] = [];
	Object.assign(window, {
		createInputBox: () => {
			const box = createInputBox();
			boxes.push(box);
			return box;
		},
	});
	try {
		return await action(boxes);
	} finally {
		Object.assign(window, { createInputBox });
	}
}
