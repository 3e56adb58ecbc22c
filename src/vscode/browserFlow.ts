import * as vscode from "vscode";
import type { BrowserSignIn, SignInTexts } from "../native/browserSignIn.ts";
import type { AuthFailure, AuthResult } from "../native/login.ts";
import { authFailureText } from "./authFailureText.ts";
import { askForCallback } from "./callbackBox.ts";
import { tell, withCancellableProgress } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { errorText } from "./plainText.ts";

type FlowParts = Pick<Parts, "chatGpt" | "log">;

/**
 * Signs a person in by a browser, under a notification that can be cancelled.
 * @param paste the person wants to paste the callback whatever the circumstances.
 */
export async function signInByBrowser(parts: FlowParts, paste?: "wanted"): Promise<AuthResult> {
	const { chatGpt } = parts;
	const settings = chatGpt.settings.auth;
	const { startBrowserSignIn } = await chatGpt.onDemand();
	return await withCancellableProgress(vscode.l10n.t("Signing in with ChatGPT"), (cancelled, report) =>
		chatGpt.desk.run(cancelled, async (signal, begun) => {
			const signIn = await startBrowserSignIn({ settings, fetch: chatGpt.fetch, texts: pageTexts(), signal });
			// Nobody wants a browser or a box for it any more.
			if (signal.aborted) return await signIn.result;
			begun({ kind: "browser", signIn });
			report(waitingText());
			const reason = signIn.listening === "taken" ? "portTaken" : (paste ?? (isAway() ? "away" : null));
			if (reason !== null) askForCallback(signIn, reason, settings.redirectUrl);
			void openLink(parts, signIn);
			return await signIn.result;
		}),
	);
}

/** The link goes to the clipboard: it is good for this sign-in alone. */
export async function copyLink({ log }: Pick<FlowParts, "log">, { url }: Pick<BrowserSignIn, "url">): Promise<void> {
	await vscode.env.clipboard.writeText(url);
	tell(log, "info", vscode.l10n.t("The sign-in link was copied. Open it in a browser."));
}

/** Whether the browser may run on another machine than this extension does, so that it cannot reach the callback's port. */
function isAway(): boolean {
	return vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web;
}

/** The notification has no buttons but Cancel; links in its text run commands. */
function waitingText(): string {
	const links = [
		`[${vscode.l10n.t("Copy Link")}](command:relayAccounts.copySignInLink)`,
		`[${vscode.l10n.t("Paste Callback URL")}](command:relayAccounts.pasteCallbackUrl)`,
	];
	return `${vscode.l10n.t("finish in the browser.")} ${links.join(" · ")}`;
}

async function openLink(parts: FlowParts, signIn: BrowserSignIn): Promise<void> {
	let isOpened = false;
	try {
		isOpened = await vscode.env.openExternal(vscode.Uri.parse(signIn.url, true));
	} catch (error) {
		parts.log.warn(`The browser could not be opened: ${errorText(error)}`);
	}
	if (isOpened || parts.chatGpt.desk.underWay?.signIn !== signIn) return;
	tell(
		parts.log,
		"warning",
		vscode.l10n.t("The browser was not opened. Copy the link and open it in a browser yourself."),
		[
			{ title: vscode.l10n.t("Copy Link"), run: () => copyLink(parts, signIn) },
			{
				title: vscode.l10n.t("Paste Callback URL"),
				run: () => vscode.commands.executeCommand("relayAccounts.pasteCallbackUrl"),
			},
		],
	);
}

/** What the browser shows in the end. */
function pageTexts(): SignInTexts {
	return {
		language: vscode.env.language,
		succeeded: {
			title: vscode.l10n.t("You are signed in"),
			detail: vscode.l10n.t("Relay Accounts has your ChatGPT login. You can close this page and go back to VS Code."),
		},
		failed: (failure) => ({ title: vscode.l10n.t("Signing in did not work"), detail: failureDetail(failure) }),
	};
}

function failureDetail(failure: AuthFailure): string {
	if (failure.kind === "cancelled") return vscode.l10n.t("This sign-in was cancelled in VS Code. Begin again there.");
	const goesOn = failure.kind === "notSent" || failure.kind === "unavailable";
	const words = authFailureText(failure);
	return goesOn ? `${words} ${vscode.l10n.t("Reload this page to try once more.")}` : words;
}
