import { l10n } from "vscode";
import { endpoints } from "../formats/endpoints.ts";
import { authNames } from "./authNames.ts";
import { faultText, testText } from "./faultText.ts";
import { plainText } from "./plainText.ts";
import { problemText } from "./problemText.ts";
import type { PageTexts } from "./relayFormMessages.ts";
import type { FormTexts } from "./relayFormState.ts";

function formatTexts(): PageTexts["formats"] {
	const about = {
		codex: l10n.t("Responses API, as Codex CLI speaks it."),
		openai: l10n.t("Chat Completions and embeddings, as most relays and OpenAI-compatible clients speak it."),
		anthropic: l10n.t("Messages API, as Claude Code speaks it."),
		gemini: l10n.t("generateContent, as Gemini CLI speaks it."),
	};
	const textsOf = (format: keyof typeof about) => {
		const { name, defaultAuth } = endpoints[format];
		return { name, about: about[format], auth: authNames[defaultAuth] };
	};
	return {
		codex: textsOf("codex"),
		openai: textsOf("openai"),
		anthropic: textsOf("anthropic"),
		gemini: textsOf("gemini"),
	};
}

/** "{0}" stays in the text for the page to fill in, so it is its own argument. */
function pageTexts(): PageTexts {
	return {
		formats: formatTexts(),
		auths: { default: l10n.t("Default for the format"), ...authNames },
		requiredNote: l10n.t("Fields marked with * are required."),
		label: l10n.t("Label"),
		labelHint: l10n.t("The name this account is shown by."),
		baseUrl: l10n.t("Base URL"),
		baseUrlHint: l10n.t("For example https://relay.example.com/v1"),
		willCall: l10n.t("Will call {0}", "{0}"),
		useSuggestion: l10n.t("Use {0}", "{0}"),
		allowPlainHttp: l10n.t("Send the key without encryption all the same"),
		apiKey: l10n.t("API Key"),
		keyHints: {
			required: l10n.t("Kept in VS Code's secret storage, and sent to this relay only."),
			saved: l10n.t("A key is saved. Leave empty to keep it."),
			missing: l10n.t("This window has no key for this account. Enter it here."),
			otherHost: l10n.t("The saved key belongs to another host and is not sent to this one. Enter the key for it."),
		},
		keySavedPlaceholder: l10n.t("saved – leave empty to keep"),
		format: l10n.t("Format"),
		allowedModels: l10n.t("Allowed models"),
		allowedModelsHint: l10n.t(
			"Exact names, or patterns with * such as gpt-5*. Several at once are separated by commas.",
		),
		allModels: l10n.t("All models are allowed."),
		addModelLabel: l10n.t("Model name or pattern"),
		addModel: l10n.t("Add"),
		removeModel: l10n.t("Remove {0}", "{0}"),
		fetchModels: l10n.t("Fetch models"),
		fetchingModels: l10n.t("Asking the relay for its models…"),
		cancel: l10n.t("Cancel"),
		filterModels: l10n.t("Filter models"),
		fetchedModels: l10n.t("The relay's models"),
		modelsShown: l10n.t("{0} of {1} models", "{0}", "{1}"),
		noModelMatches: l10n.t("No model matches the filter."),
		relayListsNoModel: l10n.t("The relay's list is empty. Type the names instead."),
		advanced: l10n.t("Advanced"),
		priority: l10n.t("Priority"),
		priorityHint: l10n.t("A whole number. Accounts with a higher one answer first."),
		headers: l10n.t("Extra headers"),
		headersHint: l10n.t("Sent with every request to this relay. Keys belong in API Key, not here."),
		headerName: l10n.t("Name"),
		headerValue: l10n.t("Value"),
		addHeader: l10n.t("Add header"),
		removeHeader: l10n.t("Remove header {0}", "{0}"),
		auth: l10n.t("Key is sent as"),
		authDefaultHint: l10n.t("{0} relays get the key as {1}.", "{0}", "{1}"),
		maxConcurrent: l10n.t("Requests at once"),
		maxConcurrentHint: l10n.t("Further requests go to other accounts, or wait. Empty means no limit."),
		outboundProxy: l10n.t("Outbound proxy"),
		outboundProxyHint: l10n.t(
			"For this relay alone, for example http://proxy.example.com:8080; “direct” for none. Leave empty to connect as VS Code does.",
		),
		testTitle: l10n.t("Try it"),
		testModel: l10n.t("Model to test with"),
		testModelHint: l10n.t("Optional. Otherwise the first allowed model, or the relay's first."),
		test: l10n.t("Test"),
		testNote: l10n.t("Sends one small real request, which may cost a token."),
		testing: l10n.t("Waiting for the relay's reply…"),
		save: l10n.t("Save"),
	};
}

/** Every word of the relay form, in the language VS Code is shown in. */
export function relayFormTexts(): FormTexts {
	return {
		page: pageTexts(),
		addTitle: l10n.t("Add Relay Account"),
		editTitle: (label) => l10n.t("Edit {0}", plainText(label)),
		problem: problemText,
		fault: faultText,
		test: testText,
		plainHttpWarning: (host) =>
			l10n.t("{0} is another machine and this URL is not encrypted: others on the way can read the key.", host),
		headerTwice: (name) => l10n.t("The header {0} is there more than once.", name),
		lookingFor: (host) => l10n.t("Looking for {0}…", host),
		saving: l10n.t("Saving…"),
		gone: l10n.t("This account was removed while its form was open. Nothing was saved."),
		changedElsewhere: l10n.t("This account was changed elsewhere while its form was open. Nothing was saved."),
		offers: {
			saveAnyway: l10n.t("Save anyway"),
			saveAsNew: l10n.t("Save as a new account"),
			replace: l10n.t("Replace with these values"),
			loadSaved: l10n.t("Show the saved values"),
		},
		same: (label) =>
			l10n.t("This is the relay “{0}” already: same base URL, format and key. Nothing was saved.", plainText(label)),
		updateSame: (label) => l10n.t("Update {0}", plainText(label)),
		notSaved: (reason) => l10n.t("It could not be saved: {0}", reason),
	};
}
