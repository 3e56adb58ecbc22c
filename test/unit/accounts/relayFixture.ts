import type { RelayAccount } from "../../../src/accounts/account.ts";
import { relayAccount as anyRelay } from "../../support/relayAccount.ts";

/** The relay called One, as saved; with other fields where they are given. */
export function relayAccount(given: Partial<RelayAccount> = {}): RelayAccount {
	return anyRelay({ id: "relay-1", label: "One", baseUrl: "https://one.example/v1", ...given });
}
