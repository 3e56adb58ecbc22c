import { BroadcastChannel } from "node:worker_threads";

/** Between the thread that is asked and all threads that `thread.ts` was loaded into, itself among them. */
export const profileChannel = "bench-profile";

/** Asked of our target's process when it runs with `thread.ts`. */
export type ProfileQuestion =
	| { readonly profile: "start"; readonly threads: number }
	/** Writes a file for each thread; the path is what their names begin with. */
	| { readonly profile: "stop"; readonly threads: number; readonly path: string };

/** @returns what each thread has to say, in the order of their answers. */
export async function profileThreads(question: unknown): Promise<readonly string[]> {
	const { threads } = question as ProfileQuestion;
	const channel = new BroadcastChannel(profileChannel);
	const answers: string[] = [];
	const all = Promise.withResolvers<void>();
	channel.onmessage = ({ data }) => {
		if (typeof data !== "string") return;
		answers.push(data);
		if (answers.length === threads) all.resolve();
	};
	channel.postMessage(question);
	await all.promise;
	channel.close();
	return answers;
}
