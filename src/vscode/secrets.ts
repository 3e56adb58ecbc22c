import type * as vscode from "vscode";
import type { SecretStore } from "../accounts/secretVault.ts";

/** VS Code's SecretStorage as the store that keeps the keys of accounts. */
export function secretStore(secrets: vscode.SecretStorage): SecretStore {
	return {
		get: (key) => secrets.get(key),
		store: (key, value) => secrets.store(key, value),
		delete: (key) => secrets.delete(key),
		onDidChange: (listener) => secrets.onDidChange(({ key }) => listener(key)),
	};
}
