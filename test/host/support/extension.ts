import { type Extension, extensions } from "vscode";

export const extensionId = "relay-accounts.relay-accounts";

/** The extension under test, as VS Code knows it; its manifest has its words in it already. */
export function extension(): Extension<unknown> {
	const found = extensions.getExtension(extensionId);
	if (found === undefined) throw new Error(`VS Code does not know ${extensionId}.`);
	return found;
}
