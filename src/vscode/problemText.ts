import * as vscode from "vscode";
import { authStyles, formats } from "../accounts/account.ts";
import type { FieldProblem } from "../accounts/relayInput.ts";
import { endpoints } from "../formats/endpoints.ts";
import { plainText } from "./plainText.ts";

/** What is wrong with one field, and what to do about it, as one sentence or two. */
export function problemText(problem: FieldProblem): string {
	const detail = plainText(problem.detail);
	switch (problem.code) {
		case "labelEmpty":
			return vscode.l10n.t("Enter a label: the name under which this account is shown.");
		case "labelTaken":
			return vscode.l10n.t("Another account has this label already. Choose a different one.");
		case "labelInvalid":
			return vscode.l10n.t("A label has at most 60 characters and no line breaks or other control characters.");
		case "urlEmpty":
			return vscode.l10n.t("Enter the base URL of the relay, for example https://api.example.com.");
		case "urlNoScheme":
			return vscode.l10n.t("The base URL must begin with https://. Did you mean {0}?", detail);
		case "urlInvalid":
			return vscode.l10n.t("This is not a URL. A base URL looks like https://api.example.com/v1.");
		case "urlScheme":
			return vscode.l10n.t(
				"A base URL begins with https://, or with http:// on this machine; {0} is not possible.",
				detail,
			);
		case "urlUserInfo":
			return vscode.l10n.t("Remove the user name and password from the URL. The key belongs in the API key field.");
		case "urlPlainHttp":
			return vscode.l10n.t(
				"Over http:// the API key and all texts travel to {0} unencrypted. Use https://, or allow it explicitly.",
				detail,
			);
		case "hostUnreachable":
			return vscode.l10n.t(
				"{0} could not be reached. Check the base URL for a typing mistake, and your network.",
				detail,
			);
		case "keyEmpty":
			return vscode.l10n.t("Enter the API key that the relay gave you.");
		case "keyInvalid":
			return vscode.l10n.t("The API key holds a line break or another character that no key can have. Copy it again.");
		case "formatUnknown":
			return vscode.l10n.t(
				"Choose one of these formats: {0}.",
				formats.map((format) => `${format} (${endpoints[format].name})`).join(", "),
			);
		case "modelsNoList":
			return vscode.l10n.t("Allowed models must be a list of names; a name may hold * for any characters.");
		case "modelPattern":
			return detail === ""
				? vscode.l10n.t("One of the allowed models is empty or not a name. Remove it.")
				: vscode.l10n.t(
						"“{0}” is not a model name or pattern. Names hold no spaces; * stands for any characters.",
						detail,
					);
		case "modelMapInvalid":
			return detail === ""
				? vscode.l10n.t("The model map must give one exact name at the relay for each exact name that clients use.")
				: vscode.l10n.t(
						"“{0}” does not fit the model map: it gives one exact name at the relay for each exact name that clients use.",
						detail,
					);
		case "priorityInvalid":
			return vscode.l10n.t("The priority must be a whole number; higher answers first, 0 is usual.");
		case "headersInvalid":
			return vscode.l10n.t("Extra headers must be an object of names and values.");
		case "headerName":
			return detail === ""
				? vscode.l10n.t("One of the extra headers has no name: use letters, digits and hyphens.")
				: vscode.l10n.t("“{0}” is not a header name: use letters, digits and hyphens.", detail);
		case "headerRepeated":
			return vscode.l10n.t("The header {0} is there more than once.", detail);
		case "headerValue":
			return vscode.l10n.t("The value of the header {0} holds a character that no header can carry.", detail);
		case "headerReserved":
			return vscode.l10n.t(
				"The header {0} belongs to the connection, or is a cookie, and cannot be set here. Remove it.",
				detail,
			);
		case "headerCredential":
			return vscode.l10n.t(
				"The header {0} looks like a credential. Enter it as the API key and choose the matching authentication.",
				detail,
			);
		case "authUnknown":
			return vscode.l10n.t("Choose one of these ways to send the key: {0}.", authStyles.join(", "));
		case "maxConcurrentInvalid":
			return vscode.l10n.t("The limit of requests at once must be a whole number above 0, or empty for no limit.");
		case "proxyInvalid":
			return vscode.l10n.t(
				"An outbound proxy looks like http://proxy.example.com:8080; https:// and socks5:// are possible too, and “direct” means none at all.",
			);
		case "proxyUserInfo":
			return vscode.l10n.t(
				"Remove the user name and password from the outbound proxy: accounts are kept in a plain file. A proxy that needs them belongs in VS Code’s setting http.proxy.",
			);
		case "enabledInvalid":
			return vscode.l10n.t("“enabled” must be true or false.");
		case "entryInvalid":
			return vscode.l10n.t("This entry does not describe an account.");
		case "accountGone":
			return vscode.l10n.t("This account is gone.");
		case "notRelay":
			return vscode.l10n.t("Only relay accounts can be changed this way.");
	}
}

/** Several problems in one message. */
export function problemsText(problems: readonly FieldProblem[]): string {
	return problems.map(problemText).join(" ");
}
