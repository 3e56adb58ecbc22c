import type { RelayAccount } from "../accounts/account.ts";
import type { AccountBook } from "../accounts/accountBook.ts";
import type { reach } from "../accounts/reachability.ts";
import type { Relays, SaveResult } from "../accounts/relays.ts";
import type { SecretVault } from "../accounts/secretVault.ts";
import type { ProxyControl } from "../bridge/proxyControl.ts";
import type { KeptSettings } from "./relayFormDraft.ts";
import type { HostMessage, RelayDraft } from "./relayFormMessages.ts";
import type { FormTexts } from "./relayFormState.ts";

/** What a save did, when it was not refused. */
export type Saved = Extract<SaveResult, { readonly kind: "added" | "updated" | "unchanged" }>;

export interface SessionOptions {
	readonly relays: Pick<Relays, "save">;
	readonly book: Pick<AccountBook, "accounts">;
	readonly vault: Pick<SecretVault, "apiKeyOf">;
	readonly proxy: Pick<ProxyControl, "testRelay" | "listModels" | "clearCooldown">;
	readonly reach: typeof reach;
	readonly texts: FormTexts;
	/** The account to edit, or null for a new one. */
	readonly account: RelayAccount | null;
	/** What a new account takes over besides the draft. */
	readonly kept: KeptSettings | null;
	/** What the form opens with. */
	readonly draft: RelayDraft;
	readonly post: (message: HostMessage) => void;
	/** After this the session has nothing more to do. */
	readonly saved: (result: Saved) => void;
	readonly titleChanged: (title: string) => void;
}
