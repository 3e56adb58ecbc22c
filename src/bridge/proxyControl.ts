import type { Disposable } from "../accounts/listeners.ts";
import type { ModelsReport, ProxyConfig, ProxyState, RelayTarget, RequestRecord, TestReport } from "./protocol.ts";

export type { Disposable } from "../accounts/listeners.ts";

/** The proxy as the main thread sees it, whichever thread or window it runs in. */
export interface ProxyControl extends Disposable {
	readonly state: ProxyState;
	onDidChangeState(listener: (state: ProxyState) => void): Disposable;
	onDidFinishRequest(listener: (record: RequestRecord) => void): Disposable;
	/** Replaces what the proxy knows; takes effect for the next request, a changed port moves the server. */
	configure(config: ProxyConfig): void;
	/** Turns the proxy on or off; the state follows. */
	serve(on: boolean): void;
	/** Sends one small real request; works with the proxy off too. Never rejects: aborting gives `cancelled`. */
	testRelay(target: RelayTarget, model: string | null, signal: AbortSignal): Promise<TestReport>;
	/** Asks the relay for its own list. Never rejects: aborting gives `cancelled`. */
	listModels(target: RelayTarget, signal: AbortSignal): Promise<ModelsReport>;
}
