import { startChatGpt } from "../../test/support/chatgpt/chatGpt.ts";
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
	const chatGpt = await startChatGpt({ visitor, consent: "asked" });
	chatGpt.auth.people.push(person({ email: "grace@demo.example", plan: "pro" }));
	return {
		settings: chatGpt.vscodeSettings(),
		remark:
			'ChatGPT is a demo too: F1, "Relay Accounts: Sign In with ChatGPT" signs in to it, with no account of yours.',
		close: () => chatGpt.close(),
	};
}
