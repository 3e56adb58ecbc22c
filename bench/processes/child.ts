import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { atEnd, refuseWhileEnding } from "../../scripts/ending.ts";
import { pinned } from "../machine.ts";
import type { Answer, Ready } from "./questions.ts";

/** Milliseconds for a process to be ready. */
const startPatience = 30_000;
/** Milliseconds for a process to end by itself. */
const endPatience = 2000;

/** A script of the bench in a process of its own. */
export interface Child {
	readonly pid: number;
	/** Where it listens; null if it does not. */
	readonly port: number | null;
	/** Rejects with what the process threw. */
	ask(question: unknown): Promise<unknown>;
	stop(): Promise<void>;
}

export interface ChildOptions {
	readonly args?: readonly string[];
	/** Null: wherever the system puts it. */
	readonly core: number | null;
	/** Flags for Node. */
	readonly flags?: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
}

/** Starts a script that calls `answerQuestions`; resolves when it is ready. */
export async function startChild(script: string, options: ChildOptions): Promise<Child> {
	refuseWhileEnding();
	const { command, args } = pinned(options.core, process.execPath);
	const child = fork(script, options.args ?? [], {
		execPath: command,
		execArgv: [...args, ...(options.flags ?? [])],
		env: { ...process.env, NODE_ENV: "production", ...options.env },
		stdio: ["ignore", "pipe", "pipe", "ipc"],
	});
	const said: string[] = [];
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding("utf8").on("data", (text: string) => {
			said.push(text);
			if (said.length > 200) said.shift();
		});
	}
	const stop = () => end(child);
	const forget = atEnd(stop);
	child.once("exit", forget);
	const { port } = await untilReady(child, () => `${script} said:\n${said.join("")}`);
	const { pid } = child;
	if (pid === undefined) throw new Error(`${script} has no process.`);
	return { pid, port, ask: asker(child, () => said.join("")), stop };
}

async function untilReady(child: ChildProcess, account: () => string): Promise<Ready> {
	const ready = Promise.withResolvers<Ready>();
	const fail = (what: string) => ready.reject(new Error(`${what} ${account()}`));
	const clock = setTimeout(() => fail(`Not ready after ${startPatience / 1000} s.`), startPatience);
	const onExit = () => fail("Ended before it was ready.");
	child.once("exit", onExit);
	child.once("error", ready.reject);
	child.once("message", ready.resolve);
	try {
		return await ready.promise;
	} finally {
		clearTimeout(clock);
		child.off("exit", onExit);
	}
}

function asker(child: ChildProcess, said: () => string): (question: unknown) => Promise<unknown> {
	const open = new Map<number, PromiseWithResolvers<unknown>>();
	let last = 0;
	child.on("message", (message: Answer) => {
		const asked = open.get(message.number);
		open.delete(message.number);
		if (message.ok) asked?.resolve(message.answer);
		else asked?.reject(new Error(message.error));
	});
	child.once("exit", (code, signal) => {
		for (const asked of open.values()) {
			asked.reject(new Error(`A process of the bench ended (${code ?? signal}). It said:\n${said()}`));
		}
		open.clear();
	});
	return (question) => {
		if (!child.connected) return Promise.reject(new Error("A process of the bench has ended."));
		last += 1;
		const asked = Promise.withResolvers<unknown>();
		open.set(last, asked);
		child.send({ number: last, question });
		return asked.promise;
	};
}

async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = once(child, "exit");
	if (child.connected) child.disconnect();
	else child.kill("SIGTERM");
	const clock = setTimeout(() => child.kill("SIGKILL"), endPatience);
	await ended;
	clearTimeout(clock);
}
