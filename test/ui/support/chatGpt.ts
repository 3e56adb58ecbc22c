import type { Page } from "playwright-core";
import { freePort } from "../../../scripts/host/ports.ts";
import { type ChatGpt, startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import type { Person } from "../../support/chatgpt/people.ts";
import type { TestWindow } from "./testWindow.ts";

/** A ChatGPT to which a window's settings lead, and the browser that the window opens. */
export interface WindowChatGpt extends ChatGpt {
	/** Where the browser is sent back. */
	readonly redirectUrl: string;
	/** Runs something that opens a page in the browser. @returns the page. */
	opened(action: () => Promise<void>): Promise<Page>;
	/** Signs somebody in through the palette and the browser, in which they have agreed already. */
	signIn(somebody: Person): Promise<void>;
}

/** Starts a stand-in for ChatGPT and has the window's settings lead there. */
export async function chatGptFor(window: TestWindow): Promise<WindowChatGpt> {
	const redirectUrl = `http://localhost:${await freePort()}/auth/callback`;
	const chatGpt = await startChatGpt({ redirectUris: [redirectUrl], deviceInterval: 1 });
	await followOwnPorts(window.page);
	await window.changeSettings(chatGpt.vscodeSettings(redirectUrl));
	const opened = async (action: () => Promise<void>): Promise<Page> => {
		const page = window.page.context().waitForEvent("page");
		await action();
		return await page;
	};
	const signIn = async (somebody: Person): Promise<void> => {
		chatGpt.auth.visitor = somebody;
		const page = await opened(() => window.runCommand("Relay Accounts: Sign In with ChatGPT"));
		await page.waitForURL((url) => url.href.startsWith(redirectUrl));
		await page.getByText("You are signed in").waitFor();
		await page.close();
		await window.page.bringToFront();
	};
	return Object.assign(chatGpt, { redirectUrl, opened, signIn });
}

/**
 * code-server's workbench writes addresses of this machine anew, for a way through its own front. The VS Code server within
 * it has none: so the browser goes there directly, with the address as it was.
 */
async function followOwnPorts(page: Page): Promise<void> {
	await page.context().route(/\/proxy\/\d+\//, async (route) => {
		const [, port, rest = ""] = /\/proxy\/(\d+)(\/.*)$/.exec(route.request().url()) ?? [];
		await route.fulfill({ status: 302, headers: { location: `http://127.0.0.1:${port}${rest}` } });
	});
}
