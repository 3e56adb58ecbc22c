import { setTimeout as pause } from "node:timers/promises";
import * as vscode from "vscode";
import type { DeviceSignIn } from "../native/deviceSignIn.ts";
import type { AuthResult } from "../native/login.ts";
import { tell, withCancellableProgress } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { plainText } from "./plainText.ts";

type FlowParts = Pick<Parts, "chatGpt" | "log">;

/** Signs a person in by a code that is typed in any browser, under a notification that can be cancelled. */
export async function signInByDeviceCode(parts: FlowParts): Promise<AuthResult> {
	const { chatGpt } = parts;
	const settings = chatGpt.settings.auth;
	const { startDeviceSignIn } = await chatGpt.onDemand();
	return await withCancellableProgress(vscode.l10n.t("Signing in with ChatGPT"), (cancelled, report) =>
		chatGpt.desk.run(cancelled, async (signal, begun) => {
			const signIn = await startDeviceSignIn({
				settings,
				fetch: chatGpt.fetch,
				signal,
				pause: (milliseconds, aborted) => pause(milliseconds, undefined, { signal: aborted }).catch(() => undefined),
			});
			if (signIn.kind !== "ok") return signIn;
			begun({ kind: "device", signIn });
			report(waitingText(signIn));
			void showCode(parts, signIn);
			return await signIn.result;
		}),
	);
}

export async function copyCode({ log }: Pick<FlowParts, "log">, { userCode }: DeviceSignIn): Promise<void> {
	await vscode.env.clipboard.writeText(userCode);
	tell(log, "info", vscode.l10n.t("The code {0} was copied.", plainText(userCode)));
}

/** The notification has no buttons but Cancel; links in its text run commands. */
function waitingText({ userCode, verificationUrl }: DeviceSignIn): string {
	const enter = vscode.l10n.t("enter the code {0} at {1}.", plainText(userCode), plainText(verificationUrl));
	return `${enter} [${vscode.l10n.t("Copy Code")}](command:relayAccounts.copySignInCode)`;
}

async function showCode(parts: FlowParts, signIn: DeviceSignIn): Promise<void> {
	const { userCode, verificationUrl, verificationUrlComplete } = signIn;
	const open = vscode.l10n.t("Copy Code and Open Page");
	const chosen = await vscode.window.showInformationMessage(
		vscode.l10n.t("Your code is {0}", plainText(userCode)),
		{
			modal: true,
			detail: vscode.l10n.t(
				"Enter it at {0}, on this or any other device. Enter only a code that you have asked for yourself here.",
				plainText(verificationUrl),
			),
		},
		open,
	);
	if (chosen !== open || parts.chatGpt.desk.underWay?.signIn !== signIn) return;
	await copyCode(parts, signIn);
	await vscode.env.openExternal(vscode.Uri.parse(verificationUrlComplete ?? verificationUrl, true));
}
