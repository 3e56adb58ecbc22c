import type { MessagePort } from "node:worker_threads";
import type { SavedRest } from "./accountLive.ts";
import type { Command, KeyChange, ProxyConfig, ProxyEvent } from "./protocol.ts";
import type { Call, CallResult } from "./relayReports.ts";

/** What the worker's end of the bridge drives. */
interface Driven {
	configure(config: ProxyConfig): Promise<void>;
	restore(rests: readonly SavedRest[]): void;
	serve(on: boolean): Promise<void>;
	follow(): Promise<void>;
	clearCooldown(accountId: string | null): void;
	keyChanged(key: KeyChange): void;
	loginNotRenewed(accountId: string): void;
	call(call: Call, signal: AbortSignal): Promise<CallResult>;
}

/** Sends what the proxy has to say to the main thread. */
export function sendEvents(port: MessagePort): (event: ProxyEvent) => void {
	return (event) => port.postMessage(event, event.type === "hostFetch" ? [event.port] : []);
}

/** Carries out what the main thread says, for as long as the port lives. */
export function obeyCommands(port: MessagePort, driven: Driven, send: (event: ProxyEvent) => void): void {
	const calls = new Map<number, AbortController>();
	port.on("message", (command: Command) => {
		switch (command.type) {
			case "configure":
				void driven.configure(command.config);
				return;
			case "restore":
				driven.restore(command.rests);
				return;
			case "serve":
				void driven.serve(command.on);
				return;
			case "follow":
				void driven.follow();
				return;
			case "clearCooldown":
				driven.clearCooldown(command.accountId);
				return;
			case "keyChanged":
				driven.keyChanged(command.key);
				return;
			case "loginNotRenewed":
				driven.loginNotRenewed(command.accountId);
				return;
			case "call": {
				const { callId, call } = command;
				const controller = new AbortController();
				calls.set(callId, controller);
				void driven
					.call(call, controller.signal)
					.then((result) => send({ type: "result", callId, result }))
					.finally(() => calls.delete(callId));
				return;
			}
			case "cancel":
				calls.get(command.callId)?.abort();
		}
	});
}
