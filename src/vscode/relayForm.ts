import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { RelayAccount } from "../accounts/account.ts";
import { reach } from "../accounts/reachability.ts";
import type { Parts } from "./parts.ts";
import { plainText } from "./plainText.ts";
import { blankDraft, copyLabel, draftOf, type KeptSettings } from "./relayFormDraft.ts";
import { relayFormHtml } from "./relayFormHtml.ts";
import { type RelayDraft, readPageMessage } from "./relayFormMessages.ts";
import { RelayFormSession } from "./relayFormSession.ts";
import type { Saved } from "./relayFormSessionOptions.ts";
import { relayFormTexts } from "./relayFormTexts.ts";

/** Opens the form that adds and edits relays. */
export interface RelayForm extends vscode.Disposable {
	/** A blank form; the one that is open already, if there is one. */
	add(): void;
	/** One form for each account. */
	edit(account: RelayAccount): void;
	/** A new account with the values of `account`, but without its key. */
	duplicate(account: RelayAccount): void;
}

type FormParts = Pick<Parts, "context" | "relays" | "book" | "vault" | "proxy" | "log">;

/** What a form is opened with; forms with the same name are one. */
interface Opening {
	readonly name: string;
	readonly account: RelayAccount | null;
	readonly kept: KeptSettings | null;
	readonly draft: RelayDraft;
}

function savedText({ kind, account }: Saved): string {
	const label = plainText(account.label);
	switch (kind) {
		case "added":
			return vscode.l10n.t("Added {0}", label);
		case "updated":
			return vscode.l10n.t("Updated {0}", label);
		case "unchanged":
			return vscode.l10n.t("{0} was saved like this already", label);
	}
}

function createPanel(extension: vscode.Uri): vscode.WebviewPanel {
	const pages = vscode.Uri.joinPath(extension, "dist", "webview");
	const panel = vscode.window.createWebviewPanel("relayAccounts.form", "", vscode.ViewColumn.Active, {
		enableScripts: true,
		enableForms: false,
		enableCommandUris: false,
		localResourceRoots: [pages],
	});
	// A product icon takes the theme's colours; the view's own picture is black on any background.
	panel.iconPath = new vscode.ThemeIcon("plug");
	return panel;
}

function pageOf(webview: vscode.Webview, extension: vscode.Uri): string {
	const uriOf = (file: string) =>
		webview.asWebviewUri(vscode.Uri.joinPath(extension, "dist", "webview", file)).toString();
	return relayFormHtml({
		scriptUri: uriOf("relayForm.js"),
		styleUri: uriOf("relayForm.css"),
		cspSource: webview.cspSource,
		nonce: randomBytes(18).toString("base64"),
		language: vscode.env.language,
	});
}

/** Shows one form until it is saved or closed. */
function openForm(parts: FormParts, opening: Opening, closed: () => void): vscode.WebviewPanel {
	const { context, relays, book, vault, proxy, log } = parts;
	const panel = createPanel(context.extensionUri);
	let open = true;
	const session = new RelayFormSession({
		...{ relays, book, vault, proxy, reach },
		...{ account: opening.account, kept: opening.kept, draft: opening.draft },
		texts: relayFormTexts(),
		post: (message) => {
			if (open) void panel.webview.postMessage(message);
		},
		saved: (result) => {
			panel.dispose();
			void vscode.window.showInformationMessage(savedText(result));
		},
		titleChanged: (title) => {
			panel.title = title;
		},
	});
	panel.title = session.title;
	panel.onDidDispose(() => {
		open = false;
		session.dispose();
		closed();
	});
	panel.webview.onDidReceiveMessage(async (received: unknown) => {
		const message = readPageMessage(received);
		if (message === null) return log.warn("The relay form's page sent a message of an unknown shape.");
		await session.receive(message);
	});
	panel.webview.html = pageOf(panel.webview, context.extensionUri);
	return panel;
}

export function createRelayForm(parts: FormParts): RelayForm {
	const panels = new Map<string, vscode.WebviewPanel>();

	function show(opening: Opening): void {
		const shown = panels.get(opening.name);
		if (shown !== undefined) {
			shown.reveal();
			return;
		}
		const panel = openForm(parts, opening, () => panels.delete(opening.name));
		panels.set(opening.name, panel);
	}

	return {
		add: () => show({ name: "add", account: null, kept: null, draft: blankDraft }),
		edit: (account) => show({ name: `edit ${account.id}`, account, kept: null, draft: draftOf(account) }),
		duplicate: (account) => {
			const labels = parts.book.accounts.map(({ label }) => label);
			const label = copyLabel(account.label, labels, (original) => vscode.l10n.t("{0} copy", original));
			const kept = { modelMap: account.modelMap };
			show({ name: `duplicate ${account.id}`, account: null, kept, draft: { ...draftOf(account), label } });
		},
		dispose: () => {
			for (const panel of [...panels.values()]) panel.dispose();
		},
	};
}
