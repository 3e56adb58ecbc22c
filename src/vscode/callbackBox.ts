import * as vscode from "vscode";
import type { BrowserSignIn } from "../native/browserSignIn.ts";
import { authFailureText } from "./authFailureText.ts";

/** Why a person is asked for the address on which the browser ended. */
export type PasteReason =
	/** Another program has the port of the callback. */
	| "portTaken"
	/** The browser may be on another machine. */
	| "away"
	/** The person wants to. */
	| "wanted";

/**
 * Asks for the address on which the browser ended. The box goes away by itself when the sign-in ends in another way; closing
 * it ends nothing.
 */
export function askForCallback(signIn: BrowserSignIn, reason: PasteReason, redirectUrl: string): void {
	const box = vscode.window.createInputBox();
	const copy = { iconPath: new vscode.ThemeIcon("link"), tooltip: vscode.l10n.t("Copy Link") };
	box.title = vscode.l10n.t("Sign In with ChatGPT");
	box.prompt = promptText(reason, redirectUrl);
	box.placeholder = `${redirectUrl}?code=…&state=…`;
	box.buttons = [copy];
	// The browser takes the focus in between.
	box.ignoreFocusOut = true;
	const close = () => box.dispose();
	const accept = async (): Promise<void> => {
		if (box.busy || box.value.trim() === "") return;
		box.busy = true;
		box.enabled = false;
		const failure = await signIn.pasteCallback(box.value);
		box.busy = false;
		box.enabled = true;
		if (failure === null || failure.kind === "cancelled") close();
		else box.validationMessage = authFailureText(failure);
	};
	box.onDidAccept(() => void accept());
	box.onDidChangeValue(() => {
		box.validationMessage = undefined;
	});
	box.onDidTriggerButton(() => void vscode.env.clipboard.writeText(signIn.url));
	box.onDidHide(close);
	void signIn.result.then(close);
	box.show();
}

function promptText(reason: PasteReason, redirectUrl: string): string {
	switch (reason) {
		case "portTaken":
			return vscode.l10n.t(
				"Another program uses port {0}, so the browser will end on a page that cannot be reached or is not ours. Copy that page's address and paste it here.",
				new URL(redirectUrl).port || "80",
			);
		case "away":
			return vscode.l10n.t(
				"Sign in in the browser. If it ends on a page that cannot be reached, because this window runs on another machine, copy that page's address and paste it here.",
			);
		case "wanted":
			return vscode.l10n.t("The address of the page on which the browser ended. It begins with {0}.", redirectUrl);
	}
}
