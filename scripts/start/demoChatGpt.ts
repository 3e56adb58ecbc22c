import { type ChatGpt, type ChatGptOptions, startChatGpt } from "../../test/support/chatgpt/chatGpt.ts";
import { person } from "../../test/support/chatgpt/people.ts";
import type { Settings } from "../host/vscodeServer.ts";

/** A ChatGPT of this run's own, in which nobody real signs in. */
export interface DemoChatGpt {
	/** What makes the extension sign in there and be answered from there. */
	readonly settings: Settings;
	/** How a person tries it. */
	readonly remark: string;
	readonly close: () => Promise<void>;
}

/** Its page for sign-in asks which of two people somebody is. */
export async function startDemoChatGpt(): Promise<DemoChatGpt> {
	const visitor = person({ email: "ada@demo.example", plan: "plus" });
	const chatGpt = await startWhereBrowsersGo({ visitor, consent: "asked" });
	chatGpt.auth.people.push(person({ email: "grace@demo.example", plan: "pro" }));
	return {
		settings: chatGpt.vscodeSettings(),
		remark:
			'ChatGPT is a demo too: F1, "Relay Accounts: Sign In with ChatGPT" signs in to it, with no account of yours.',
		close: () => chatGpt.close(),
	};
}

/**
 * code-server's workbench writes links to localhost and 127.0.0.1 anew, for a way through its own front, which is not started
 * here. Other addresses of this machine it leaves alone; not every system has one.
 */
async function startWhereBrowsersGo(options: ChatGptOptions): Promise<ChatGpt> {
	try {
		return await startChatGpt({ ...options, host: "127.0.0.2" });
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "EADDRNOTAVAIL") return startChatGpt(options);
		throw error;
	}
}
