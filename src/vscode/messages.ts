import * as vscode from "vscode";
import { errorText } from "./plainText.ts";

/** A button of a message, and what it does. */
export interface Offer {
	readonly title: string;
	readonly run: () => unknown;
}

type Severity = "info" | "warning" | "error";

/** Shows a message and does not wait for it; what an offer's action throws is logged. */
export function tell(
	log: vscode.LogOutputChannel,
	severity: Severity,
	message: string,
	offers: readonly Offer[] = [],
): void {
	void ask(severity, message, offers).catch((error: unknown) => log.error(errorText(error)));
}

async function ask(severity: Severity, message: string, offers: readonly Offer[]): Promise<void> {
	const chosen = await show(severity, message, ...offers.map(({ title }) => title));
	await offers.find(({ title }) => title === chosen)?.run();
}

function show(severity: Severity, message: string, ...titles: string[]): Thenable<string | undefined> {
	switch (severity) {
		case "info":
			return vscode.window.showInformationMessage(message, ...titles);
		case "warning":
			return vscode.window.showWarningMessage(message, ...titles);
		case "error":
			return vscode.window.showErrorMessage(message, ...titles);
	}
}

/** The offer to look into the log. */
export function logOffer(log: vscode.LogOutputChannel): Offer {
	return { title: vscode.l10n.t("Show Log"), run: () => log.show() };
}

/** Asks before something that cannot be taken back. Cancel and Escape mean no. */
export async function confirmed(question: string, detail: string, yes: string): Promise<boolean> {
	return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

/**
 * Runs a task under a notification that can be cancelled.
 * @param task is given a way to say how it stands; VS Code makes links of what is written as Markdown links.
 */
export async function withCancellableProgress<T>(
	title: string,
	task: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T> {
	const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
	return await vscode.window.withProgress(options, async (progress, token) => {
		const abort = new AbortController();
		const subscription = token.onCancellationRequested(() => abort.abort());
		try {
			return await task(abort.signal, (message) => progress.report({ message }));
		} finally {
			subscription.dispose();
		}
	});
}
