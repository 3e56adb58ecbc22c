import type { Dispatcher } from "undici";
import type { LogLevel } from "../bridge/protocol.ts";
import { type HostFetch, isPortable } from "./hostFetch.ts";
import { codeOf } from "./networkError.ts";
import { OutboundProxyError } from "./outboundError.ts";
import { PassingHandler } from "./passingHandler.ts";

/** How long what VS Code could reach goes by VS Code at once, and what it could not is not asked of it again. Milliseconds. */
const reachedFor = 10 * 60_000;
const failedFor = 60_000;

interface FallbackParts {
	readonly host: HostFetch;
	readonly log: (level: LogLevel, message: string) => void;
	/** Milliseconds. */
	readonly now: () => number;
}

/** What is known of each origin: whether VS Code reaches it, and until when that counts. */
export type HostMemory = Map<string, { readonly reached: boolean; readonly until: number }>;

/**
 * Where VS Code may know a way that nothing else tells (a PAC script, system settings, a login of the proxy): a request
 * that got no connection is made once more by VS Code. So whoever needs no proxy never waits for the main thread.
 */
export function withHostFallback(
	memory: HostMemory,
	{ host, log, now }: FallbackParts,
): Dispatcher.DispatcherComposeInterceptor {
	const recall = (origin: string): boolean | null => {
		const known = memory.get(origin);
		return known !== undefined && known.until > now() ? known.reached : null;
	};
	return (dispatch) => (options, handler) => {
		const origin = String(options.origin);
		const byHost = (next: Dispatcher.DispatchHandler, first: Error | null): void => {
			const settled = (reached: boolean): void => {
				const isNews = recall(origin) !== reached;
				memory.set(origin, { reached, until: now() + (reached ? reachedFor : failedFor) });
				if (reached && isNews) log("info", takenText(origin, first));
			};
			host.dispatch(options, new HostTry(next, first, settled));
		};
		if (recall(origin) === true && isPortable(options.body)) {
			byHost(handler, null);
			return true;
		}
		const again = (error: Error): boolean => {
			if (!isPortable(options.body) || recall(origin) === false || !mayHelp(error)) return false;
			byHost(handler, error);
			return true;
		};
		return dispatch(options, new OwnTry(handler, again));
	};
}

/** VS Code is no help against a wrong argument, nor against a proxy that is down; it can answer one that wants a login. */
function mayHelp(error: Error): boolean {
	if (error instanceof OutboundProxyError) return error.trouble === "passwordAsked";
	const code = codeOf(error);
	return code === "UND_ERR_CONNECT_TIMEOUT" || !/^(?:UND_ERR_|UNKNOWN$)/.test(code);
}

function takenText(origin: string, error: Error | null): string {
	const { host } = new URL(origin);
	const reason = error === null ? "" : ` (${codeOf(error)})`;
	return (
		`${host} got no connection${reason}, but VS Code knows a way: its own fetch is used for the next 10 minutes. ` +
		"A reply that is silent for 300 s is cut there, and compressed replies come unpacked."
	);
}

/** A try on our own connections. As long as nothing has been sent, VS Code may have its try. */
class OwnTry extends PassingHandler {
	readonly #again: (error: Error) => boolean;
	#begun = false;

	constructor(next: Dispatcher.DispatchHandler, again: (error: Error) => boolean) {
		super(next);
		this.#again = again;
	}

	override onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
		this.#begun = true;
		super.onRequestStart(controller, context);
	}

	override onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
		if (this.#begun || !this.#again(error)) super.onResponseError(controller, error);
	}
}

/** VS Code's try. Where it reaches nothing either, the first error says more than a fetch does. */
class HostTry extends PassingHandler {
	readonly #first: Error | null;
	readonly #settled: (reached: boolean) => void;
	#answered = false;

	constructor(next: Dispatcher.DispatchHandler, first: Error | null, settled: (reached: boolean) => void) {
		super(next);
		this.#first = first;
		this.#settled = settled;
	}

	override onResponseStart(...given: Parameters<PassingHandler["onResponseStart"]>): void {
		this.#answered = true;
		this.#settled(true);
		super.onResponseStart(...given);
	}

	override onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
		if (this.#answered || controller.aborted) {
			super.onResponseError(controller, error);
			return;
		}
		this.#settled(false);
		super.onResponseError(controller, this.#first ?? error);
	}
}
