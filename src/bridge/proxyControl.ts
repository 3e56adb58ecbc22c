import type { Disposable } from "../accounts/listeners.ts";
import type { AccountLive } from "./accountLive.ts";
import type {
	AccountKey,
	KeyChange,
	ProxyConfig,
	ProxyState,
	RefusedLogin,
	RequestRecord,
	ServedNative,
} from "./protocol.ts";
import type { ModelsReport, QuotaReport, RelayTarget, TestReport } from "./relayReports.ts";

export type { Disposable } from "../accounts/listeners.ts";

/** The proxy as the main thread sees it, whichever thread or window it runs in. */
export interface ProxyControl extends Disposable {
	readonly state: ProxyState;
	onDidChangeState(listener: (state: ProxyState) => void): Disposable;
	onDidFinishRequest(listener: (record: RequestRecord) => void): Disposable;
	/** Replaces what the proxy knows; takes effect for the next request, a changed port moves the server. */
	configure(config: ProxyConfig): void;
	/** Turns the proxy on or off, in all windows; the state follows. */
	serve(on: boolean): void;
	/** How the accounts stand in the pool that serves; empty while none does. */
	readonly live: ReadonlyMap<string, AccountLive>;
	onDidChangeLive(listener: (live: ReadonlyMap<string, AccountLive>) => void): Disposable;
	/** Ends the rests of one account, or with null of all, in the window that serves. */
	clearCooldown(accountId: string | null): void;
	/** Tells the window that serves of a key that a person has entered in this one, or removed. */
	keyChanged(key: KeyChange): void;
	/** Keys that other windows had and this one, which serves, lacked or had an older one of. */
	onDidLearnKey(listener: (key: AccountKey) => void): Disposable;
	/** Access tokens that the backend has refused, in this window's proxy. */
	onDidRefuseLogin(listener: (refused: RefusedLogin) => void): Disposable;
	/** Says that such a login could not be renewed. */
	loginNotRenewed(accountId: string): void;
	/** Asks the backend what is left of a plan; works with the proxy off too. Never rejects: aborting gives `cancelled`. */
	askQuota(target: ServedNative, signal: AbortSignal): Promise<QuotaReport>;
	/** Sends one small real request; works with the proxy off too. Never rejects: aborting gives `cancelled`. */
	testRelay(target: RelayTarget, model: string | null, signal: AbortSignal): Promise<TestReport>;
	/** Asks the relay for its own list. Never rejects: aborting gives `cancelled`. */
	listModels(target: RelayTarget, signal: AbortSignal): Promise<ModelsReport>;
}

/** Whether some window's proxy answers on the port. */
export function isServed({ kind }: ProxyState): boolean {
	return kind === "listening" || kind === "otherWindow";
}
