// Loaded into each thread of our target by `--import`, before all else: profiles that thread when told to. `--cpu-prof` would
// take the start and the warm-up into the profile too.
import { writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { BroadcastChannel, threadId } from "node:worker_threads";
import { type ProfileQuestion, profileChannel } from "./threads.ts";

/** Microseconds between two samples. */
const interval = 250;

const channel = new BroadcastChannel(profileChannel);
const session = new Session();

async function answer(question: ProfileQuestion): Promise<string> {
	if (question.profile === "start") {
		session.connect();
		await session.post("Profiler.enable");
		await session.post("Profiler.setSamplingInterval", { interval });
		await session.post("Profiler.start");
		return "";
	}
	const { profile } = await session.post("Profiler.stop");
	const file = `${question.path}-thread-${threadId}.cpuprofile`;
	await writeFile(file, JSON.stringify(profile));
	session.disconnect();
	return file;
}

channel.onmessage = ({ data }) => {
	if (typeof data === "object") void answer(data).then((text) => channel.postMessage(text));
};
// Node's channels keep their thread alive unless told otherwise.
channel.unref();
